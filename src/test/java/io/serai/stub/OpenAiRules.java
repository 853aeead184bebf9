package io.serai.stub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What OpenAI refuses of a chat request: fields that it does not know, wrong types, values out of bounds, and tool calls
 * without their results, each as a 400 in its shape.
 *
 * <p>From https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create. A top-level
 * field that it does not know is named in the message only: {@code Unrecognized request argument supplied: thinking}, with
 * {@code param} and {@code code} null (https://github.com/nashsu/llm_wiki/issues/336); others come with both (https://github.com/nadeko-bot/nadekobot/issues/34).
 */
public final class OpenAiRules implements Function<RecordedRequest, Optional<Script>> {
    private static final Predicate<JsonNode> TEXT = JsonNode::isTextual;
    private static final Predicate<JsonNode> FLAG = JsonNode::isBoolean;
    private static final Predicate<JsonNode> COUNT = n -> n.isIntegralNumber() && n.asLong() >= 0;
    private static final Predicate<JsonNode> OBJECT = JsonNode::isObject;
    private static final Predicate<JsonNode> LIST = JsonNode::isArray;

    private static final Map<String, Predicate<JsonNode>> FIELDS = Map.ofEntries(
            Map.entry("model", TEXT),
            Map.entry("messages", n -> n.isArray() && !n.isEmpty()),
            Map.entry("audio", OBJECT),
            Map.entry("frequency_penalty", between(-2, 2)),
            Map.entry("function_call", n -> n.isTextual() || n.isObject()),
            Map.entry("functions", LIST),
            Map.entry("logit_bias", OBJECT),
            Map.entry("logprobs", FLAG),
            Map.entry("max_completion_tokens", COUNT),
            Map.entry("max_tokens", COUNT),
            Map.entry("metadata", OBJECT),
            Map.entry("modalities", LIST),
            Map.entry("n", n -> n.isInt() && n.asInt() >= 1 && n.asInt() <= 128),
            Map.entry("parallel_tool_calls", FLAG),
            Map.entry("prediction", OBJECT),
            Map.entry("presence_penalty", between(-2, 2)),
            Map.entry("prompt_cache_key", TEXT),
            Map.entry("prompt_cache_retention", TEXT),
            Map.entry(
                    "reasoning_effort",
                    n -> Set.of("none", "minimal", "low", "medium", "high", "xhigh", "max")
                            .contains(n.asText())),
            Map.entry("response_format", OBJECT),
            Map.entry("safety_identifier", TEXT),
            Map.entry("seed", JsonNode::isIntegralNumber),
            Map.entry("service_tier", TEXT),
            Map.entry("stop", n -> n.isTextual() || n.isArray() && n.size() <= 4),
            Map.entry("store", FLAG),
            Map.entry("stream", FLAG),
            Map.entry("stream_options", OBJECT),
            Map.entry("temperature", between(0, 2)),
            Map.entry("tool_choice", n -> n.isTextual() || n.isObject()),
            Map.entry("tools", n -> n.isArray() && !n.isEmpty()),
            Map.entry("top_logprobs", between(0, 20)),
            Map.entry("top_p", between(0, 1)),
            Map.entry("user", TEXT),
            Map.entry("verbosity", TEXT),
            Map.entry("web_search_options", OBJECT));

    private static final Set<String> NAMED = Set.of("role", "content", "name");
    private static final Map<String, Set<String>> MESSAGES = Map.of(
            "developer", NAMED,
            "system", NAMED,
            "user", NAMED,
            "assistant", Set.of("role", "content", "name", "refusal", "audio", "tool_calls", "function_call"),
            "tool", Set.of("role", "content", "tool_call_id"),
            "function", NAMED);
    private static final Map<String, Set<String>> PARTS = Map.of(
            "text", Set.of("type", "text"),
            "image_url", Set.of("type", "image_url"),
            "input_audio", Set.of("type", "input_audio"),
            "file", Set.of("type", "file"),
            "refusal", Set.of("type", "refusal"));
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    @Override
    public Optional<Script> apply(RecordedRequest request) {
        try {
            check(request);
            return Optional.empty();
        } catch (Refused refused) {
            ObjectNode body = Scripts.JSON.createObjectNode();
            body.putObject("error")
                    .put("message", refused.getMessage())
                    .put("type", "invalid_request_error")
                    .put("param", refused.param)
                    .put("code", refused.code);
            return Optional.of(Scripts.status(refused.status, body.toString()));
        }
    }

    private static void check(RecordedRequest request) {
        String key = request.header("authorization");
        if (key == null || !key.startsWith("Bearer ")) {
            throw new Refused(401, "You didn't provide an API key.", null, null);
        }
        JsonNode body;
        try {
            body = request.json();
        } catch (UncheckedIOException e) {
            throw new Refused(400, "We could not parse the JSON body of your request.", null, null);
        }
        body.properties().forEach(e -> field(e.getKey(), e.getValue()));
        required(body, "", "model", "messages");
        if (body.has("stream_options") && !body.path("stream").asBoolean()) {
            throw invalid("stream_options", "is only allowed when 'stream' is enabled.");
        }
        Set<String> tools = tools(body);
        new Conversation().check(body.path("messages"));
        JsonNode named = body.path("tool_choice").path("function").path("name");
        if (named.isTextual() && !tools.contains(named.asText())) {
            throw invalid("tool_choice", "does not match any of the specified 'tools'.");
        }
    }

    private static void field(String name, JsonNode value) {
        Predicate<JsonNode> rule = FIELDS.get(name);
        if (rule == null) {
            throw new Refused(400, "Unrecognized request argument supplied: " + name, null, null);
        }
        if (!value.isNull() && !rule.test(value)) {
            throw invalid(name, "has a value that is not allowed.");
        }
    }

    private static Set<String> tools(JsonNode body) {
        Set<String> names = new HashSet<>();
        int i = 0;
        for (JsonNode tool : body.path("tools")) {
            String path = "tools[" + i++ + "]";
            only(tool, path, Set.of("type", "function"));
            required(tool, path + ".", "type", "function");
            only(tool.path("function"), path + ".function", Set.of("name", "description", "parameters", "strict"));
            names.add(name(tool.path("function"), path + ".function.name"));
        }
        for (String needsTools : new String[] {"tool_choice", "parallel_tool_calls"}) {
            if (names.isEmpty() && body.has(needsTools)) {
                throw invalid(needsTools, "is only allowed when 'tools' are specified.");
            }
        }
        return names;
    }

    private static String name(JsonNode function, String path) {
        String name = function.path("name").asText("");
        if (!NAME.matcher(name).matches()) {
            throw new Refused(
                    400,
                    "Invalid '" + path + "': string does not match pattern '^[a-zA-Z0-9_-]{1,64}$'.",
                    path,
                    "invalid_value");
        }
        return name;
    }

    /** Tool calls and their results, in order. */
    private static final class Conversation {
        private final Set<String> open = new TreeSet<>();

        void check(JsonNode messages) {
            for (int i = 0; i < messages.size(); i++) {
                message(messages.get(i), "messages[" + i + "]");
            }
            allAnswered("messages");
        }

        private void message(JsonNode message, String path) {
            String role = message.path("role").asText();
            Set<String> fields = MESSAGES.get(role);
            if (fields == null) {
                throw invalid(path + ".role", "is not a role.");
            }
            only(message, path, fields);
            if (role.equals("tool")) {
                required(message, path + ".", "content", "tool_call_id");
                if (!open.remove(message.path("tool_call_id").asText())) {
                    throw invalid(path + ".tool_call_id", "answers no preceding message with 'tool_calls'.");
                }
            } else {
                allAnswered(path);
            }
            boolean silent = role.equals("assistant") && (message.has("tool_calls") || message.has("refusal"));
            if (!silent
                    && !message.path("content").isTextual()
                    && !message.path("content").isArray()) {
                throw invalid(path + ".content", "expected a string, got null.");
            }
            content(message.path("content"), role, path + ".content");
            int i = 0;
            for (JsonNode call : message.path("tool_calls")) {
                String where = path + ".tool_calls[" + i++ + "]";
                only(call, where, Set.of("id", "type", "function"));
                required(call, where + ".", "id", "type", "function");
                name(call.path("function"), where + ".function.name");
                if (!call.path("function").path("arguments").isTextual()) {
                    throw invalid(where + ".function.arguments", "must be a string.");
                }
                open.add(call.path("id").asText());
            }
        }

        private void allAnswered(String path) {
            if (!open.isEmpty()) {
                throw invalid(
                        path, "An assistant message with 'tool_calls' must be followed by tool messages: " + open);
            }
        }

        private static void content(JsonNode content, String role, String path) {
            if (content.isArray() && content.isEmpty()) {
                throw new Refused(400, "Invalid '" + path + "': empty array.", path, "empty_array");
            }
            for (int i = 0; content.isArray() && i < content.size(); i++) {
                JsonNode part = content.get(i);
                String type = part.path("type").asText();
                boolean allowed = type.equals("text")
                        || (role.equals("user") && !type.equals("refusal"))
                        || (role.equals("assistant") && type.equals("refusal"));
                if (!allowed || !PARTS.containsKey(type)) {
                    throw invalid(path + "[" + i + "].type", "is not a content type of this role.");
                }
                only(part, path + "[" + i + "]", PARTS.get(type));
                required(part, path + "[" + i + "].", type);
            }
        }
    }

    private static void only(JsonNode node, String path, Set<String> fields) {
        node.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                String param = path + "." + name;
                throw new Refused(400, "Unknown parameter: '" + param + "'.", param, "unknown_parameter");
            }
        });
    }

    private static void required(JsonNode node, String path, String... fields) {
        for (String field : fields) {
            if (!node.hasNonNull(field)) {
                throw new Refused(
                        400,
                        "Missing required parameter: '" + path + field + "'.",
                        path + field,
                        "missing_required_parameter");
            }
        }
    }

    private static Predicate<JsonNode> between(double low, double high) {
        return n -> n.isNumber() && n.asDouble() >= low && n.asDouble() <= high;
    }

    private static Refused invalid(String param, String why) {
        return new Refused(400, "Invalid value: '" + param + "' " + why, param, "invalid_value");
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final @Nullable String param;
        private final @Nullable String code;

        Refused(int status, String message, @Nullable String param, @Nullable String code) {
            super(message);
            this.status = status;
            this.param = param;
            this.code = code;
        }
    }
}
