package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ollama's answers in OpenAI's shape: the plain one as a whole, and the parts that a line of a stream has in common with it. */
final class OllamaReply {
    private final ObjectMapper json;
    private final OllamaErrors errors;

    OllamaReply(ObjectMapper json, OllamaErrors errors) {
        this.json = json;
        this.errors = errors;
    }

    ObjectNode of(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        JsonNode tree;
        try {
            tree = json.readTree(answer.body());
        } catch (IOException e) {
            throw broken("The provider's answer is not whole JSON");
        }
        if (tree.has("error")) {
            throw new UpstreamException(errors.ofBody(attempt, OllamaErrors.UNSAID, answer.headers(), tree));
        }
        JsonNode message = tree.path("message");
        if (!message.isObject() || !tree.path("done").asBoolean()) {
            throw broken("The provider's answer holds no message, or is not done");
        }
        Usage told = told(attempt, tree);
        Usage usage = told != null
                ? told
                : attempt.estimate(
                        attempt.counter().counted(), message.toString().length());
        attempt.reported(usage);
        attempt.servedAs(tree.path("model").asText(attempt.target().model()));
        ObjectNode body = json.createObjectNode()
                .put("id", id(attempt))
                .put("object", "chat.completion")
                .put("created", created(tree))
                .put("model", attempt.servedModel());
        body.putArray("choices").add(choice(tree, message));
        body.set("usage", usage.toOpenAi());
        return body;
    }

    private ObjectNode choice(JsonNode tree, JsonNode message) {
        ObjectNode choice = json.createObjectNode().put("index", 0);
        ObjectNode said = choice.putObject("message").put("role", "assistant");
        ArrayNode calls = toolCalls(message);
        if (calls.isEmpty() || !message.path("content").asText("").isEmpty()) {
            said.put("content", message.path("content").asText(""));
        } else {
            said.putNull("content");
        }
        said.putNull("refusal");
        if (!message.path("thinking").asText("").isEmpty()) {
            said.set("reasoning_content", message.get("thinking"));
        }
        if (!calls.isEmpty()) {
            said.set("tool_calls", calls);
        }
        choice.set("logprobs", logprobs(json, tree.path("logprobs")));
        return choice.put("finish_reason", finish(tree.path("done_reason").asText(), !calls.isEmpty()));
    }

    private ArrayNode toolCalls(JsonNode message) {
        ArrayNode calls = json.createArrayNode();
        for (JsonNode call : message.path("tool_calls")) {
            ObjectNode one = calls.addObject().put("id", callId(call)).put("type", "function");
            one.putObject("function")
                    .put("name", call.path("function").path("name").asText())
                    .put("arguments", arguments(call));
        }
        return calls;
    }

    /** Ollama gives an answer no id. */
    static String id(Attempt attempt) {
        return "chatcmpl-" + attempt.call().id();
    }

    /** Before version 0.12 Ollama gave a call no id either; none is ever given twice, for results refer to calls of any turn. */
    static String callId(JsonNode call) {
        String id = call.path("id").asText("");
        return id.isEmpty() ? "call_" + UUID.randomUUID().toString().replace("-", "") : id;
    }

    /** As JSON in a string: an object there. */
    static String arguments(JsonNode call) {
        JsonNode arguments = call.path("function").path("arguments");
        return arguments.isObject() ? arguments.toString() : arguments.asText("{}");
    }

    /** @param reason stop, length, load (a model was loaded and nothing asked), unload; empty in old versions */
    static String finish(String reason, boolean calls) {
        return reason.equals("length") ? "length" : calls ? "tool_calls" : "stop";
    }

    /** Null for none. OpenAI's lists and bytes are always there, Ollama's only when they hold something. */
    static JsonNode logprobs(ObjectMapper json, JsonNode tokens) {
        if (!tokens.isArray() || tokens.isEmpty()) {
            return json.nullNode();
        }
        ObjectNode said = json.createObjectNode();
        ArrayNode content = said.putArray("content");
        for (JsonNode token : tokens) {
            ObjectNode one = content.addObject();
            likelihood(one, token);
            ArrayNode top = one.putArray("top_logprobs");
            token.path("top_logprobs").forEach(t -> likelihood(top.addObject(), t));
        }
        said.putNull("refusal");
        return said;
    }

    private static void likelihood(ObjectNode said, JsonNode token) {
        said.put("token", token.path("token").asText());
        said.set("logprob", token.path("logprob"));
        said.set("bytes", token.path("bytes").isArray() ? token.get("bytes") : said.nullNode());
    }

    /**
     * The counts of the last line, or of a plain answer. Ollama leaves out a count of 0, and old versions that of a prompt which
     * they had in their cache: then null, and the attempt knows what there is for whoever estimates the rest.
     */
    static @Nullable Usage told(Attempt attempt, JsonNode done) {
        JsonNode in = done.path("prompt_eval_count");
        JsonNode out = done.path("eval_count");
        if (in.isNumber()) {
            return new Usage.Builder()
                    .inFresh(in.asLong())
                    .outText(out.asLong())
                    .build();
        }
        if (out.isNumber()) {
            attempt.outputTold(out.asLong());
        }
        return null;
    }

    private static long created(JsonNode tree) {
        try {
            return OffsetDateTime.parse(tree.path("created_at").asText()).toEpochSecond();
        } catch (DateTimeException e) {
            return Instant.now().getEpochSecond();
        }
    }

    private static UpstreamException broken(String message) {
        return new UpstreamException(new UpstreamFailure.BrokenAnswer(200, message));
    }
}
