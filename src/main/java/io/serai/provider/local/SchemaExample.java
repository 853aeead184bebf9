package io.serai.provider.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Makes a value that fits a JSON schema: every property, the first choice, the smallest array that is not empty. */
final class SchemaExample {
    private static final int DEEPEST = 16;
    /** A schema that refers to itself in every property would else fill the heap. */
    private static final int MOST_NODES = 1_000;

    private final ObjectMapper json;
    private int nodes;

    SchemaExample(ObjectMapper json) {
        this.json = json;
    }

    /**
     * @param text stands for every string without {@code enum}
     */
    JsonNode of(JsonNode schema, String text) {
        nodes = 0;
        return of(schema, schema, text, 0);
    }

    private JsonNode of(JsonNode schema, JsonNode root, String text, int depth) {
        if (depth > DEEPEST || ++nodes > MOST_NODES) {
            return json.nullNode();
        }
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.path("enum").size() > 0) {
            return schema.path("enum").get(0);
        }
        String reference = schema.path("$ref").asText("");
        if (reference.startsWith("#/")) {
            return of(root.at(reference.substring(1)), root, text, depth + 1);
        }
        for (String choice : new String[] {"anyOf", "oneOf", "allOf"}) {
            if (schema.path(choice).size() > 0) {
                return of(schema.path(choice).get(0), root, text, depth + 1);
            }
        }
        JsonNode type = schema.path("type");
        String name = type.isArray() ? type.path(0).asText() : type.asText(schema.has("properties") ? "object" : "");
        return switch (name) {
            case "string" -> json.getNodeFactory().textNode(text);
            case "integer" ->
                json.getNodeFactory()
                        .numberNode(Math.max(1, schema.path("minimum").asLong(1)));
            case "number" ->
                json.getNodeFactory()
                        .numberNode(Math.max(1.0, schema.path("minimum").asDouble(1)));
            case "boolean" -> json.getNodeFactory().booleanNode(true);
            case "array" -> {
                ArrayNode array = json.createArrayNode();
                yield array.add(of(schema.path("items"), root, text, depth + 1));
            }
            case "object" -> {
                ObjectNode object = json.createObjectNode();
                for (Map.Entry<String, JsonNode> p : schema.path("properties").properties()) {
                    object.set(p.getKey(), of(p.getValue(), root, text, depth + 1));
                }
                yield object;
            }
            default -> json.nullNode();
        };
    }
}
