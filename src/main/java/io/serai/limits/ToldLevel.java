package io.serai.limits;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's answer says of one of its limits. What it does not say, or writes as unknown, is null.
 *
 * @param limit in all
 * @param remaining of it
 * @param reset until all of it is there again
 */
public record ToldLevel(
        @Nullable Long limit,
        @Nullable Long remaining,
        @Nullable Duration reset) {

    /** Cerebras and SambaNova name the period; the nearest to what OpenAI means comes first. */
    private static final List<String> PERIODS = List.of("", "-minute", "-hour", "-day");
    /** From there on a number is no duration but a date, both in seconds. */
    private static final BigDecimal DATES = BigDecimal.valueOf(1_000_000_000);

    private static final BigDecimal MOST = BigDecimal.valueOf(100_000_000_000L);

    /**
     * Reads {@code x-ratelimit-*} as OpenAI writes it (platform.openai.com/docs/guides/rate-limits), and those who write it
     * likewise: with a period in the name (inference-docs.cerebras.ai/support/rate-limits), {@code req} for requests
     * (Mistral), the reset as a bare number of seconds or as a date in seconds (docs.sambanova.ai/docs/en/models/rate-limits).
     * Else Anthropic's {@code anthropic-ratelimit-*} (docs.anthropic.com/en/api/rate-limits).
     *
     * @param headers of the answer, names in lower case
     * @param now the time of day, which dates are measured from
     * @return null when they say nothing of it; Azure writes -1 and 0 for what it does not know
     */
    public static @Nullable ToldLevel of(Map<String, String> headers, Metered what, Instant now) {
        for (String word : what == Metered.REQUESTS ? List.of("requests", "req") : List.of("tokens")) {
            for (String period : PERIODS) {
                ToldLevel said = of(
                        headers.get("x-ratelimit-limit-" + word + period),
                        headers.get("x-ratelimit-remaining-" + word + period),
                        reset(headers.get("x-ratelimit-reset-" + word + period), now));
                if (said != null) {
                    return said;
                }
            }
        }
        String anthropics = "anthropic-ratelimit-" + what.word();
        return of(
                headers.get(anthropics + "-limit"),
                headers.get(anthropics + "-remaining"),
                RateHeaders.until(headers.get(anthropics + "-reset"), now));
    }

    private static @Nullable ToldLevel of(
            @Nullable String limit, @Nullable String remaining, @Nullable Duration reset) {
        long all = RateHeaders.count(limit);
        long left = RateHeaders.count(remaining);
        boolean known = all > 0 ? left <= all : all < 0 && left > 0;
        return known ? new ToldLevel(all > 0 ? all : null, left < 0 ? null : left, reset) : null;
    }

    private static @Nullable Duration reset(@Nullable String text, Instant now) {
        if (text == null || !text.strip().matches("\\d{1,12}(\\.\\d{1,20})?")) {
            return RateHeaders.goDuration(text);
        }
        BigDecimal seconds = new BigDecimal(text.strip());
        if (seconds.compareTo(MOST) >= 0) {
            return null;
        }
        Duration said = Duration.ofMillis(seconds.movePointRight(3).longValue());
        if (seconds.compareTo(DATES) < 0) {
            return said;
        }
        Duration left = Duration.between(now, Instant.EPOCH.plus(said));
        return left.isNegative() ? Duration.ZERO : left;
    }
}
