package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema in the part of the language that Gemini reads ({@code parametersJsonSchema}, {@code responseJsonSchema}:
 * https://ai.google.dev/api/generate-content#GenerationConfig). What can be said in other words is; a constraint that can't
 * be is told to the model in the description, and reported, for nothing enforces it. Used for one schema.
 */
final class JsonSchema {
    /** The keywords of that page that stay as they are; those that hold schemas are walked through below. */
    private static final Set<String> KEPT = Set.of(
            "$id",
            "$anchor",
            "type",
            "format",
            "title",
            "description",
            "enum",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
            "required",
            "propertyOrdering");

    private static final Set<String> CONSTRAINTS = Set.of(
            "pattern",
            "minLength",
            "maxLength",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "uniqueItems",
            "minProperties",
            "maxProperties",
            "patternProperties",
            "propertyNames",
            "not",
            "if",
            "then",
            "else",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "contains",
            "minContains",
            "maxContains",
            "unevaluatedProperties",
            "unevaluatedItems",
            "additionalItems",
            "contentEncoding",
            "contentMediaType");

    /** Not constraints, but worth knowing. */
    private static final Set<String> REMARKS = Set.of("default", "example", "examples", "deprecated");

    private final ObjectMapper json;
    private final JsonNode root;
    private final Set<String> unenforced;
    private final ObjectNode definitions;
    private final Map<String, String> names = new HashMap<>();

    /** @param unenforced takes the keywords that are only told, not enforced */
    JsonSchema(ObjectMapper json, JsonNode root, Set<String> unenforced) {
        this.json = json;
        this.root = root;
        this.unenforced = unenforced;
        this.definitions = json.createObjectNode();
    }

    ObjectNode rewritten() {
        ObjectNode schema = schema(root);
        if (!definitions.isEmpty()) {
            schema.set("$defs", definitions);
        }
        return schema;
    }

    /** One schema, without its definitions. */
    private ObjectNode schema(JsonNode from) {
        ObjectNode to = json.createObjectNode();
        if (!from.isObject()) {
            return to; // true allows anything, which is what an empty schema says
        }
        from.properties().forEach(field -> keyword(field.getKey(), field.getValue(), from, to));
        JsonNode all = from.path("allOf");
        for (JsonNode part : all) {
            merge(all.size() == 1 ? schema(part) : schema(resolved(part)), to);
        }
        if (from.path("nullable").asBoolean()) {
            nullable(to);
        }
        return alone(to);
    }

    private void keyword(String name, JsonNode value, JsonNode from, ObjectNode to) {
        switch (name) {
            case "$ref" -> reference(value.asText(), to);
            case "properties" -> {
                ObjectNode properties = to.putObject(name);
                value.properties().forEach(p -> properties.set(p.getKey(), schema(p.getValue())));
            }
            case "items" -> {
                if (value.isArray()) {
                    to.set("prefixItems", schemas(value)); // draft 7's way of saying it
                } else {
                    to.set(name, schema(value));
                }
            }
            case "prefixItems", "anyOf", "oneOf" -> to.set(name, schemas(value));
            case "additionalProperties" -> to.set(name, value.isBoolean() ? value : schema(value));
            case "const" -> constant(value, to);
            case "enum" -> choices(value, from, to);
            case "type" -> {
                if (!to.has("type")) {
                    to.set(name, value);
                }
            }
            default -> {
                if (KEPT.contains(name)) {
                    to.set(name, name.equals("description") && to.has(name) ? joined(value, to) : value);
                } else if (CONSTRAINTS.contains(name)) {
                    constraint(name, value, from, to);
                } else if (REMARKS.contains(name)) {
                    tell(to, name, value);
                }
            }
        }
    }

    private JsonNode joined(JsonNode description, ObjectNode to) {
        return json.getNodeFactory()
                .textNode(description.asText() + " " + to.path("description").asText());
    }

    private ArrayNode schemas(JsonNode from) {
        ArrayNode to = json.createArrayNode();
        from.forEach(s -> to.add(schema(s)));
        return to;
    }

    /** Gemini's enumerations hold strings and numbers. */
    private void constant(JsonNode value, ObjectNode to) {
        if (value.isTextual() || value.isNumber()) {
            to.putArray("enum").add(value);
            if (!to.has("type")) {
                to.put("type", value.isTextual() ? "string" : value.isIntegralNumber() ? "integer" : "number");
            }
        } else if (value.isNull()) {
            to.put("type", "null");
        } else {
            unenforced.add("const");
            tell(to, "const", value);
        }
    }

    private void choices(JsonNode values, JsonNode from, ObjectNode to) {
        ArrayNode kept = json.createArrayNode();
        boolean withNull = false;
        for (JsonNode value : values) {
            if (value.isNull()) {
                withNull = true;
            } else if (value.isTextual() || value.isNumber()) {
                kept.add(value);
            } else {
                unenforced.add("enum");
                tell(to, "enum", values);
                return;
            }
        }
        if (!kept.isEmpty()) {
            to.set("enum", kept);
        }
        if (withNull) {
            if (!to.has("type") && from.has("type")) {
                to.set("type", from.get("type"));
            }
            nullable(to);
        }
    }

    private void nullable(ObjectNode to) {
        JsonNode type = to.path("type");
        if (type.isTextual() && !type.asText().equals("null")) {
            to.putArray("type").add(type).add("null");
        } else if (to.get("anyOf") instanceof ArrayNode choices) {
            choices.addObject().put("type", "null");
        } else if (to.has("$ref")) {
            ArrayNode choices = json.createArrayNode();
            choices.addObject().set("$ref", to.remove("$ref"));
            choices.addObject().put("type", "null");
            to.set("anyOf", choices);
        }
    }

    private void constraint(String name, JsonNode value, JsonNode from, ObjectNode to) {
        boolean whole = from.path("type").asText().equals("integer") && value.isIntegralNumber();
        if (whole && name.equals("exclusiveMinimum")) {
            to.put("minimum", value.asLong() + 1);
        } else if (whole && name.equals("exclusiveMaximum")) {
            to.put("maximum", value.asLong() - 1);
        } else {
            unenforced.add(name);
            tell(to, name, value);
        }
    }

    private static void tell(ObjectNode to, String name, JsonNode value) {
        String before = to.path("description").asText("");
        to.put("description", (before.isEmpty() ? "" : before + " ") + "(" + name + ": " + value + ")");
    }

    /** Beside a reference Gemini takes nothing else, so it becomes the only choice of several. */
    private ObjectNode alone(ObjectNode to) {
        if (to.has("$ref") && to.size() > 1) {
            JsonNode reference = to.remove("$ref");
            if (to.has("anyOf")) {
                unenforced.add("$ref");
                tell(to, "$ref", reference);
            } else {
                to.putArray("anyOf").addObject().set("$ref", reference);
            }
        }
        return to;
    }

    /** Points to {@code $defs}, whichever place of the schema it pointed to. */
    private void reference(String pointer, ObjectNode to) {
        JsonNode target = target(pointer);
        if (target == null) {
            unenforced.add("$ref");
            tell(to, "$ref", json.getNodeFactory().textNode(pointer));
            return;
        }
        String name = names.get(pointer);
        if (name == null) {
            String last = pointer.substring(pointer.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_]", "_");
            name = pointer.equals("#") ? "root" : last.isEmpty() ? "_" : last;
            while (names.containsValue(name)) {
                name += "_";
            }
            names.put(pointer, name); // before its content, which may refer to itself
            definitions.set(name, schema(target));
        }
        to.put("$ref", "#/$defs/" + name);
    }

    /** Null for what is not in this document. */
    private @Nullable JsonNode target(String pointer) {
        if (pointer.equals("#")) {
            return root;
        }
        if (!pointer.startsWith("#/")) {
            return null;
        }
        JsonNode found = root.at(pointer.substring(1).replace("%24", "$"));
        return found.isMissingNode() ? null : found;
    }

    private JsonNode resolved(JsonNode part) {
        JsonNode target = part.has("$ref") ? target(part.path("$ref").asText()) : null;
        return target == null || target == root || target.path("allOf").isArray() ? part : target;
    }

    /** All of it holds at once. */
    private void merge(ObjectNode part, ObjectNode to) {
        part.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode there = to.get(name);
            JsonNode value = field.getValue();
            if (there == null || there.equals(value)) {
                to.set(name, value);
            } else if (name.equals("properties")) {
                value.properties().forEach(p -> ((ObjectNode) there).set(p.getKey(), p.getValue()));
            } else if (name.equals("required")) {
                ArrayNode both = there.deepCopy(); // it may be the client's own
                value.forEach(both::add);
                to.set(name, both);
            } else if (name.equals("description")) {
                to.put(name, there.asText() + " " + value.asText());
            } else {
                unenforced.add("allOf");
                tell(to, name, value);
            }
        });
    }
}
