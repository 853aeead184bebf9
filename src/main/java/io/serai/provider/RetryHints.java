package io.serai.provider;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a provider asks to be left alone: {@code retry-after-ms}, {@code x-ms-retry-after-ms}, {@code retry-after}
 * (seconds or an HTTP date), else the later of the exhausted {@code x-ratelimit-reset-*} (Go durations such as {@code 6m0s}) and
 * {@code anthropic-ratelimit-*-reset} (RFC 3339).
 */
public final class RetryHints {
    private static final Pattern GO_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|s|m|h)");
    /** A day: what is longer is a mistake or an attack. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryHints() {}

    /**
     * @param headers of the answer, names in lower case
     */
    public static @Nullable Duration of(Map<String, String> headers) {
        return of(headers, Clock.systemUTC());
    }

    static @Nullable Duration of(Map<String, String> headers, Clock clock) {
        for (String name : new String[] {"retry-after-ms", "x-ms-retry-after-ms"}) {
            Duration ms = decimal(headers.get(name), 1);
            if (ms != null) {
                return bounded(ms);
            }
        }
        String after = headers.get("retry-after");
        if (after != null) {
            Duration seconds = decimal(after, 1000);
            Duration wait = seconds != null ? seconds : untilDate(after, clock);
            if (wait != null) {
                return bounded(wait);
            }
        }
        Duration reset = null;
        for (String kind : new String[] {"requests", "tokens"}) {
            if ("0".equals(headers.get("x-ratelimit-remaining-" + kind))) {
                Duration d = goDuration(headers.get("x-ratelimit-reset-" + kind));
                reset = later(reset, d);
            }
        }
        for (String kind : new String[] {"requests", "tokens", "input-tokens", "output-tokens"}) {
            if ("0".equals(headers.get("anthropic-ratelimit-" + kind + "-remaining"))) {
                reset = later(reset, untilInstant(headers.get("anthropic-ratelimit-" + kind + "-reset"), clock));
            }
        }
        return bounded(reset);
    }

    private static @Nullable Duration later(@Nullable Duration one, @Nullable Duration other) {
        return one == null || other != null && other.compareTo(one) > 0 ? other : one;
    }

    private static @Nullable Duration untilInstant(@Nullable String text, Clock clock) {
        try {
            return text == null ? null : notNegative(Duration.between(clock.instant(), Instant.parse(text.trim())));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Duration notNegative(Duration left) {
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static @Nullable Duration decimal(@Nullable String text, int unitMs) {
        if (text == null) {
            return null;
        }
        try {
            double value = Double.parseDouble(text.trim());
            return value < 0 || Double.isNaN(value) ? null : Duration.ofMillis((long) Math.ceil(value * unitMs));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Duration untilDate(String text, Clock clock) {
        try {
            Instant date = ZonedDateTime.parse(text.trim(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return notNegative(Duration.between(clock.instant(), date));
        } catch (DateTimeException e) {
            return null;
        }
    }

    static @Nullable Duration goDuration(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher parts = GO_PART.matcher(text.trim());
        double ms = 0;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            double value = Double.parseDouble(parts.group(1));
            ms += switch (parts.group(2)) {
                case "h" -> value * 3_600_000;
                case "m" -> value * 60_000;
                case "s" -> value * 1_000;
                case "us" -> value / 1_000;
                default -> value;
            };
            end = parts.end();
        }
        return end == 0 || end != text.trim().length() ? null : Duration.ofMillis((long) Math.ceil(ms));
    }

    private static @Nullable Duration bounded(@Nullable Duration wait) {
        return wait == null ? null : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
