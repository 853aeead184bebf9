package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples are those of the vendors' own pages, which {@link ToldLevel} names. */
class ToldLevelTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @ParameterizedTest
    @CsvSource({
        "requests,        60,         59,        1s,                  60,         59,        1000",
        "requests,        14400,      14370,     2m59.56s,            14400,      14370,     179560",
        "requests-day,    1000000000, 999997455, 33011.382867097855,  1000000000, 999997455, 33011382",
        "requests,        20,         19,        1767323105,          20,         19,        60000",
        "requests,        20,         19,        1767323000,          20,         19,        0",
        "req-minute,      375,        374,       ,                    375,        374,       ",
        "requests,        60,         0,         1s,                  60,         0,         1000",
        "requests,        60,         -1,        1s,                  60,         ,          1000",
        "requests,        ,           118,       ,                    ,           118,       ",
        "requests,        60,         59,        soon,                60,         59,        ",
        "requests,        60,         59,        -1s,                 60,         59,        ",
        "requests,        60,         59,        999999999999,        60,         59,        ",
    })
    void readsWhatProvidersWrite(
            String name, String limit, String remaining, String reset, Long all, Long left, Long resetMs) {
        assertThat(ToldLevel.of(headers(name, limit, remaining, reset), Metered.REQUESTS, NOW))
                .isEqualTo(new ToldLevel(all, left, resetMs == null ? null : Duration.ofMillis(resetMs)));
    }

    @ParameterizedTest
    @CsvSource({"-1, -1, 1s", "0, 0, 0s", ", 0, 0s", ", -1,", "60, 61, 1s", "many, , 1s", ", , 1s"})
    void whatCantBeMeansUnknown(String limit, String remaining, String reset) {
        assertThat(ToldLevel.of(headers("requests", limit, remaining, reset), Metered.REQUESTS, NOW))
                .isNull();
    }

    @Test
    void anthropicsDatesAreDurations() {
        Map<String, String> headers = Map.of(
                "anthropic-ratelimit-tokens-limit", "50000",
                "anthropic-ratelimit-tokens-remaining", "47000",
                "anthropic-ratelimit-tokens-reset", "2026-01-02T03:10:05Z");
        assertThat(ToldLevel.of(headers, Metered.TOKENS, NOW))
                .isEqualTo(new ToldLevel(50_000L, 47_000L, Duration.ofMinutes(6)));
        assertThat(ToldLevel.of(headers, Metered.REQUESTS, NOW)).isNull();
    }

    @Test
    void theShortestPeriodIsMeant() {
        Map<String, String> both = headers("tokens-day", "1000000", "999000", "33011.3");
        both.putAll(headers("tokens-minute", "60000", "59000", "11.38"));
        assertThat(ToldLevel.of(both, Metered.TOKENS, NOW))
                .isEqualTo(new ToldLevel(60_000L, 59_000L, Duration.ofMillis(11_380)));
    }

    private static Map<String, String> headers(String what, String limit, String remaining, String reset) {
        Map<String, String> headers = new HashMap<>();
        headers.put("x-ratelimit-limit-" + what, limit);
        headers.put("x-ratelimit-remaining-" + what, remaining);
        headers.put("x-ratelimit-reset-" + what, reset);
        headers.values().removeIf(value -> value == null);
        return headers;
    }
}
