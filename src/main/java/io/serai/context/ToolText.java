package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Tool definitions as OpenAI's models read them: a namespace of TypeScript types. OpenAI does not publish the form; that it is
 * this one shows in what its usage reports count (docs/explanation/counting-tokens.md).
 */
final class ToolText {
    private static final String INDENT = "  ";
    /** No schema is read deeper; a client may nest as it likes. */
    private static final int DEEPEST = 20;

    private final StringBuilder out = new StringBuilder();

    private ToolText() {}

    /** @param tools in OpenAI's shape, {@code [{type: function, function: {...}}]}, or the older functions themselves */
    static String of(JsonNode tools) {
        ToolText text = new ToolText();
        text.out.append("namespace functions {\n\n");
        for (JsonNode tool : tools) {
            text.function(tool.has("function") ? tool.path("function") : tool);
        }
        return text.out.append("} // namespace functions").toString();
    }

    private void function(JsonNode function) {
        comment(function, "");
        JsonNode parameters = function.path("parameters");
        out.append("type ").append(function.path("name").asText());
        if (parameters.path("properties").isEmpty()) {
            out.append(" = () => any;\n\n");
        } else {
            out.append(" = (_: {\n");
            properties(parameters, "", 0);
            out.append("}) => any;\n\n");
        }
    }

    private void properties(JsonNode object, String indent, int depth) {
        Set<String> required = new HashSet<>();
        object.path("required").forEach(name -> required.add(name.asText()));
        for (var property : object.path("properties").properties()) {
            comment(property.getValue(), indent);
            out.append(indent).append(property.getKey());
            out.append(required.contains(property.getKey()) ? ": " : "?: ");
            type(property.getValue(), indent, depth + 1);
            out.append(",\n");
        }
    }

    private void comment(JsonNode of, String indent) {
        String description = of.path("description").asText("");
        if (!description.isEmpty()) {
            out.append(indent).append("// ").append(description).append('\n');
        }
    }

    private void type(JsonNode schema, String indent, int depth) {
        if (depth > DEEPEST) {
            out.append("any");
            return;
        }
        if (schema.path("enum").isArray()) {
            StringJoiner values = new StringJoiner(" | ");
            schema.path("enum").forEach(value -> values.add(value.toString()));
            out.append(values);
            return;
        }
        for (String either : new String[] {"anyOf", "oneOf"}) {
            if (schema.path(either).isArray()) {
                either(schema.path(either), indent, depth);
                return;
            }
        }
        JsonNode type = schema.path("type");
        if (type.isArray()) {
            StringJoiner types = new StringJoiner(" | ");
            type.forEach(each -> types.add(plain(each.asText())));
            out.append(types);
        } else if (type.asText().equals("array")) {
            type(schema.path("items"), indent, depth + 1);
            out.append("[]");
        } else if (type.asText().equals("object") && !schema.path("properties").isEmpty()) {
            out.append("{\n");
            properties(schema, indent + INDENT, depth);
            out.append(indent).append('}');
        } else {
            out.append(plain(type.asText()));
        }
    }

    private void either(JsonNode schemas, String indent, int depth) {
        boolean first = true;
        for (JsonNode schema : schemas) {
            out.append(first ? "" : " | ");
            type(schema, indent, depth + 1);
            first = false;
        }
    }

    private static String plain(String type) {
        return switch (type) {
            case "integer" -> "number";
            case "" -> "any";
            default -> type;
        };
    }
}
