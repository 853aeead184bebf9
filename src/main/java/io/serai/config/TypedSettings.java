package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Single settings, typed. What can't be read is a problem that says what was expected, and stands for the packed default. */
final class TypedSettings {
    private static final long MOST_BYTES = 1L << 30;

    private final SettingValues values;

    TypedSettings(SettingValues values) {
        this.values = values;
    }

    String text(String key) {
        SettingValues.Value value = values.of(key);
        return value.text().isEmpty() ? values.packed(key).text() : value.text();
    }

    boolean flag(String key) {
        return choice(key, List.of("true", "false")).equals("true");
    }

    String choice(String key, List<String> choices) {
        return read(key, "expected " + String.join(" or ", choices), text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            return choices.contains(lower) ? Optional.of(lower) : Optional.empty();
        });
    }

    int number(String key, int min, int max) {
        return read(
                key,
                "expected a whole number from " + min + " to " + max,
                text -> text.matches("\\d{1,9}")
                        ? Optional.of(Integer.valueOf(text)).filter(n -> n >= min && n <= max)
                        : Optional.empty());
    }

    double decimal(String key, double min, double max) {
        return read(
                key,
                "expected a number from " + plain(min) + " to " + plain(max),
                text -> text.matches("\\d{1,9}(\\.\\d{1,9})?")
                        ? Optional.of(Double.valueOf(text)).filter(n -> n >= min && n <= max)
                        : Optional.empty());
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    Duration duration(String key, int minMs) {
        String atLeast = minMs > 0 ? "expected a time above 0" : "expected a time";
        return read(
                key,
                atLeast + ": seconds (`30`), or `500ms`, `30s`, `2m`",
                text -> Quantity.duration(text).filter(d -> d.toMillis() >= minMs));
    }

    /** Zero where there is to be none. */
    Duration durationOrOff(String key) {
        return read(
                key,
                "expected `off`, or a time: seconds (`30`), or `30s`, `2m`, `4h`",
                text -> text.equalsIgnoreCase("off") ? Optional.of(Duration.ZERO) : Quantity.duration(text));
    }

    long bytes(String key) {
        return read(
                key,
                "expected a number of bytes above 0 and up to 1GiB, or `64KiB`, `32MiB`",
                text -> Quantity.bytes(text).filter(n -> n > 0 && n <= MOST_BYTES));
    }

    /** Of a buffer, of which there are thousands. */
    int buffer(String key) {
        return read(
                        key,
                        "expected 4KiB to 16MiB",
                        text -> Quantity.bytes(text).filter(n -> n >= 4 << 10 && n <= 16 << 20))
                .intValue();
    }

    /** The packed default where nothing or something wrong was said. */
    private <T> T read(String key, String expected, Function<String, Optional<T>> parse) {
        SettingValues.Value value = values.of(key);
        Optional<T> typed = parse.apply(value.text());
        if (typed.isEmpty() && !value.text().isEmpty()) {
            values.problem(value, expected);
        }
        return typed.or(() -> parse.apply(values.packed(key).text()))
                .orElseThrow(() -> new IllegalStateException(key + ": the packed default is wrong"));
    }
}
