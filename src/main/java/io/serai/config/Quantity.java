package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit, as people write them. */
final class Quantity {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");
    private static final Map<String, BigDecimal> MILLISECONDS = Map.of(
            "", BigDecimal.valueOf(1000),
            "ms", BigDecimal.ONE,
            "s", BigDecimal.valueOf(1000),
            "m", BigDecimal.valueOf(60_000),
            "h", BigDecimal.valueOf(3_600_000));
    private static final Map<String, BigDecimal> BYTES = Map.of(
            "", BigDecimal.ONE,
            "b", BigDecimal.ONE,
            "kb", BigDecimal.valueOf(1000),
            "mb", BigDecimal.valueOf(1_000_000),
            "gb", BigDecimal.valueOf(1_000_000_000),
            "kib", BigDecimal.valueOf(1L << 10),
            "mib", BigDecimal.valueOf(1L << 20),
            "gib", BigDecimal.valueOf(1L << 30));

    private Quantity() {}

    /** {@code 30} and {@code 30s} are seconds; also {@code ms}, {@code m}, {@code h}. */
    static Optional<Duration> duration(String text) {
        return number(text, MILLISECONDS).map(Duration::ofMillis);
    }

    /** {@code 1048576}, {@code 1MiB} (1024s), {@code 1MB} (1000s). */
    static Optional<Long> bytes(String text) {
        return number(text, BYTES);
    }

    private static Optional<Long> number(String text, Map<String, BigDecimal> units) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
        if (unit == null) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(matcher.group(1)).multiply(unit);
        return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000)) > 0
                ? Optional.empty()
                : Optional.of(value.longValue());
    }
}
