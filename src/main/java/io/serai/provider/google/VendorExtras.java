package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a client says in Gemini's own words: under {@code extra_body.google}, as for Google's OpenAI-compatible endpoint
 * (https://ai.google.dev/gemini-api/docs/openai), or under {@code google}. Names may be written either way, {@code
 * thinking_config} or {@code thinkingConfig}.
 */
final class VendorExtras {
    private static final Pattern UNDERSCORE = Pattern.compile("_([a-z])");
    private static final Set<String> OF_REQUEST = Set.of("safetySettings", "cachedContent");
    private static final Set<String> OF_CONFIG =
            Set.of("thinkingConfig", "speechConfig", "imageConfig", "mediaResolution", "responseModalities");

    private final ObjectMapper json;

    VendorExtras(ObjectMapper json) {
        this.json = json;
    }

    void write(Attempt attempt, Parameters params, ObjectNode request, ObjectNode config) throws UpstreamException {
        ObjectNode body = attempt.body();
        for (String name : new String[] {"safety_settings", "safetySettings"}) {
            if (body.path(name).isArray()) {
                request.set("safetySettings", camel(body.get(name)));
            }
        }
        for (Map.Entry<String, JsonNode> field : body.path("extra_body").properties()) {
            if (!field.getKey().equals("google")) {
                params.adapted(attempt, "extra_body." + field.getKey());
            }
        }
        fields(attempt, params, body.path("google"), "google", request, config);
        fields(attempt, params, body.path("extra_body").path("google"), "extra_body.google", request, config);
    }

    private void fields(
            Attempt attempt, Parameters params, JsonNode extras, String at, ObjectNode request, ObjectNode config)
            throws UpstreamException {
        for (Map.Entry<String, JsonNode> field : extras.properties()) {
            String name = camel(field.getKey());
            if (OF_REQUEST.contains(name)) {
                request.set(name, camel(field.getValue()));
            } else if (OF_CONFIG.contains(name)) {
                config.set(name, camel(field.getValue()));
            } else if (name.equals("tools") && field.getValue().isArray()) {
                request.withArray("/tools").addAll((ArrayNode) camel(field.getValue())); // its own: search, code, maps
            } else {
                params.adapted(attempt, at + "." + field.getKey());
            }
        }
    }

    private JsonNode camel(JsonNode value) {
        if (value.isObject()) {
            ObjectNode object = json.createObjectNode();
            value.properties().forEach(f -> object.set(camel(f.getKey()), camel(f.getValue())));
            return object;
        }
        if (value.isArray()) {
            ArrayNode array = json.createArrayNode();
            value.forEach(v -> array.add(camel(v)));
            return array;
        }
        return value;
    }

    private static String camel(String name) {
        return UNDERSCORE.matcher(name).replaceAll(m -> m.group(1).toUpperCase(Locale.ROOT));
    }
}
