package io.serai.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Turns the text of one YAML or JSON file into a {@link Tree}. It stops at the syntax level: the nodes never become objects,
 * so no tag of a file can make one.
 */
final class TreeReader {
    /** Aliases multiply: a page of them can unfold into gigabytes. No honest configuration comes near this. */
    private static final int MAX_NODES = 200_000;

    private static final int MAX_DEPTH = 64;

    private final Report report;
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int nodes;

    TreeReader(Report report) {
        this.report = report;
    }

    /** The mapping at the top of the file; an empty one when the file is empty or, after a report, unreadable. */
    Tree.Fields read(String text) {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setSchema(new CoreSchema()) // `~` and `True` too
                    .setAllowNonScalarKeys(true) // refused below, with a line
                    .build();
            Optional<Node> root = new Compose(settings).composeString(spacesForTabs(text));
            if (root.isEmpty() || root.get().getTag().equals(Tag.NULL)) {
                return Tree.Fields.EMPTY;
            }
            Tree tree = tree(root.get(), "", 0);
            if (tree instanceof Tree.Fields fields) {
                return fields;
            }
            report.broken(tree.line(), "", "expected a mapping (`key: value`), found " + tree.kind());
        } catch (Unreadable e) {
            report.broken(e.line, e.path, e.reason);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(0);
            report.broken(line, "", "not valid YAML: " + withoutQuotation(e.getProblem()));
        } catch (YamlEngineException e) {
            // its message may quote the text, and the text may hold a key
            report.broken(0, "", "not valid YAML: it holds a character or a size that YAML does not allow");
        }
        return Tree.Fields.EMPTY;
    }

    private Tree tree(Node node, String path, int depth) throws Unreadable {
        int line = line(node);
        if (++nodes > MAX_NODES) {
            throw new Unreadable(line, "", "its aliases unfold into more than " + MAX_NODES + " values");
        }
        if (depth > MAX_DEPTH) {
            throw new Unreadable(line, path, "nested more than " + MAX_DEPTH + " deep");
        }
        return switch (node) {
            case ScalarNode scalar -> new Tree.Scalar(line, type(scalar, path), scalar.getValue());
            case SequenceNode sequence -> items(sequence, line, path, depth);
            case MappingNode mapping -> fields(mapping, line, path, depth);
            default -> throw new Unreadable(line, path, "an alias names no anchor");
        };
    }

    private Tree.Items items(SequenceNode sequence, int line, String path, int depth) throws Unreadable {
        enter(sequence, line, path);
        List<Tree> items = new ArrayList<>();
        for (Node node : sequence.getValue()) {
            items.add(tree(node, path + "[" + items.size() + "]", depth + 1));
        }
        open.remove(sequence);
        return new Tree.Items(line, Collections.unmodifiableList(items));
    }

    private Tree.Fields fields(MappingNode mapping, int line, String path, int depth) throws Unreadable {
        enter(mapping, line, path);
        Map<String, Tree.Field> fields = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            int keyLine = line(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                throw new Unreadable(keyLine, path, "a key must be text; a reference needs quotes: \"{{env:NAME}}\"");
            }
            String key = keyNode.getValue();
            if (key.startsWith("_")) {
                continue;
            }
            String below = path.isEmpty() ? key : path + "." + key;
            Tree value = tree(tuple.getValueNode(), below, depth + 1);
            Tree.Field earlier = fields.put(key, new Tree.Field(keyLine, value));
            if (earlier != null) {
                report.problem(keyLine, below, "stands twice, first in line " + earlier.line());
            }
        }
        open.remove(mapping);
        return new Tree.Fields(line, Collections.unmodifiableMap(fields));
    }

    private void enter(Node node, int line, String path) throws Unreadable {
        if (!open.add(node)) {
            throw new Unreadable(line, path, "an alias contains itself");
        }
        if (!node.getTag().equals(Tag.MAP) && !node.getTag().equals(Tag.SEQ)) {
            throw new Unreadable(line, path, "tags (`!...`) mean nothing here");
        }
    }

    private static Tree.Scalar.Type type(ScalarNode scalar, String path) throws Unreadable {
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.STR)) {
            return Tree.Scalar.Type.TEXT;
        } else if (tag.equals(Tag.INT)) {
            return Tree.Scalar.Type.INTEGER;
        } else if (tag.equals(Tag.FLOAT)) {
            return Tree.Scalar.Type.DECIMAL;
        } else if (tag.equals(Tag.BOOL)) {
            return Tree.Scalar.Type.FLAG;
        } else if (tag.equals(Tag.NULL)) {
            return Tree.Scalar.Type.NOTHING;
        }
        throw new Unreadable(line(scalar), path, "tags (`!...`) mean nothing here");
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** JSON may be indented with tabs, YAML not; inside strings they stay. */
    private static String spacesForTabs(String text) {
        String stripped = text.stripLeading();
        if (!stripped.startsWith("{") && !stripped.startsWith("[") || text.indexOf('\t') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        boolean string = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (string && c == '\\' && i + 1 < text.length()) {
                out.append(c).append(text.charAt(++i));
                continue;
            }
            string ^= c == '"';
            out.append(c == '\t' && !string ? ' ' : c);
        }
        return out.toString();
    }

    /** The parser's words up to where it quotes the file: a key pasted in the wrong place must not reach a log. */
    private static String withoutQuotation(String problem) {
        return problem.replaceFirst("(alias|anchor|tag|handle|directive|document) .*", "$1");
    }

    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final String path;
        private final String reason;

        Unreadable(int line, String path, String reason) {
            super(reason);
            this.line = line;
            this.path = path;
            this.reason = reason;
        }
    }
}
