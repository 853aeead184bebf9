package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ClearingsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final Clearings clearings = new Clearings();

    private static CacheScope of(String model) {
        return new CacheScope("serai:", null, null, model);
    }

    private boolean cover(long since, String model) {
        return clearings.cover(since, scope -> scope.covers("response", model, "acme", "m"));
    }

    @Test
    void aClearWaitsForWhatIsBeingStored() throws Exception {
        long stamp = clearings.enter();
        CompletableFuture<Void> stored = new CompletableFuture<>();
        try (ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor()) {
            later.schedule(
                    () -> {
                        stored.complete(null);
                        clearings.leave(stamp);
                    },
                    50,
                    TimeUnit.MILLISECONDS);

            assertThat(clearings.begin(of("a"), LONG)).isTrue();

            assertThat(stored).isDone();
        }
    }

    @Test
    void aClearDoesNotWaitForever() throws Exception {
        long before = clearings.now();
        long stamp = clearings.enter();

        assertThat(clearings.begin(of("a"), Duration.ofMillis(10))).isFalse();

        clearings.leave(stamp);
        assertThat(cover(before, "a")).isTrue();
        assertThat(clearings.begin(of("a"), LONG)).isTrue();
    }

    @Test
    void onlyWhatBeganBeforeAndIsMeantIsCovered() throws Exception {
        long before = clearings.now();

        clearings.begin(of("a"), LONG);

        assertThat(cover(before, "a")).isTrue();
        assertThat(cover(before, "b")).isFalse();
        assertThat(cover(clearings.now(), "a")).isFalse();
    }

    @Test
    void ofManyClearsTheOldestCountsForEverything() throws Exception {
        long before = clearings.now();
        clearings.begin(of("first"), LONG);
        long between = clearings.now();
        for (int i = 0; i < 100; i++) {
            clearings.begin(of("model " + i), LONG);
        }

        assertThat(cover(before, "any")).isTrue();
        assertThat(cover(between, "any")).isFalse();
        assertThat(cover(between, "model 7")).isTrue();
    }
}
