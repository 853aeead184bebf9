package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
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
        return limits.equals(Limits.NONE) ? Limits.NONE : limits;
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

    /** The methods that there are; a name that is none is reported, and left out of a file that is taken leniently. */
    private static @Nullable List<String> methods(Section section, String key) {
        Object written = section.plain(key, Shape.NAMES);
        List<String> names = new ArrayList<>();
        if (written instanceof String name && !name.isBlank()) {
            names.add(name.strip());
        } else if (written instanceof List<?> list) {
            list.forEach(name -> names.add(String.valueOf(name).strip()));
        }
        List<String> unknown = names.stream()
                .filter(name -> !CondenseMethods.KNOWN.contains(name))
                .toList();
        for (String name : unknown) {
            section.problem(
                    key,
                    "`" + name + "` is no method" + Suggestion.of(name, CondenseMethods.KNOWN) + "; there are: "
                            + String.join(", ", CondenseMethods.KNOWN));
        }
        names.removeAll(unknown);
        return names.isEmpty() ? null : List.copyOf(names);
    }
}
