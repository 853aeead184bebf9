package io.serai.stub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What Ollama refuses of {@code /api/chat} and {@code /api/embed}: types that Go's decoder can't put into its structs, options
 * of a wrong type (with a 500), models that it does not have. Fields that it does not know it passes over, as Go's decoder does.
 *
 * <p>From https://github.com/ollama/ollama, {@code api/types.go} and {@code server/routes.go}.
 */
public final class OllamaRules implements Function<RecordedRequest, Optional<Script>> {
    private static final Predicate<JsonNode> TEXT = JsonNode::isTextual;
    private static final Predicate<JsonNode> FLAG = JsonNode::isBoolean;
    private static final Predicate<JsonNode> COUNT = n -> n.isIntegralNumber() && n.canConvertToInt();
    private static final Predicate<JsonNode> OBJECT = JsonNode::isObject;
    private static final Predicate<JsonNode> TEXTS = n -> n.isArray() && all(n, TEXT);

    private static final Map<String, Predicate<JsonNode>> CHAT = Map.ofEntries(
            Map.entry("model", TEXT),
            Map.entry("messages", n -> n.isArray() && all(n, OBJECT)),
            Map.entry("stream", FLAG),
            Map.entry("tools", n -> n.isArray() && all(n, OBJECT)),
            Map.entry("options", OBJECT),
            Map.entry("keep_alive", n -> n.isNumber() || n.asText().matches("-?(\\d+(\\.\\d+)?(ms|s|m|h))+")),
            Map.entry(
                    "think",
                    n -> n.isBoolean() || Set.of("high", "medium", "low", "max").contains(n.asText())),
            Map.entry("truncate", FLAG),
            Map.entry("shift", FLAG),
            Map.entry("logprobs", FLAG),
            Map.entry("top_logprobs", n -> COUNT.test(n) && n.asInt() >= 0 && n.asInt() <= 20));
    private static final Map<String, Predicate<JsonNode>> EMBED = Map.of(
            "model", TEXT,
            "input", n -> n.isTextual() || TEXTS.test(n),
            "options", OBJECT,
            "keep_alive", n -> n.isNumber() || n.isTextual(),
            "truncate", FLAG,
            "dimensions", COUNT);
    private static final Map<String, Predicate<JsonNode>> MESSAGE = Map.of(
            "role", n -> Set.of("system", "user", "assistant", "tool").contains(n.asText()),
            "content", TEXT,
            "thinking", TEXT,
            "images", n -> n.isArray() && all(n, OllamaRules::base64),
            "tool_calls", n -> n.isArray() && all(n, OllamaRules::toolCall),
            "tool_name", TEXT,
            "tool_call_id", TEXT);
    private static final Map<String, Predicate<JsonNode>> FUNCTION =
            Map.of("name", TEXT, "description", TEXT, "parameters", OllamaRules::schema);
    private static final Map<String, Predicate<JsonNode>> OPTIONS = Map.ofEntries(
            Map.entry("num_ctx", JsonNode::isNumber),
            Map.entry("num_predict", JsonNode::isNumber),
            Map.entry("seed", JsonNode::isNumber),
            Map.entry("top_k", JsonNode::isNumber),
            Map.entry("repeat_last_n", JsonNode::isNumber),
            Map.entry("top_p", JsonNode::isNumber),
            Map.entry("min_p", JsonNode::isNumber),
            Map.entry("typical_p", JsonNode::isNumber),
            Map.entry("temperature", JsonNode::isNumber),
            Map.entry("repeat_penalty", JsonNode::isNumber),
            Map.entry("presence_penalty", JsonNode::isNumber),
            Map.entry("frequency_penalty", JsonNode::isNumber),
            Map.entry("stop", TEXTS));

    private final Set<String> models;

    /** @param models that it has; none: any */
    public OllamaRules(String... models) {
        this.models = Set.of(models);
    }

    @Override
    public Optional<Script> apply(RecordedRequest request) {
        return Optional.ofNullable(fault(request));
    }

    private @Nullable Script fault(RecordedRequest request) {
        boolean chat = request.path().endsWith("/api/chat");
        if (!request.method().equals("POST") || !chat && !request.path().endsWith("/api/embed")) {
            return Scripts.status(404, "404 page not found", "content-type", "text/plain");
        }
        JsonNode body;
        try {
            body = request.json();
        } catch (UncheckedIOException e) {
            return error(400, "invalid character '}' looking for beginning of value");
        }
        String wrong = wrong(body, chat ? CHAT : EMBED);
        if (wrong == null && chat) {
            wrong = inMessages(body);
            wrong = wrong == null ? inTools(body) : wrong;
        }
        if (wrong != null) {
            return error(400, "json: cannot unmarshal value into Go struct field ChatRequest." + wrong);
        }
        String model = body.path("model").asText();
        if (model.isEmpty()) {
            return error(400, "model is required");
        }
        if (!models.isEmpty() && !models.contains(model)) {
            return error(404, "model '" + model + "' not found");
        }
        String option = wrong(body.path("options"), OPTIONS);
        if (option != null) {
            return error(500, "option \"" + option + "\" must be of type number");
        }
        JsonNode format = body.path("format");
        return format.isMissingNode() || format.isObject() || format.asText().equals("json")
                ? null
                : error(500, "invalid format: " + format + "; expected \"json\" or a valid JSON Schema object");
    }

    private static @Nullable String inMessages(JsonNode body) {
        for (JsonNode message : body.path("messages")) {
            String wrong = wrong(message, MESSAGE);
            if (wrong != null) {
                return "messages." + wrong;
            }
        }
        return null;
    }

    private static @Nullable String inTools(JsonNode body) {
        for (JsonNode tool : body.path("tools")) {
            String wrong = wrong(tool.path("function"), FUNCTION);
            if (wrong != null || !tool.path("function").hasNonNull("name")) {
                return "tools.function." + wrong;
            }
        }
        return null;
    }

    /** The first field with a value that does not fit; null is as good as nothing. */
    private static @Nullable String wrong(JsonNode object, Map<String, Predicate<JsonNode>> fields) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            Predicate<JsonNode> fits = fields.get(field.getKey());
            if (fits != null && !field.getValue().isNull() && !fits.test(field.getValue())) {
                return field.getKey();
            }
        }
        return null;
    }

    private static boolean schema(JsonNode schema) {
        boolean fits = schema.isObject() && TEXT.test(schema.path("type"));
        for (JsonNode property : schema.path("properties")) {
            JsonNode type = property.path("type");
            fits &= property.isObject() && (type.isMissingNode() || type.isTextual() || TEXTS.test(type));
        }
        return fits && (!schema.has("required") || TEXTS.test(schema.get("required")));
    }

    private static boolean toolCall(JsonNode call) {
        JsonNode function = call.path("function");
        return (!call.has("id") || call.get("id").isTextual())
                && function.path("name").isTextual()
                && (!function.has("index") || COUNT.test(function.get("index")))
                && function.path("arguments").isObject();
    }

    private static boolean base64(JsonNode image) {
        try {
            return image.isTextual() && Base64.getDecoder().decode(image.asText()).length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean all(JsonNode list, Predicate<JsonNode> fits) {
        for (JsonNode item : list) {
            if (!fits.test(item)) {
                return false;
            }
        }
        return true;
    }

    /** {@code {"error": "..."}} */
    public static Script error(int status, String message) {
        return Scripts.status(
                status, Scripts.JSON.createObjectNode().put("error", message).toString());
    }
}
