package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.config.Settings;
import io.serai.models.ModelTable;
import io.serai.provider.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the body for {@code /v1/messages} of a chat request in OpenAI's shape. */
final class AnthropicRequest {
    /** From this version on the vendor refuses {@code temperature}, {@code top_p} and {@code top_k} at any value. */
    private static final String WITHOUT_SAMPLING = "2026-10-21";

    private static final List<String> SAMPLING = List.of("temperature", "top_p", "top_k");

    private final ObjectMapper json;
    private final Parameters params;
    private final ModelTable models;
    private final int defaultMaxTokens;
    private final TraitTable traits = new TraitTable();
    private final Reasoning reasoning;
    private final Tools tools;
    private final OutputFormat format;
    private final OtherFields others;

    AnthropicRequest(ObjectMapper json, Settings settings, ModelTable models) {
        this.json = json;
        this.params = new Parameters(settings);
        this.models = models;
        this.defaultMaxTokens = settings.anthropicMaxTokens();
        this.reasoning = new Reasoning(json, params);
        this.tools = new Tools(json, params);
        this.format = new OutputFormat(json, params);
        this.others = new OtherFields(params);
    }

    /** @throws UpstreamException 400, when the request can't be said to the vendor */
    ObjectNode of(Attempt attempt) throws UpstreamException {
        ObjectNode body = attempt.body();
        ModelTraits model = traits.of(attempt.target().model());
        Conversation conversation = new Conversation(json, attempt, params);
        // what a refused answer began may be sent back with its credit, whatever the model
        conversation.read(body.path("messages"), model.prefill() || body.hasNonNull("fallback_credit_token"));
        conversation.system(new Blocks(json, attempt, params).of(body.path("system")));
        ArrayNode offered = tools.of(attempt, body.path("tools"));
        ObjectNode choice = tools.choice(attempt, body, offered, model.forcedTools());
        int maxTokens = maxTokens(attempt, body, model);
        Reasoning.Said thinking = reasoning.of(
                attempt,
                body,
                model,
                new Reasoning.Setting(
                        maxTokens,
                        choice != null && Tools.forces(choice),
                        conversation.prefilled(),
                        conversation.answersCallsWithoutThinking()));
        ObjectNode output = format.of(attempt, body, conversation, thinking.effort());

        ObjectNode out = json.createObjectNode();
        out.put("model", attempt.target().model());
        out.put("max_tokens", maxTokens);
        set(out, "thinking", thinking.thinking());
        set(out, "output_config", output.isEmpty() ? null : output);
        sampling(attempt, body, model, thinking.on()).forEach(out::set);
        stops(attempt, body, out);
        others.add(attempt, body, out);
        if (attempt.call().streaming()) {
            out.put("stream", true);
        }
        if (!offered.isEmpty()) {
            out.set("tools", offered);
        }
        set(out, "tool_choice", choice);
        ArrayNode system = conversation.system();
        if (!system.isEmpty()) {
            out.set("system", system);
        }
        out.set("messages", conversation.messages());
        return out;
    }

    private static void set(ObjectNode out, String name, @Nullable JsonNode value) {
        if (value != null) {
            out.set(name, value);
        }
    }

    /** Without a word of the client's: the model's own limit, or when nobody knows it, the setting and what thinking may take. */
    private int maxTokens(Attempt attempt, ObjectNode body, ModelTraits model) throws UpstreamException {
        String name = body.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
        if (name.equals("max_completion_tokens") && body.hasNonNull("max_tokens")) {
            params.adapted(attempt, "max_tokens");
        }
        Integer known =
                models.of(attempt.target().provider(), attempt.target().model()).maxOutputTokens();
        Integer limit = known == null ? model.maxOutput() : known;
        JsonNode wanted = body.path(name);
        if (wanted.isMissingNode() || wanted.isNull()) {
            return limit == null ? defaultMaxTokens + Reasoning.wantedBudget(body) : limit;
        }
        if (!wanted.isNumber() || !wanted.canConvertToInt() || wanted.asDouble() != wanted.asInt()) {
            throw Parameters.invalid(name, "'" + name + "' must be a whole number.");
        }
        if (limit != null && wanted.asInt() > limit) {
            params.adapted(attempt, name);
            return limit;
        }
        return wanted.asInt();
    }

    private Map<String, JsonNode> sampling(Attempt attempt, ObjectNode body, ModelTraits model, boolean thinking)
            throws UpstreamException {
        Map<String, JsonNode> sampling = new LinkedHashMap<>();
        String version = attempt.target().provider().apiVersion();
        boolean none = model.sampling() == ModelTraits.Sampling.NONE
                || version != null && version.compareTo(WITHOUT_SAMPLING) >= 0;
        for (String name : SAMPLING) {
            if (!body.hasNonNull(name)) {
                continue;
            }
            if (none) {
                params.adapted(attempt, name);
            } else {
                sampling.put(name, body.get(name));
            }
        }
        if (thinking) {
            reasoning.sampling(attempt, sampling);
        }
        if (sampling.containsKey("temperature") && sampling.get("temperature").asDouble() > 1) {
            params.adapted(attempt, "temperature");
            sampling.put("temperature", json.getNodeFactory().numberNode(1));
        }
        if (model.sampling() == ModelTraits.Sampling.ONE
                && sampling.containsKey("temperature")
                && sampling.remove("top_p") != null) {
            params.adapted(attempt, "top_p");
        }
        return sampling;
    }

    /** "each stop sequence must contain non-whitespace" */
    private void stops(Attempt attempt, ObjectNode body, ObjectNode out) throws UpstreamException {
        List<JsonNode> stops = new ArrayList<>();
        JsonNode stop = body.path("stop");
        if (stop.isTextual()) {
            stops.add(stop);
        }
        stop.forEach(stops::add);
        body.path("stop_sequences").forEach(stops::add);
        if (stops.removeIf(s -> s.asText().isBlank())) {
            params.adapted(attempt, "stop");
        }
        if (!stops.isEmpty()) {
            out.putArray("stop_sequences").addAll(stops);
        }
    }
}
