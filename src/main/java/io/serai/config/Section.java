package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of a file while it is being read. It knows which keys were asked for, so that {@link #finish} can name those
 * that no one knows. A value that is absent, {@code null}, of the wrong type or a reference to nothing reads as null; the last
 * two are reported.
 */
final class Section {
    private final Values values;
    private final String path;
    /** Of the key that leads here. */
    private final int line;

    private final Map<String, Tree.Field> fields;
    private final Set<String> known = new LinkedHashSet<>();

    Section(Values values, String path, int line, Tree.Fields fields) {
        this.values = values;
        this.path = path;
        this.line = line;
        this.fields = fields.fields();
    }

    Report report() {
        return values.report();
    }

    String path() {
        return path;
    }

    /** Whether the key stands here with a value. */
    boolean has(String key) {
        return value(key) != null;
    }

    @Nullable
    String text(String key) {
        Tree value = value(key);
        return value == null ? null : values.scalar(value, path(key), Shape.TEXT, s -> true);
    }

    @Nullable
    Boolean flag(String key) {
        Tree value = value(key);
        String text =
                value == null ? null : values.scalar(value, path(key), Shape.FLAG, s -> s.matches("(?i)true|false"));
        return text == null ? null : Boolean.valueOf(text);
    }

    boolean flag(String key, boolean otherwise) {
        Boolean value = flag(key);
        return value == null ? otherwise : value;
    }

    @Nullable
    BigDecimal number(String key, Shape shape) {
        Tree value = value(key);
        String text = value == null ? null : values.scalar(value, path(key), shape, s -> Values.fits(s, shape));
        return text == null ? null : new BigDecimal(text);
    }

    /** A number that fits an int. */
    @Nullable
    Integer count(String key) {
        BigDecimal number = number(key, Shape.COUNT);
        return number == null ? null : number.intValueExact();
    }

    /** Longer than nothing: a number of seconds, or text with a unit. */
    @Nullable
    Duration duration(String key) {
        Tree value = value(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Tree.Scalar s) {
            String text = values.resolved(s, path(key));
            Optional<Duration> duration = text == null ? Optional.of(Duration.ZERO) : Quantity.duration(text);
            if (text == null || duration.isPresent() && duration.get().isPositive()) {
                return text == null ? null : duration.get();
            }
        }
        problem(key, "expected seconds above 0 (`30`, `0.5`), or a time such as `500ms`, `30s`, `2m`");
        return null;
    }

    List<String> texts(String key) {
        Tree value = value(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Tree.Items items)) {
            values.wrong(value, path(key), Shape.TEXTS);
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Tree item : items.items()) {
            String text = values.scalar(item, path(key) + "[" + texts.size() + "]", Shape.TEXT, s -> true);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** A mapping of names to text; numbers and flags count as written. */
    Map<String, String> textMap(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        Tree value = value(key);
        if (value != null && !(value instanceof Tree.Fields)) {
            values.wrong(value, path(key), Shape.MAP);
        } else if (value instanceof Tree.Fields map) {
            map.fields().forEach((name, field) -> {
                String below = path(key) + "." + name;
                if (field.value() instanceof Tree.Scalar s) {
                    String text = s.type() == Tree.Scalar.Type.NOTHING ? "" : values.resolved(s, below);
                    if (text != null) {
                        texts.put(name, text);
                    }
                } else {
                    values.wrong(field.value(), below, Shape.TEXT);
                }
            });
        }
        return texts;
    }

    /** The mapping under the key, an empty one when there is none. */
    Section section(String key) {
        Tree value = value(key);
        if (value != null && !(value instanceof Tree.Fields)) {
            values.wrong(value, path(key), Shape.MAP);
        }
        return new Section(values, path(key), line(key), value instanceof Tree.Fields f ? f : Tree.Fields.EMPTY);
    }

    /** The named mappings under the key; one without a value is an empty mapping. */
    Map<String, Section> sections(String key) {
        return section(key).sections();
    }

    /** The named mappings that this one is made of. */
    Map<String, Section> sections() {
        Map<String, Section> sections = new LinkedHashMap<>();
        fields.keySet().forEach(name -> {
            Tree value = value(name);
            if (value == null || value instanceof Tree.Fields) {
                sections.put(name, section(name));
            } else {
                values.wrong(value, path(name), Shape.MAP);
            }
        });
        return sections;
    }

    /** The mappings of the list under the key. */
    List<Section> list(String key) {
        Tree value = value(key);
        List<Section> sections = new ArrayList<>();
        if (value != null && !(value instanceof Tree.Items)) {
            values.report().problem(value.line(), path(key), "expected a list, found " + value.kind());
        } else if (value instanceof Tree.Items items) {
            for (int i = 0; i < items.items().size(); i++) {
                Tree item = items.items().get(i);
                String below = path(key) + "[" + i + "]";
                if (item instanceof Tree.Fields f) {
                    sections.add(new Section(values, below, item.line(), f));
                } else {
                    values.wrong(item, below, Shape.MAP);
                }
            }
        }
        return sections;
    }

    /** A secret as it was written. */
    record Written(String value, boolean literal) {
        @Override
        public String toString() {
            return literal ? "literal" : "reference";
        }
    }

    /** One text or a list of them. */
    List<Written> secrets(String key) {
        Tree value = value(key);
        if (value == null) {
            return List.of();
        }
        List<Tree> parts = value instanceof Tree.Items items ? items.items() : List.of(value);
        List<Written> written = new ArrayList<>();
        for (Tree part : parts) {
            String text = values.scalar(part, path(key), Shape.TEXT, s -> true);
            if (text != null) {
                written.add(new Written(text, !References.isIn(((Tree.Scalar) part).text())));
            }
        }
        return written;
    }

    /** The value as plain maps, lists, texts, numbers and flags, with its references resolved and its shape checked. */
    @Nullable
    Object plain(String key, Shape shape) {
        Tree value = value(key);
        if (value == null) {
            return null;
        }
        return switch (shape) {
            case TEXT -> text(key);
            case FLAG -> flag(key);
            case NUMBER, COUNT, PERCENT -> number(key, shape);
            case TEXTS -> List.copyOf(texts(key));
            case NAMES -> value instanceof Tree.Items ? List.copyOf(texts(key)) : text(key);
            case MAP ->
                value instanceof Tree.Fields ? values.plain(value, path(key)) : values.wrong(value, path(key), shape);
        };
    }

    void problem(String key, String message) {
        values.report().problem(line(key), path(key), message);
    }

    /** About the whole section. */
    void problem(String message) {
        values.report().problem(line, path, message);
    }

    /** Reports every key that was not asked for. Call it last. */
    void finish() {
        fields.forEach((key, field) -> {
            if (!known.contains(key)) {
                values.report().unknownKey(field.line(), path(key), key, known);
            }
        });
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    int line(String key) {
        Tree.Field field = fields.get(key);
        return field == null ? line : field.line();
    }

    private @Nullable Tree value(String key) {
        known.add(key);
        Tree.Field field = fields.get(key);
        return field == null || field.value() instanceof Tree.Scalar s && s.type() == Tree.Scalar.Type.NOTHING
                ? null
                : field.value();
    }
}
