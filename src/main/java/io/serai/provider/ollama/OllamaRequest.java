package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.config.Provider;
import io.serai.provider.Parameters;
import java.util.Map;

/**
 * A chat in Ollama's words. The request's own options ({@code options}, {@code keep_alive}, {@code think}, {@code truncate},
 * {@code shift}, {@code format}) go through; a prompt that is too long is to be refused rather than cut, which is what Ollama
 * does unless it is told otherwise.
 */
final class OllamaRequest {
    private final ObjectMapper json;
    private final Parameters params;
    private final OllamaMessages messages;
    private final OllamaTools tools;

    OllamaRequest(ObjectMapper json, Parameters params) {
        this.json = json;
        this.params = params;
        this.messages = new OllamaMessages(json, params);
        this.tools = new OllamaTools(json, params);
    }

    ObjectNode of(Attempt attempt) throws UpstreamException {
        ObjectNode body = attempt.body();
        ObjectNode out = json.createObjectNode();
        out.put("model", attempt.target().model());
        out.set("messages", messages.of(attempt, body.path("messages")));
        out.put("stream", attempt.call().streaming());
        tools.into(out, attempt, body);
        ObjectNode options = ownOptions(body);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (!field.getValue().isNull()) {
                say(attempt, body, field.getKey(), field.getValue(), out, options);
            }
        }
        contextSize(attempt, options);
        if (!options.isEmpty()) {
            out.set("options", options);
        }
        if (!out.has("truncate")) {
            out.put("truncate", false);
        }
        return out;
    }

    private void say(Attempt attempt, ObjectNode body, String name, JsonNode value, ObjectNode out, ObjectNode options)
            throws UpstreamException {
        switch (name) {
            case "model", "messages", "stream", "stream_options", "tools", "tool_choice", "options" -> {}
            case "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "typical_p",
                    "seed",
                    "presence_penalty",
                    "frequency_penalty",
                    "repeat_penalty",
                    "repeat_last_n" -> option(attempt, options, name, value);
            case "max_completion_tokens" -> option(attempt, options, "num_predict", value);
            case "max_tokens" -> {
                if (!body.hasNonNull("max_completion_tokens")) {
                    option(attempt, options, "num_predict", value);
                } else {
                    params.adapted(attempt, name);
                }
            }
            case "stop" ->
                option(
                        attempt,
                        options,
                        name,
                        value.isArray() ? value : json.createArrayNode().add(value));
            case "keep_alive", "truncate", "shift", "think", "logprobs", "top_logprobs" -> out.set(name, value);
            case "format" -> {
                if (!body.hasNonNull("response_format")) {
                    out.set(name, value);
                }
            }
            case "response_format" -> format(out, value);
            case "reasoning_effort" -> {
                if (!body.hasNonNull("think")) {
                    effort(attempt, out, value.asText());
                }
            }
            case "functions", "function_call" ->
                throw Parameters.refused(attempt, name, "Say it with 'tools' and 'tool_choice'.");
            case "modalities" -> {
                for (JsonNode modality : value) {
                    if (!modality.asText().equals("text")) {
                        throw Parameters.refused(attempt, name, "It answers with text only.");
                    }
                }
            }
            default -> {
                if (!saysWhatIsSoAnyway(name, value)) {
                    params.adapted(attempt, name);
                }
            }
        }
    }

    /** The values at which a parameter that Ollama lacks asks for nothing. */
    private static boolean saysWhatIsSoAnyway(String name, JsonNode value) {
        return switch (name) {
            case "n" -> value.asInt() == 1;
            case "parallel_tool_calls" -> value.asBoolean();
            case "store" -> !value.asBoolean(true);
            default -> value.isContainerNode() && value.isEmpty();
        };
    }

    private ObjectNode ownOptions(ObjectNode body) throws UpstreamException {
        JsonNode given = body.path("options");
        if (given instanceof ObjectNode own) {
            return json.createObjectNode().setAll(own);
        }
        if (!given.isMissingNode() && !given.isNull()) {
            throw Parameters.invalid("options", "'options' must be an object: Ollama's own options by name.");
        }
        return json.createObjectNode();
    }

    /** Where both say it, OpenAI's parameter counts. */
    private void option(Attempt attempt, ObjectNode options, String name, JsonNode value) throws UpstreamException {
        JsonNode own = options.get(name);
        if (own != null && !own.equals(value)) {
            params.adapted(attempt, "options." + name);
        }
        options.set(name, value);
    }

    /** Ollama gives a model 4,096 tokens on most machines, whatever the model could do; the operator's word counts. */
    private static void contextSize(Attempt attempt, ObjectNode options) {
        Integer size = attempt.target()
                .provider()
                .model(attempt.target().model())
                .map(Provider.Model::contextSize)
                .orElse(null);
        if (size != null && !options.has("num_ctx")) {
            options.set("num_ctx", IntNode.valueOf(size));
        }
    }

    private static void format(ObjectNode out, JsonNode format) throws UpstreamException {
        switch (format.path("type").asText()) {
            case "text" -> {}
            case "json_object" -> out.put("format", "json");
            case "json_schema" -> {
                JsonNode schema = format.path("json_schema").path("schema");
                if (!schema.isObject()) {
                    throw Parameters.invalid(
                            "response_format.json_schema.schema", "'response_format' has no JSON schema.");
                }
                out.set("format", schema);
            }
            default ->
                throw Parameters.invalid(
                        "response_format.type",
                        "'response_format.type' must be one of text, json_object and json_schema.");
        }
    }

    /** As Ollama's own OpenAI endpoint maps it ({@code openai/openai.go}, {@code thinkFromReasoningEffort}). */
    private void effort(Attempt attempt, ObjectNode out, String effort) throws UpstreamException {
        JsonNode think = switch (effort) {
            case "none" -> BooleanNode.FALSE;
            case "low", "medium", "high", "max" -> TextNode.valueOf(effort);
            case "minimal" -> TextNode.valueOf("low");
            case "xhigh" -> TextNode.valueOf("max");
            default ->
                throw Parameters.invalid(
                        "reasoning_effort",
                        "'reasoning_effort' must be one of none, minimal, low, medium, high, xhigh and max.");
        };
        if (think.isTextual() && !think.asText().equals(effort)) {
            params.adapted(attempt, "reasoning_effort");
        }
        out.set("think", think);
    }
}
