package io.serai.guard;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** What a file of routes must look like: Camel's own schema, and the house's rules on top of it. */
final class RouteRules {
    private static final int FEWEST_LINES = 8; // head, one step: an extension point, an answer
    private static final int MOST_LINES = 60;
    private static final int MOST_LINES_OF_A_FILE = 120;

    private static final Pattern FILE_NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*\\.camel\\.yaml");
    /** Words of lower-case letters and digits, or a template's parameter in place of one. */
    private static final Pattern ID = Pattern.compile("([a-z0-9]+|\\{\\{\\w+}})(-([a-z0-9]+|\\{\\{\\w+}}))*");

    private static final Set<String> CALLS = Set.of("to", "toD", "wireTap", "enrich", "pollEnrich");
    private static final Set<String> SCRIPTS =
            Set.of("script", "groovy", "java", "joor", "js", "mvel", "ognl", "python", "spel");
    private static final Set<String> EXPRESSIONS = Set.of("simple", "constant", "csimple");

    private static final JsonSchema SCHEMA = schema();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String file;
    private final String text;
    private final List<String> problems = new ArrayList<>();

    private RouteRules(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /** Every way in which the file breaks a rule, as {@code file:line message}; the name is a path, with slashes. */
    static List<String> problems(String file, String text) {
        RouteRules rules = new RouteRules(file, text);
        rules.check();
        return rules.problems;
    }

    private void check() {
        if (!FILE_NAME.matcher(file.substring(file.lastIndexOf('/') + 1)).matches()) {
            add(0, "the name must be words-in-kebab-case.camel.yaml: Camel takes the first dot as the extension");
        }
        if (!text.stripLeading().startsWith("#")) {
            add(1, "must start with a comment that says why the route exists");
        }
        int lines = (int) text.lines().count();
        if (lines > MOST_LINES_OF_A_FILE) {
            add(0, lines + " lines; " + MOST_LINES_OF_A_FILE + " at most: one feature a file");
        }
        Node root;
        Object data;
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(file).build();
            root = new Compose(settings).composeString(text).orElse(null);
            data = new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            add(0, "is not YAML: " + e.getMessage());
            return;
        }
        if (!(root instanceof SequenceNode items)) {
            add(1, "must be a list of routes");
            return;
        }
        SCHEMA.validate(JSON.valueToTree(data)).forEach(m -> add(0, "Camel's schema: " + m.getMessage()));
        for (Node item : items.getValue()) {
            if (item instanceof MappingNode definition) {
                definition(definition);
            }
        }
    }

    private void definition(MappingNode item) {
        for (NodeTuple entry : item.getValue()) {
            if (!(entry.getValueNode() instanceof MappingNode body)) {
                continue;
            }
            switch (scalar(entry.getKeyNode())) {
                case "route" -> {
                    named(item, body);
                    route(body, scalar(body, "id"));
                    length(item);
                }
                case "routeTemplate" -> {
                    named(item, body);
                    parameters(body);
                    if (child(body, "route") instanceof MappingNode route) {
                        route(route, scalar(route, "id"));
                    } else {
                        route(body, null);
                    }
                    length(item);
                }
                case "from" -> add(item, "write it as a route, with an id and a description");
                default -> steps(body);
            }
        }
    }

    private void named(MappingNode item, MappingNode body) {
        if (scalar(body, "id") == null) {
            add(item, "has no id");
        }
        if (scalar(body, "description") == null) {
            add(item, "has no description");
        }
        id(body);
    }

    private void route(MappingNode route, @Nullable String id) {
        if (child(route, "from") instanceof MappingNode from) {
            direct(from).ifPresent(name -> {
                if (id != null && !id.equals(name)) {
                    add(from, "direct:" + name + " must be named after its route, " + id);
                }
                if (!(child(route, "errorHandler") instanceof MappingNode handler)
                        || child(handler, "noErrorHandler") == null) {
                    add(
                            from,
                            "direct:" + name
                                    + " needs errorHandler: {noErrorHandler: {}}: failures belong to the caller");
                }
            });
        }
        steps(route);
    }

    private void parameters(MappingNode template) {
        if (child(template, "parameters") instanceof SequenceNode parameters) {
            for (Node parameter : parameters.getValue()) {
                if (parameter instanceof MappingNode map && scalar(map, "description") == null) {
                    add(map, "the parameter " + scalar(map, "name") + " has no description");
                }
            }
        }
    }

    /** Counts from the comment that stands above the route. */
    private void length(MappingNode item) {
        List<String> lines = text.lines().toList();
        int start = line(item) - 1;
        while (start > 0 && lines.get(start - 1).startsWith("#")) {
            start--;
        }
        int end = Math.min(lines.size(), item.getEndMark().orElseThrow().getLine());
        while (end > start
                && (lines.get(end - 1).isBlank() || lines.get(end - 1).startsWith("#"))) {
            end--;
        }
        int length = end - start;
        if (length < FEWEST_LINES || length > MOST_LINES) {
            add(item, length + " lines; a route has " + FEWEST_LINES + " to " + MOST_LINES);
        }
    }

    private void steps(Node node) {
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(this::steps);
        } else if (node instanceof MappingNode map) {
            for (NodeTuple entry : map.getValue()) {
                step(scalar(entry.getKeyNode()), entry.getValueNode());
                if (!scalar(entry.getKeyNode()).equals("parameters")) { // an endpoint's, not a step
                    steps(entry.getValueNode());
                }
            }
            id(map);
        }
    }

    private void step(String name, Node body) {
        if (CALLS.contains(name)) {
            String uri = body instanceof MappingNode map ? scalar(map, "uri") : scalar(body);
            boolean inside = uri != null && (uri.equals("direct") || uri.startsWith("direct:"));
            if (!inside && !(body instanceof MappingNode map && scalar(map, "id") != null)) {
                add(body, name + " " + uri + " needs an id: it is what JMX and metrics show");
            }
        }
        if (SCRIPTS.contains(name) || (name.equals("language") && body instanceof MappingNode)) {
            add(body, name + ": a step that needs code is a bean");
        }
        if (EXPRESSIONS.contains(name)) {
            String expression = Objects.requireNonNullElse(
                    body instanceof MappingNode map ? scalar(map, "expression") : scalar(body), "");
            if (expression.strip().contains("\n")) {
                add(body, "a " + name + " expression longer than a line: a step that needs code is a bean");
            }
            if (expression.strip().matches("(?s)[{\\[]\\s*[\"{\\[].*")) {
                add(body, "JSON built from text breaks on the first quote in a value: build it with Jackson in a bean");
            }
        }
    }

    private void id(MappingNode map) {
        String id = scalar(map, "id");
        if (id != null && !ID.matcher(id).matches()) {
            add(map, "the id " + id + " must be in kebab case");
        }
    }

    private static Optional<String> direct(MappingNode from) {
        String uri = scalar(from, "uri");
        if (uri != null && uri.startsWith("direct:")) {
            return Optional.of(uri.substring("direct:".length()));
        }
        if ("direct".equals(uri) && child(from, "parameters") instanceof MappingNode parameters) {
            return Optional.ofNullable(scalar(parameters, "name"));
        }
        return Optional.empty();
    }

    private static @Nullable Node child(MappingNode map, String key) {
        for (NodeTuple entry : map.getValue()) {
            if (key.equals(scalar(entry.getKeyNode()))) {
                return entry.getValueNode();
            }
        }
        return null;
    }

    private static @Nullable String scalar(MappingNode map, String key) {
        return child(map, key) instanceof ScalarNode s ? s.getValue() : null;
    }

    private static String scalar(Node node) {
        return node instanceof ScalarNode s ? s.getValue() : "";
    }

    private static int line(Node node) {
        return node.getStartMark().orElseThrow().getLine() + 1;
    }

    private void add(Node where, String message) {
        add(line(where), message);
    }

    private void add(int line, String message) {
        String problem = file + (line > 0 ? ":" + line : "") + " " + message;
        if (!problems.contains(problem)) { // a node may be met twice
            problems.add(problem);
        }
    }

    private static JsonSchema schema() {
        try (InputStream in = RouteRules.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            JsonMetaSchema draft4 = JsonMetaSchema.builder(JsonMetaSchema.getV4())
                    .keyword(new NonValidationKeyword("deprecated")) // Camel's, not the draft's
                    .build();
            return JsonSchemaFactory.builder()
                    .defaultMetaSchemaIri(draft4.getIri())
                    .metaSchema(draft4)
                    .build()
                    .getSchema(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
