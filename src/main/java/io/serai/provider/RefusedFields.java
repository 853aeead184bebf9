package io.serai.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that an endpoint refuses, wherever they stand: {@code seed}, {@code messages[].name}, {@code
 * messages[].content[].cache_control}. What is changed below the top is copied first: other attempts see the same request.
 */
public final class RefusedFields {
    private final Map<String, RefusedFields> below = new LinkedHashMap<>();
    private @Nullable String path;

    /** @param paths as in {@code unsupported_parameters} */
    public static RefusedFields of(List<String> paths) {
        RefusedFields root = new RefusedFields();
        for (String path : paths) {
            RefusedFields at = root;
            for (String step : path.split("\\.")) {
                String name = step.endsWith("[]") ? step.substring(0, step.length() - 2) : step;
                at = at.below.computeIfAbsent(name, n -> new RefusedFields());
            }
            at.path = path;
        }
        return root;
    }

    /**
     * Takes the fields out.
     *
     * @param body changed in place, at its top only
     * @param found gets the paths of those that were there
     */
    public void remove(ObjectNode body, Set<String> found) {
        below.forEach((name, field) -> {
            JsonNode value = body.get(name);
            if (value == null) {
                return;
            }
            if (field.path != null) {
                if (!name.equals("n") || value.asInt() != 1) { // one answer is what comes anyway
                    found.add(field.path);
                }
                body.remove(name);
            } else {
                JsonNode without = field.without(value, found);
                if (without != value) {
                    body.set(name, without);
                }
            }
        });
    }

    /** The same node when there is nothing to take out. */
    private JsonNode without(JsonNode node, Set<String> found) {
        return switch (node) {
            case ArrayNode array -> ofEach(array, found);
            case ObjectNode object -> ofFields(object, found);
            default -> node;
        };
    }

    private ArrayNode ofEach(ArrayNode array, Set<String> found) {
        ArrayNode copy = null;
        for (int i = 0; i < array.size(); i++) {
            JsonNode item = array.get(i);
            JsonNode without = without(item, found);
            if (without != item) {
                copy = copy == null ? array.arrayNode(array.size()).addAll(array) : copy;
                copy.set(i, without);
            }
        }
        return copy == null ? array : copy;
    }

    private ObjectNode ofFields(ObjectNode object, Set<String> found) {
        ObjectNode copy = null;
        for (Map.Entry<String, RefusedFields> entry : below.entrySet()) {
            JsonNode value = object.get(entry.getKey());
            if (value == null) {
                continue;
            }
            RefusedFields field = entry.getValue();
            JsonNode without = field.path == null ? field.without(value, found) : null;
            if (without == value) {
                continue;
            }
            if (copy == null) {
                copy = object.objectNode();
                copy.setAll(object);
            }
            if (without == null) {
                found.add(String.valueOf(field.path));
                copy.remove(entry.getKey());
            } else {
                copy.set(entry.getKey(), without);
            }
        }
        return copy == null ? object : copy;
    }
}
