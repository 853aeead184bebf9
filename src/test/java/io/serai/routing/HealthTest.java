package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.serai.call.Instance;
import io.serai.call.Instances;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How long a key rests, or single models at it, on a clock that stands still until it is moved. */
class HealthTest {
    private static final Instance KEY = Instances.instance("acme");

    private final Logger log = (Logger) LoggerFactory.getLogger(Health.class);
    private long now = Long.MIN_VALUE; // as System.nanoTime: of any sign
    private final Health health = new Health(() -> now);

    @BeforeEach
    void quiet() {
        log.setLevel(Level.OFF); // it says each of them
    }

    @AfterEach
    void loud() {
        log.setLevel(null);
    }

    private void refused(String model, int seconds) {
        health.learn(
                KEY,
                model,
                new UpstreamFailure.RateLimited(429, "slow down", Duration.ofSeconds(seconds), true),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1));
    }

    private void failed(UpstreamFailure failure) {
        health.learn(KEY, "pro", failure, Duration.ofMinutes(5), Duration.ofMinutes(1));
    }

    @Test
    void aShorterPauseNeverOverwritesALongerOne() {
        health.breaker(KEY, new Settings.Breaker(20, 10, 50, Duration.ofSeconds(30)));
        failed(new UpstreamFailure.RateLimited(429, "slow down", Duration.ofSeconds(60)));

        failed(new UpstreamFailure.RateLimited(429, "slow down", Duration.ofSeconds(5)));

        now += Duration.ofSeconds(59).toNanos();
        assertThat(health.pause(KEY)).isNotNull();
        now += Duration.ofSeconds(1).toNanos();
        assertThat(health.pause(KEY)).isNull();
    }

    /** How long a key rests after three failures is another matter, and may be no time at all. */
    @Test
    void aRateLimitInAStreamThatNamesNoTimeIsAMinutesRest() {
        Settings.Breaker breaker = new Settings.Breaker(20, 10, 50, Duration.ofSeconds(30));
        health.breaker(KEY, breaker);

        health.broke(KEY, "pro", breaker, new UpstreamFailure.RateLimited(429, "slow down", null), Duration.ZERO);

        now += Duration.ofSeconds(59).toNanos();
        assertThat(health.pause(KEY)).isNotNull();
        now += Duration.ofSeconds(1).toNanos();
        assertThat(health.pause(KEY)).isNull();
    }

    @Test
    void eachModelRestsForItselfAndIsForgottenWhenItsTimeIsOver() {
        refused("pro", 30);
        refused("pro", 10); // a shorter time never overwrites a longer one
        refused("ultra", 60);

        now += Duration.ofSeconds(29).toNanos();

        assertThat(health.restingModels(KEY)).containsOnlyKeys("pro", "ultra");
        now += Duration.ofSeconds(2).toNanos();
        assertThat(health.restingModels(KEY)).containsOnlyKeys("ultra");
        assertThat(health.pause(KEY, "flash")).isNull();
    }

    @Test
    void clientsThatNameModelsCannotFillTheMemory() {
        refused("long", 3600);
        for (int i = 0; i < Health.MOST_MODELS + 50; i++) {
            refused("m" + i, 60 + i % 60);
        }

        assertThat(health.restingModels(KEY)).hasSize(Health.MOST_MODELS).containsKey("long");
    }
}
