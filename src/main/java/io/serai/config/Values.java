package io.serai.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads single values of one file: resolves references, checks types, reports what is wrong. No message quotes a value. */
final class Values {
    private final Report report;
    private final References references;

    Values(Report report, References references) {
        this.report = report;
        this.references = references;
    }

    Report report() {
        return report;
    }

    @Nullable
    String scalar(Tree value, String at, Shape shape, Predicate<String> fits) {
        if (!(value instanceof Tree.Scalar scalar) || scalar.type() == Tree.Scalar.Type.NOTHING) {
            return wrong(value, at, shape);
        }
        boolean text = scalar.type() == Tree.Scalar.Type.TEXT;
        boolean reference = text && References.isIn(scalar.text());
        if (report.strict() && !reference && text != (shape == Shape.TEXT)) {
            return wrong(value, at, shape);
        }
        String resolved = resolved(scalar, at);
        return resolved != null && !fits.test(resolved) ? wrong(value, at, shape) : resolved;
    }

    @Nullable
    String resolved(Tree.Scalar scalar, String at) {
        try {
            return scalar.type() == Tree.Scalar.Type.TEXT ? references.resolve(scalar.text()) : scalar.text();
        } catch (References.Dangling e) {
            report.problem(scalar.line(), at, String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Nullable
    Object plain(Tree value, String at) {
        return switch (value) {
            case Tree.Scalar s ->
                switch (s.type()) {
                    case TEXT -> resolved(s, at);
                    case INTEGER, DECIMAL -> fits(s.text(), Shape.TEXT) ? new BigDecimal(s.text()) : s.text();
                    case FLAG -> Boolean.valueOf(s.text());
                    case NOTHING -> null;
                };
            case Tree.Items items -> {
                List<Object> list = new ArrayList<>();
                for (Tree item : items.items()) {
                    Object plain = plain(item, at + "[" + list.size() + "]");
                    if (plain != null) {
                        list.add(plain);
                    }
                }
                yield Collections.unmodifiableList(list);
            }
            case Tree.Fields map -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                map.fields().forEach((name, field) -> {
                    Object inner = plain(field.value(), at + "." + name);
                    if (inner != null) {
                        plain.put(name, inner);
                    }
                });
                yield Collections.unmodifiableMap(plain);
            }
        };
    }

    /** Whether the text is such a number; for {@link Shape#TEXT}, any finite number. */
    static boolean fits(String text, Shape shape) {
        if (!text.matches("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d{1,3})?")) {
            return false; // .inf, .nan, octal and hexadecimal mean nothing here
        }
        BigDecimal number = new BigDecimal(text);
        return switch (shape) {
            case NUMBER -> number.signum() >= 0;
            case PERCENT -> number.signum() >= 0 && number.compareTo(BigDecimal.valueOf(100)) <= 0;
            case COUNT ->
                number.signum() >= 0
                        && number.stripTrailingZeros().scale() <= 0
                        && number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0;
            default -> true;
        };
    }

    <T> @Nullable T wrong(Tree value, String at, Shape shape) {
        boolean unquoted =
                shape == Shape.TEXT && value instanceof Tree.Scalar s && s.type() != Tree.Scalar.Type.NOTHING;
        report.problem(
                value.line(),
                at,
                "expected " + shape.words() + (found(value, shape)) + (unquoted ? "; put it in quotes" : ""));
        return null;
    }

    /** "found a number" says nothing when a number was wanted; then only the range is wrong. */
    private static String found(Tree value, Shape shape) {
        return shape.words().startsWith(value.kind()) ? "" : ", found " + value.kind();
    }
}
