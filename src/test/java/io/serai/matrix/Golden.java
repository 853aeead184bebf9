package io.serai.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The golden files: reading them, writing their short forms out, and comparing with them. */
final class Golden {
    static final ObjectMapper JSON = JsonMapper.builder().build();

    private Golden() {}

    /** A folder below the test's resources. */
    static Path folder(String name) {
        try {
            var found = Golden.class.getResource("/" + name);
            if (found == null) {
                throw new AssertionError("no folder src/test/resources/" + name);
            }
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The names of the folder's JSON files, without the extension. */
    static Set<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            files.map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith(".json"))
                    .forEach(n -> names.add(n.substring(0, n.length() - ".json".length())));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode read(Path folder, String name) {
        return (ObjectNode) expanded(folder, parse(folder.resolve(name + ".json")));
    }

    private static JsonNode parse(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** {@code {"$repeat": ["text", 3]}} and {@code "@file"} become what they stand for. */
    private static JsonNode expanded(Path folder, JsonNode node) {
        if (node.isTextual() && node.textValue().startsWith("@")) {
            Path file = folder.resolve(node.textValue().substring(1));
            return file.toString().endsWith(".json")
                    ? expanded(folder, parse(file))
                    : TextNode.valueOf(text(file).strip());
        }
        if (node instanceof ObjectNode object) {
            JsonNode repeat = object.get("$repeat");
            if (repeat != null) {
                return TextNode.valueOf(
                        repeat.get(0).asText().repeat(repeat.get(1).asInt()));
            }
            ObjectNode copy = JSON.createObjectNode();
            object.properties().forEach(e -> copy.set(e.getKey(), expanded(folder, e.getValue())));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = JSON.createArrayNode();
            node.forEach(item -> copy.add(expanded(folder, item)));
            return copy;
        }
        return node;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where the two differ, each as a path with both values. {@code "$number"} expects any number above 0, {@code
     * "$string"} any text that is not empty; numbers are equal when their values are.
     */
    static List<String> differences(JsonNode expected, JsonNode actual) {
        List<String> found = new ArrayList<>();
        compare("", expected, actual, found);
        return found;
    }

    private static void compare(String path, JsonNode expected, JsonNode actual, List<String> found) {
        if (expected.isTextual() && expected.textValue().equals("$number")) {
            check(path, expected, actual, actual.isNumber() && actual.asDouble() > 0, found);
        } else if (expected.isTextual() && expected.textValue().equals("$string")) {
            check(
                    path,
                    expected,
                    actual,
                    actual.isTextual() && !actual.textValue().isEmpty(),
                    found);
        } else if (expected.isObject() && actual.isObject()) {
            Set<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            actual.fieldNames().forEachRemaining(names::add);
            names.forEach(n -> compare(path + "/" + n, expected.path(n), actual.path(n), found));
        } else if (expected.isArray() && actual.isArray()) {
            for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
                compare(path + "/" + i, expected.path(i), actual.path(i), found);
            }
        } else if (expected.isNumber() && actual.isNumber()) {
            check(path, expected, actual, expected.decimalValue().compareTo(actual.decimalValue()) == 0, found);
        } else {
            check(path, expected, actual, expected.equals(actual), found);
        }
    }

    private static void check(String path, JsonNode expected, JsonNode actual, boolean same, List<String> found) {
        if (!same) {
            found.add((path.isEmpty() ? "/" : path) + "\n  expected " + shown(expected) + "\n  but was  "
                    + shown(actual));
        }
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() > 2000 ? text.substring(0, 2000) + "..." : text;
    }
}
