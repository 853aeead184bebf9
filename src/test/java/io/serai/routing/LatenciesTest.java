package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void theSlowestTwentiethIsBeyond() {
        for (int i = 1; i <= 100; i++) {
            latencies.add("p", "m", true, i);
        }
        assertThat(latencies.slow("p", "m", true)).isEqualTo(Duration.ofMillis(95));
    }

    @Test
    void ofFewFiguresNothingIsSaid() {
        for (int i = 1; i < Latencies.ENOUGH; i++) {
            latencies.add("p", "m", true, i);
            latencies.add("p", "m", false, i);
        }
        assertThat(latencies.slow("p", "m", true)).isNull();
    }

    @Test
    void theNewestHundredCount() {
        for (int i = 0; i < 250; i++) {
            latencies.add("p", "m", false, i < 150 ? 10 : 20);
        }
        assertThat(latencies.slow("p", "m", false)).isEqualTo(Duration.ofMillis(20));
    }
}
