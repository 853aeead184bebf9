package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateHeadersTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final long SECOND = 1_000_000_000;

    private long now;

    @ParameterizedTest
    @CsvSource({"1s, 1000", "6m0s, 360000", "120ms, 120", "1h2m3.5s, 3723500", "0s, 0"})
    void readsGoDurations(String reset, long millis) {
        assertThat(RateHeaders.of(openAi("60", "59", reset), NOW))
                .isEqualTo(new RateHeaders(60, 59, Duration.ofMillis(millis)));
    }

    @Test
    void readsAnthropicsDates() {
        assertThat(RateHeaders.of(
                        Map.of(
                                "anthropic-ratelimit-requests-limit", "50",
                                "anthropic-ratelimit-requests-remaining", "49",
                                "anthropic-ratelimit-requests-reset", "2026-01-02T03:04:07Z"),
                        NOW))
                .isEqualTo(new RateHeaders(50, 49, Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @CsvSource({"-1, -1, 1s", "0, 0, 0s", "60, 61, 1s", "60, 59, soon", "60, 59, 1s2", "many, 59, 1s", "60, 59, -1s"})
    void whatCantBeMeansUnknown(String limit, String remaining, String reset) {
        assertThat(RateHeaders.of(openAi(limit, remaining, reset), NOW)).isNull();
    }

    private static Map<String, String> openAi(String limit, String remaining, String reset) {
        return Map.of(
                "x-ratelimit-limit-requests", limit,
                "x-ratelimit-remaining-requests", remaining,
                "x-ratelimit-reset-requests", reset);
    }

    @Test
    void aBucketsHeadersTellTheRateBeforeAnyRefusal() {
        AdaptiveRate rate = new AdaptiveRate("acme", SimulatedTraffic.DEFAULTS, () -> now, () -> 0.5);
        double tokens = 120;
        int calls = 0;
        for (int i = 0; i < 2000; i++) {
            Place place = rate.join(Long.MAX_VALUE, Duration.ZERO);
            Turn turn = place.turn();
            while (turn instanceof Turn.Later later) {
                now += later.nanos();
                tokens = Math.min(120, tokens + later.nanos() * 2.0 / SECOND);
                turn = place.turn();
            }
            assertThat(tokens).as("call %d", i).isGreaterThanOrEqualTo(1);
            tokens--;
            calls++;
            rate.told(new RateHeaders(
                    120, (long) Math.floor(tokens), Duration.ofMillis((long) Math.ceil((120 - tokens) * 500))));
            ((Turn.Go) turn).grant().accepted();
        }

        assertThat(rate.state().limitPerMinute()).isCloseTo(120, within(9.0));
        assertThat(calls * 60.0 * SECOND / now).isBetween(102.0, 120.0);
    }

    @Test
    void aWindowThatOpensAgainTellsTheRate() {
        ToldRate told = new ToldRate();
        double rate = 0;
        for (int second = 0; second < 125; second += 5) {
            int into = second % 60;
            rate = Math.max(
                    rate, told.read(new RateHeaders(300, 300 - into * 3, Duration.ofSeconds(60 - into)), second));
        }

        assertThat(rate).isCloseTo(5, within(0.01));
    }

    @Test
    void aDaysLimitIsNoPace() {
        ToldRate told = new ToldRate();
        for (int used = 10; used < 500; used += 10) {
            RateHeaders groq = new RateHeaders(14_400, 14_400 - used, Duration.ofSeconds(used * 6L));
            assertThat(told.read(groq, used)).isZero();
        }
    }

    @Test
    void headersThatARefusalContradictsAreNotBelieved() {
        AdaptiveRate rate = new AdaptiveRate("acme", SimulatedTraffic.DEFAULTS, () -> now, () -> 0.5);
        for (int used = 10; used < 40; used++) {
            rate.told(bucket(used));
        }
        assertThat(rate.state().limitPerMinute()).isCloseTo(120, within(9.0));
        Grant grant = ((Turn.Go) rate.join(Long.MAX_VALUE, Duration.ZERO).turn()).grant();

        grant.refused(Duration.ofSeconds(1));
        now += 2 * SECOND;
        ((Turn.Go) rate.join(Long.MAX_VALUE, Duration.ZERO).turn()).grant().accepted();
        double learned = rate.state().limitPerMinute();
        for (int used = 40; used < 70; used++) {
            rate.told(bucket(used));
        }

        assertThat(rate.state().limitPerMinute()).isEqualTo(learned);
    }

    private static RateHeaders bucket(int used) {
        return new RateHeaders(120, 120 - used, Duration.ofMillis(used * 500L));
    }
}
