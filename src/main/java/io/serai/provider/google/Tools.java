package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The client's tools as {@code functionDeclarations} and its {@code tool_choice} as {@code functionCallingConfig}
 * (https://ai.google.dev/gemini-api/docs/function-calling).
 */
final class Tools {
    private static final Set<String> READ = Set.of("type", "function");

    private final ObjectMapper json;
    private final Parameters params;
    private final Attempt attempt;
    private final GoogleModel model;
    private boolean strict;

    Tools(ObjectMapper json, Parameters params, Attempt attempt, GoogleModel model) {
        this.json = json;
        this.params = params;
        this.attempt = attempt;
        this.model = model;
    }

    /** @throws UpstreamException 400 for a tool that is no function, and for a choice of another form */
    void write(ObjectNode body, ObjectNode request) throws UpstreamException {
        ArrayNode declarations = json.createArrayNode();
        for (JsonNode tool : body.path("tools")) {
            if (!tool.path("type").asText("function").equals("function")
                    || !tool.path("function").isObject()) {
                throw Parameters.refused(
                        attempt, "tools[].type", "Gemini calls functions only: give each tool the type 'function'.");
            }
            for (Map.Entry<String, JsonNode> field : tool.properties()) {
                if (!READ.contains(field.getKey()) && !field.getValue().isNull()) {
                    params.adapted(attempt, "tools[]." + field.getKey());
                }
            }
            declarations.add(declaration(tool.path("function")));
        }
        for (JsonNode function : body.path("functions")) {
            declarations.add(declaration(function));
        }
        if (declarations.isEmpty()) {
            return;
        }
        request.putArray("tools").addObject().set("functionDeclarations", declarations);
        ObjectNode choice = json.createObjectNode();
        choose(body.has("tool_choice") ? body.path("tool_choice") : body.path("function_call"), choice);
        if (!choice.isEmpty()) {
            request.putObject("toolConfig").set("functionCallingConfig", choice);
        }
        if (body.path("parallel_tool_calls").isBoolean()
                && !body.path("parallel_tool_calls").asBoolean()) {
            params.adapted(attempt, "parallel_tool_calls");
        }
    }

    private ObjectNode declaration(JsonNode function) throws UpstreamException {
        if (!function.path("name").isTextual()) {
            throw Parameters.invalid("tools[].function.name", "A tool must have a name.");
        }
        ObjectNode declaration = json.createObjectNode();
        declaration.set("name", function.get("name"));
        if (function.path("description").isTextual()) {
            declaration.set("description", function.get("description"));
        }
        if (function.path("parameters").isObject()) {
            Set<String> unenforced = new LinkedHashSet<>();
            ObjectNode schema = new JsonSchema(json, function.get("parameters"), unenforced).rewritten();
            for (String keyword : unenforced) {
                params.adapted(attempt, "tools[].function.parameters." + keyword);
            }
            if (!takesNothing(schema)) { // a function without parameters has no schema
                declaration.set("parametersJsonSchema", schema);
            }
        }
        strict |= function.path("strict").asBoolean();
        return declaration;
    }

    private static boolean takesNothing(ObjectNode schema) {
        return schema.path("properties").isEmpty()
                && !schema.path("additionalProperties").isObject()
                && !schema.has("$ref")
                && !schema.has("anyOf")
                && !schema.has("oneOf");
    }

    private void choose(JsonNode choice, ObjectNode config) throws UpstreamException {
        if (choice.isMissingNode() || choice.isNull()) {
            automatic(config);
        } else if (choice.isTextual()) {
            switch (choice.asText()) {
                case "auto" -> {
                    automatic(config);
                    if (config.isEmpty()) {
                        config.put("mode", "AUTO");
                    }
                }
                case "none" -> config.put("mode", "NONE");
                case "required", "any" -> config.put("mode", "ANY");
                default -> throw invalid();
            }
        } else if (choice.path("type").asText().equals("allowed_tools")) {
            JsonNode allowed = choice.path("allowed_tools");
            boolean must = allowed.path("mode").asText().equals("required");
            ArrayNode names = config.put("mode", must ? "ANY" : "VALIDATED").putArray("allowedFunctionNames");
            allowed.path("tools")
                    .forEach(t -> names.add(t.path("function").path("name").asText()));
        } else {
            JsonNode name = choice.has("function") ? choice.path("function").path("name") : choice.path("name");
            if (!name.isTextual()) {
                throw invalid();
            }
            config.put("mode", "ANY").putArray("allowedFunctionNames").add(name);
        }
    }

    /** {@code VALIDATED} is {@code AUTO} whose calls keep to the schemas, which is what {@code strict} asks for. */
    private void automatic(ObjectNode config) throws UpstreamException {
        if (strict && model.atLeast(2, 5)) {
            config.put("mode", "VALIDATED");
        } else if (strict) {
            params.adapted(attempt, "tools[].function.strict");
        }
    }

    private static UpstreamException invalid() {
        return Parameters.invalid(
                "tool_choice",
                "'tool_choice' must be auto, none, required, or {\"type\": \"function\", \"function\": {\"name\": ...}}.");
    }
}
