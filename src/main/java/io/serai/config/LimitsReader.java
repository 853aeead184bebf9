package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@link Limits} under their names, or under the same with {@code default_} in front. */
final class LimitsReader {
    static final String OWN = "";
    static final String DEFAULT = "default_";

    private LimitsReader() {}

    /** @param prefix {@link #OWN} or {@link #DEFAULT} */
    static Limits read(Section section, String prefix, @Nullable Integer contextSize) {
        Limits limits = new Limits(
                seconds(section, prefix + "rate_limit"),
                count(section, prefix + "max_request_tokens"),
                count(section, prefix + "rate_limit_TPM"),
                count(section, prefix + "rate_limit_TPH"),
                count(section, prefix + "rate_limit_TPD"),
                prefix.equals(DEFAULT) ? count(section, prefix + "context_size") : contextSize,
                positive(section.number(prefix + "condense_context", Shape.PERCENT)),
                methods(section, prefix + "condense_method"),
                seconds(section, prefix + "error_cooldown"));
        // condensing comes with a later version
        note(section, prefix + "condense_context", limits.condenseContext());
        note(section, prefix + "condense_method", limits.condenseMethod());
        return limits.equals(Limits.NONE) ? Limits.NONE : limits;
    }

    private static void note(Section section, String key, @Nullable Object value) {
        if (value != null) {
            section.report().findings().withoutEffect(key);
        }
    }

    private static @Nullable Duration seconds(Section section, String key) {
        BigDecimal seconds = positive(section.number(key, Shape.NUMBER));
        return seconds == null
                ? null
                : Duration.ofNanos(seconds.movePointRight(9).longValue());
    }

    private static @Nullable Integer count(Section section, String key) {
        Integer count = section.count(key);
        return count == null || count == 0 ? null : count;
    }

    private static @Nullable BigDecimal positive(@Nullable BigDecimal number) {
        return number == null || number.signum() == 0 ? null : number;
    }

    private static @Nullable List<String> methods(Section section, String key) {
        Object written = section.plain(key, Shape.NAMES);
        if (written instanceof String name) {
            return name.isBlank() ? null : List.of(name);
        }
        return written instanceof List<?> names && !names.isEmpty()
                ? names.stream().map(String::valueOf).toList()
                : null;
    }
}
