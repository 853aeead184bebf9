package io.serai.config;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The keys that a file may hold although this version does nothing with them: they are checked, kept where there is a place,
 * and named once. A key that asks for nothing (0, false, an empty list) is not named.
 */
final class LaterKeys {
    static final SequencedMap<String, Shape> PROVIDER = shapes(
            "claude_config", Shape.MAP,
            "kiro_config", Shape.MAP,
            "kilo_config", Shape.MAP);

    /** Not for later: what the operator says of a model, and what a request to it has when the client did not say it. */
    static final SequencedMap<String, Shape> METADATA = shapes(
            "capabilities", Shape.TEXTS,
            "description", Shape.TEXT,
            "architecture", Shape.MAP,
            "pricing", Shape.MAP,
            "top_provider", Shape.MAP,
            "supported_parameters", Shape.TEXTS,
            "default_parameters", Shape.MAP);

    static final SequencedMap<String, Shape> ROTATION = shapes("default_parameters", Shape.MAP);

    static final SequencedMap<String, Shape> AUTOSELECT = shapes("default_parameters", Shape.MAP);

    private LaterKeys() {}

    /** Checks the keys and notes those that ask for something. */
    static Map<String, Object> read(Section section, SequencedMap<String, Shape> shapes) {
        Map<String, Object> values = check(section, shapes);
        values.forEach((key, value) -> {
            if (asks(value)) {
                section.report().findings().withoutEffect(key);
            }
        });
        return values;
    }

    /** Checks the keys. */
    static Map<String, Object> check(Section section, SequencedMap<String, Shape> shapes) {
        Map<String, Object> values = new LinkedHashMap<>();
        shapes.forEach((key, shape) -> {
            Object value = section.plain(key, shape);
            if (value != null) {
                values.put(key, value);
            }
        });
        return values;
    }

    private static boolean asks(Object value) {
        return switch (value) {
            case BigDecimal number -> number.signum() != 0;
            case Boolean flag -> flag;
            case String text -> !text.isBlank();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    private static SequencedMap<String, Shape> shapes(Object... pairs) {
        SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            shapes.put((String) pairs[i], (Shape) pairs[i + 1]);
        }
        return Collections.unmodifiableSequencedMap(shapes);
    }
}
