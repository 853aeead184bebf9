package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import org.jspecify.annotations.Nullable;

/** The tools that a request offers, and which of them the model is to call. */
final class Tools {
    private final ObjectMapper json;
    private final Parameters params;

    Tools(ObjectMapper json, Parameters params) {
        this.json = json;
        this.params = params;
    }

    /** The vendor's tools; a function's schema goes out as it is. Empty when the request offers none. */
    ArrayNode of(Attempt attempt, JsonNode offered) throws UpstreamException {
        ArrayNode tools = json.createArrayNode();
        for (JsonNode tool : offered) {
            JsonNode function = tool.path("function");
            if (function.isObject()) {
                tools.add(function(attempt, tool, function));
            } else if (tool.has("custom") || !tool.isObject()) {
                params.adapted(attempt, "tools[]." + tool.path("type").asText("type"));
            } else {
                tools.add(tool); // the vendor's own: web_search, code_execution, memory ...
            }
        }
        return tools;
    }

    private ObjectNode function(Attempt attempt, JsonNode tool, JsonNode function) throws UpstreamException {
        ObjectNode made =
                json.createObjectNode().put("name", function.path("name").asText());
        if (function.path("description").isTextual()) {
            made.set("description", function.get("description"));
        }
        JsonNode schema = schema(function.path("parameters"));
        made.set("input_schema", schema);
        if (function.path("strict").asBoolean()) {
            if (new OutputSchema(json).fit(schema) == schema) {
                made.put("strict", true);
            } else {
                params.adapted(attempt, "tools[].function.strict");
            }
        }
        Blocks.marked(made, function.get("cache_control"));
        return Blocks.marked(made, tool.get("cache_control"));
    }

    /** Only a missing {@code type} is added, without which the vendor takes none. */
    private JsonNode schema(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("type")) {
            return object;
        }
        ObjectNode typed = json.createObjectNode().put("type", "object");
        if (schema instanceof ObjectNode object) {
            typed.setAll(object);
        } else {
            typed.putObject("properties");
        }
        return typed;
    }

    /**
     * The vendor's {@code tool_choice}; null when there is nothing to say.
     *
     * @param forcible whether the model can be made to call a tool
     */
    @Nullable
    ObjectNode choice(Attempt attempt, ObjectNode body, ArrayNode tools, boolean forcible) throws UpstreamException {
        ObjectNode choice = choice(attempt, body.path("tool_choice"));
        if (tools.isEmpty()) {
            if (choice != null && forces(choice)) {
                throw Parameters.invalid("tool_choice", "A tool can only be asked for where there are tools.");
            }
            return null;
        }
        if (choice != null && forces(choice) && !forcible) {
            params.adapted(attempt, "tool_choice");
            choice = json.createObjectNode().put("type", "auto");
        }
        JsonNode parallel = body.path("parallel_tool_calls");
        if (parallel.isBoolean() && !parallel.asBoolean()) {
            choice = choice == null ? json.createObjectNode().put("type", "auto") : choice;
            if (!choice.path("type").asText().equals("none")) {
                choice.put("disable_parallel_tool_use", true);
            }
        }
        return choice;
    }

    private @Nullable ObjectNode choice(Attempt attempt, JsonNode wanted) throws UpstreamException {
        ObjectNode choice = json.createObjectNode();
        if (wanted.isMissingNode() || wanted.isNull()) {
            return null;
        }
        if (wanted.isTextual()) {
            return switch (wanted.asText()) {
                case "auto" -> choice.put("type", "auto");
                case "none" -> choice.put("type", "none");
                case "required", "any" -> choice.put("type", "any");
                default -> throw unknown();
            };
        }
        return switch (wanted.path("type").asText()) {
            case "function" ->
                choice.put("type", "tool")
                        .put("name", wanted.path("function").path("name").asText());
            case "allowed_tools" -> {
                params.adapted(attempt, "tool_choice");
                JsonNode mode = wanted.path("allowed_tools").path("mode");
                yield choice.put("type", mode.asText().equals("required") ? "any" : "auto");
            }
            // the vendor's own forms
            case "auto", "any", "none", "tool" -> choice.setAll((ObjectNode) wanted);
            default -> throw unknown();
        };
    }

    private static UpstreamException unknown() {
        return Parameters.invalid("tool_choice", "The tool_choice is not one that is known.");
    }

    /** Whether the model is to call a tool in any case. */
    static boolean forces(ObjectNode choice) {
        String type = choice.path("type").asText();
        return type.equals("any") || type.equals("tool");
    }
}
