package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tools of a request. Ollama has no {@code tool_choice}: a model that may not call gets no tools, one that may call only
 * some gets only those, and that it must call can't be said.
 */
final class OllamaTools {
    private final ObjectMapper json;
    private final Parameters params;

    OllamaTools(ObjectMapper json, Parameters params) {
        this.json = json;
        this.params = params;
    }

    void into(ObjectNode out, Attempt attempt, ObjectNode body) throws UpstreamException {
        JsonNode tools = body.path("tools");
        Choice choice = choice(attempt, body.path("tool_choice"));
        if (!choice.may() || !tools.isArray()) {
            return;
        }
        ArrayNode said = json.createArrayNode();
        for (int i = 0; i < tools.size(); i++) {
            ObjectNode tool = tool(attempt, tools.get(i), i);
            if (choice.allows(tool.path("function").path("name").asText())) {
                said.add(tool);
            }
        }
        if (!said.isEmpty()) {
            out.set("tools", said);
        }
    }

    /**
     * @param may whether tools may be called at all
     * @param only the names of those that may be; null for all
     */
    private record Choice(boolean may, @Nullable Set<String> only) {
        static final Choice ALL = new Choice(true, null);

        boolean allows(String name) {
            return only == null || only.contains(name);
        }
    }

    private Choice choice(Attempt attempt, JsonNode choice) throws UpstreamException {
        if (choice.isObject()) {
            return chosen(attempt, choice);
        }
        return switch (choice.asText()) {
            case "none" -> new Choice(false, null);
            case "required" -> {
                params.adapted(attempt, "tool_choice");
                yield Choice.ALL;
            }
            default -> Choice.ALL;
        };
    }

    private Choice chosen(Attempt attempt, JsonNode choice) throws UpstreamException {
        Set<String> names = new HashSet<>();
        switch (choice.path("type").asText()) {
            case "function" -> {
                params.adapted(attempt, "tool_choice");
                names.add(choice.path("function").path("name").asText());
            }
            case "allowed_tools" -> {
                if (choice.path("allowed_tools").path("mode").asText().equals("required")) {
                    params.adapted(attempt, "tool_choice");
                }
                choice.path("allowed_tools")
                        .path("tools")
                        .forEach(t -> names.add(t.path("function").path("name").asText()));
            }
            default ->
                throw Parameters.refused(
                        attempt, "tool_choice", "It calls functions only: name one, or say 'auto' or 'none'.");
        }
        return new Choice(true, names);
    }

    private ObjectNode tool(Attempt attempt, JsonNode tool, int index) throws UpstreamException {
        String where = "tools[" + index + "]";
        if (!tool.path("type").asText("function").equals("function")
                || !tool.path("function").isObject()) {
            throw Parameters.refused(attempt, where, "It calls functions only.");
        }
        if (tool.has("cache_control")) {
            params.adapted(attempt, "cache_control");
        }
        if (tool.path("function").path("strict").asBoolean()) {
            params.adapted(attempt, "tools[].function.strict");
        }
        ObjectNode said = json.createObjectNode().put("type", "function");
        ObjectNode function = said.putObject("function");
        for (String field : new String[] {"name", "description", "parameters"}) {
            if (tool.path("function").hasNonNull(field)) {
                function.set(field, tool.path("function").get(field));
            }
        }
        if (!function.has("parameters")) {
            function.putObject("parameters").put("type", "object").putObject("properties");
        }
        return said;
    }
}
