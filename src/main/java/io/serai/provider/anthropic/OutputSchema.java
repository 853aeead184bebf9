package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the vendor's structured outputs take of JSON Schema
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations"): objects are closed,
 * and bounds of numbers, texts and lists are refused with 400. As in the vendor's own clients, what is taken out goes into the
 * description, where the model may heed it.
 */
final class OutputSchema {
    private static final Set<String> REFUSED = Set.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "maxItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains",
            "prefixItems",
            "minProperties",
            "maxProperties",
            "patternProperties",
            "propertyNames",
            "unevaluatedProperties",
            "dependentRequired",
            "dependentSchemas",
            "not",
            "if",
            "then",
            "else");
    private static final Set<String> FORMATS =
            Set.of("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid");
    private static final Set<String> NAMED_SCHEMAS = Set.of("properties", "$defs", "definitions");
    private static final Set<String> SCHEMA_LISTS = Set.of("anyOf", "allOf", "oneOf");

    private final ObjectMapper json;

    OutputSchema(ObjectMapper json) {
        this.json = json;
    }

    /** The schema itself when the vendor takes it, else a copy that it takes. */
    JsonNode fit(JsonNode schema) {
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode fitting = json.createObjectNode();
        List<String> lost = new ArrayList<>();
        object.properties().forEach(member -> {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (refused(name, value)) {
                lost.add(name + ": " + value);
            } else if (name.equals("oneOf")) {
                fitting.set("anyOf", inside(name, value));
            } else {
                fitting.set(name, inside(name, value));
            }
        });
        if (object.path("type").asText().equals("object") || object.has("properties")) {
            fitting.put("additionalProperties", false);
        }
        if (!lost.isEmpty()) {
            String said = object.path("description").asText();
            fitting.put("description", (said.isEmpty() ? "" : said + "\n\n") + "{" + String.join(", ", lost) + "}");
        }
        return fitting.equals(object) ? object : fitting;
    }

    private static boolean refused(String name, JsonNode value) {
        return REFUSED.contains(name)
                || name.equals("format") && !FORMATS.contains(value.asText())
                || name.equals("minItems") && value.asInt() > 1;
    }

    private JsonNode inside(String name, JsonNode value) {
        if (NAMED_SCHEMAS.contains(name) && value.isObject()) {
            ObjectNode schemas = json.createObjectNode();
            for (Map.Entry<String, JsonNode> schema : value.properties()) {
                schemas.set(schema.getKey(), fit(schema.getValue()));
            }
            return schemas;
        }
        if (SCHEMA_LISTS.contains(name) && value.isArray()) {
            ArrayNode schemas = json.createArrayNode();
            value.forEach(schema -> schemas.add(fit(schema)));
            return schemas;
        }
        return name.equals("items") ? fit(value) : value;
    }
}
