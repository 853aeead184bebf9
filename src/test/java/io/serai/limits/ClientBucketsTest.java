package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.Settings.PerMinute;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientBucketsTest {
    private static final long SECOND = 1_000_000_000;
    private static final PerMinute SIXTY = new PerMinute(60, 6000);

    private long now = -3 * SECOND;
    private final ClientBuckets buckets = new ClientBuckets(() -> now, 10_000);

    private ClientAnswer request(String client) {
        return buckets.take(client, SIXTY, Metered.REQUESTS, 1);
    }

    private ClientAnswer tokens(long amount) {
        return buckets.take("a", SIXTY, Metered.TOKENS, amount);
    }

    private void drain(String client) {
        for (int i = 0; i < 60; i++) {
            assertThat(request(client).retryAfter()).isNull();
        }
        assertThat(request(client).retryAfter()).isNotNull();
    }

    @Test
    void whatIsUsedComesBackEvenly() {
        drain("a");
        ClientAnswer refused = request("a");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(refused.requests()).isEqualTo(new Level(60, 0));
        now += SECOND;
        assertThat(request("a").retryAfter()).isNull();
        assertThat(request("a").retryAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(request("b").requests()).isEqualTo(new Level(60, 59));
    }

    @Test
    void aFloodOfAddressesNeitherFillsTheMemoryNorFreesWhoWasRefused() {
        drain("refused");
        int largest = 0;
        for (int i = 0; i < 200_000; i++) {
            request("flood" + i);
            largest = Math.max(largest, buckets.size());
        }
        assertThat(largest).isLessThanOrEqualTo(10_001);
        assertThat(request("refused").retryAfter()).isNotNull();
    }

    @Test
    void whoIsFullAgainIsForgotten() {
        for (int i = 0; i < 5000; i++) {
            request("c" + i);
        }
        now += 61 * SECOND;
        request("last");
        assertThat(buckets.size()).isEqualTo(1);
    }

    @Test
    void manyAtOnceGetNoMoreThanThereIs() {
        AtomicInteger granted = new AtomicInteger();
        IntStream.range(0, 10_000).parallel().forEach(i -> {
            if (request("a").retryAfter() == null) {
                granted.incrementAndGet();
            }
        });
        assertThat(granted).hasValue(60);
    }

    @Test
    void whatWasTakenTooLittleIsOwed() {
        assertThat(tokens(1000).taken()).isEqualTo(1000);
        buckets.correct("a", SIXTY, Metered.TOKENS, 11_000);
        ClientAnswer refused = tokens(1);
        assertThat(refused.tokens()).isEqualTo(new Level(6000, -6000));
        assertThat(refused.tokens().reset()).isEqualTo(Duration.ofMinutes(2));
        now += 61 * SECOND;
        assertThat(tokens(1).retryAfter()).isNull();
    }

    @Test
    void whateverIsOwedCanBeCounted() {
        PerMinute one = new PerMinute(0, 1);
        buckets.correct("a", one, Metered.TOKENS, 2L * Integer.MAX_VALUE);
        buckets.correct("a", one, Metered.TOKENS, 2L * Integer.MAX_VALUE);
        assertThat(buckets.take("a", one, Metered.TOKENS, 1).retryAfter()).isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void whatWasTakenTooMuchComesBackAndNoMore() {
        tokens(6000);
        buckets.correct("a", SIXTY, Metered.TOKENS, -5000);
        assertThat(tokens(0).tokens()).isEqualTo(new Level(6000, 5000));
        buckets.correct("a", SIXTY, Metered.TOKENS, -5000);
        assertThat(tokens(0).tokens()).isEqualTo(new Level(6000, 6000));
    }

    @Test
    void moreThanTheBucketEverHoldsNeedsAFullOne() {
        assertThat(tokens(50_000).taken()).isEqualTo(6000);
        assertThat(tokens(50_000).retryAfter()).isEqualTo(Duration.ofMinutes(1));
        now += 60 * SECOND;
        assertThat(tokens(50_000).retryAfter()).isNull();
    }

    @Test
    void aChangedLimitForgetsNothing() {
        for (int i = 0; i < 30; i++) {
            request("a");
        }
        PerMinute twice = new PerMinute(120, 0);
        assertThat(buckets.take("a", twice, Metered.REQUESTS, 0).requests()).isEqualTo(new Level(120, 60));
        drain2("a", twice, 60);
    }

    private void drain2(String client, PerMinute limits, int left) {
        for (int i = 0; i < left; i++) {
            assertThat(buckets.take(client, limits, Metered.REQUESTS, 1).retryAfter())
                    .isNull();
        }
        assertThat(buckets.take(client, limits, Metered.REQUESTS, 1).retryAfter())
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:DB8:1:2:ffff::9, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "::ffff:192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "local, local, true"
    })
    void addressesAreOneClient(String one, String other, boolean same) {
        assertThat(ClientBuckets.ofAddress(one).equals(ClientBuckets.ofAddress(other)))
                .isEqualTo(same);
    }
}
