package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import org.jspecify.annotations.Nullable;

/** What the answer is to look like: {@code response_format} as the vendor's {@code output_config}. */
final class OutputFormat {
    private final ObjectMapper json;
    private final Parameters params;

    OutputFormat(ObjectMapper json, Parameters params) {
        this.json = json;
        this.params = params;
    }

    /** {@code output_config}; empty when there is nothing to say. */
    ObjectNode of(Attempt attempt, ObjectNode body, Conversation conversation, @Nullable String effort)
            throws UpstreamException {
        ObjectNode output = json.createObjectNode();
        if (body.get("output_config") instanceof ObjectNode own) {
            output.setAll(own);
        }
        if (effort != null && !output.has("effort")) {
            output.put("effort", effort);
        }
        JsonNode format = body.path("response_format");
        switch (format.path("type").asText("text")) {
            case "text" -> {}
            case "json_schema" -> {
                if (!output.has("format")) {
                    output.putObject("format").put("type", "json_schema").set("schema", schema(attempt, format));
                }
            }
            case "json_object" -> {
                params.adapted(attempt, "response_format");
                conversation.instruct("Answer with one JSON object and nothing else.");
            }
            default -> throw Parameters.invalid("response_format", "The response_format is not one that is known.");
        }
        return output;
    }

    private JsonNode schema(Attempt attempt, JsonNode format) throws UpstreamException {
        JsonNode described = format.path("json_schema");
        if (!(described.get("schema") instanceof ObjectNode schema)) {
            throw Parameters.invalid(
                    "response_format.json_schema.schema", "A response_format of this type needs a schema.");
        }
        JsonNode fitting = new OutputSchema(json).fit(schema);
        if (fitting != schema) {
            params.adapted(attempt, "response_format");
        }
        if (described.path("description").isTextual() && !fitting.has("description")) {
            ObjectNode whole = json.createObjectNode();
            whole.setAll((ObjectNode) fitting);
            return whole.set("description", described.get("description"));
        }
        return fitting;
    }
}
