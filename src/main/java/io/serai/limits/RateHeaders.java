package io.serai.limits;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an answer's headers say of the limit on requests.
 *
 * @param limit requests in all
 * @param remaining of them
 * @param reset until all of them are there again
 */
public record RateHeaders(long limit, long remaining, Duration reset) {
    /** Go's way to write a time: {@code 1s}, {@code 6m0s}, {@code 120ms}. */
    private static final Pattern GO = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|us|µs|ns|h|m|s)");

    /**
     * Reads OpenAI's {@code x-ratelimit-*-requests} (platform.openai.com/docs/guides/rate-limits) and Anthropic's
     * {@code anthropic-ratelimit-requests-*} (docs.anthropic.com/en/api/rate-limits).
     *
     * @param headers of the answer, names in lower case
     * @param now the time of day, which Anthropic's resets are measured from
     * @return null when they say nothing; Azure writes -1 and 0 for what it does not know
     */
    public static @Nullable RateHeaders of(Map<String, String> headers, Instant now) {
        RateHeaders openAi = of(
                headers.get("x-ratelimit-limit-requests"),
                headers.get("x-ratelimit-remaining-requests"),
                goDuration(headers.get("x-ratelimit-reset-requests")));
        return openAi != null
                ? openAi
                : of(
                        headers.get("anthropic-ratelimit-requests-limit"),
                        headers.get("anthropic-ratelimit-requests-remaining"),
                        until(headers.get("anthropic-ratelimit-requests-reset"), now));
    }

    private static @Nullable RateHeaders of(
            @Nullable String limit, @Nullable String remaining, @Nullable Duration reset) {
        long all = count(limit);
        long left = count(remaining);
        return all > 0 && left >= 0 && left <= all && reset != null ? new RateHeaders(all, left, reset) : null;
    }

    /** -1 for what is no number. */
    static long count(@Nullable String text) {
        return text != null && text.strip().matches("\\d{1,12}") ? Long.parseLong(text.strip()) : -1;
    }

    static @Nullable Duration goDuration(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String written = text.strip().toLowerCase(Locale.ROOT);
        Matcher parts = GO.matcher(written);
        double seconds = 0;
        int end = 0;
        while (parts.find() && parts.start() == end) {
            seconds += Double.parseDouble(parts.group(1))
                    * switch (parts.group(2)) {
                        case "h" -> 3600;
                        case "m" -> 60;
                        case "s" -> 1;
                        case "ms" -> 1e-3;
                        case "ns" -> 1e-9;
                        default -> 1e-6;
                    };
            end = parts.end();
        }
        return end == 0 || end != written.length() ? null : Duration.ofNanos((long) (seconds * 1e9));
    }

    static @Nullable Duration until(@Nullable String date, Instant now) {
        if (date == null) {
            return null;
        }
        try {
            Duration left =
                    Duration.between(now, OffsetDateTime.parse(date.strip()).toInstant());
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }
}
