package io.serai.routing;

import io.serai.config.Settings;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long one call waits between its attempts: longer each time, with jitter, and never more than it may in all. */
final class Backoff {
    private final long baseMs;
    private final long capMs;
    private final long mostMs;
    private long waitedMs;
    private long dueMs;
    private int times;

    Backoff(Settings.Retry settings) {
        baseMs = settings.backoffBase().toMillis();
        capMs = settings.backoffCap().toMillis();
        mostMs = settings.maxWait().toMillis();
    }

    /** The next wait where nobody named one; each call of this lengthens the one after. */
    long millis() {
        long exponential = baseMs;
        for (int i = 0; i < times && exponential < capMs; i++) {
            exponential *= 2;
        }
        times++;
        exponential = Math.min(capMs, exponential);
        return (long) (exponential * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
    }

    /** Whether there is so much patience left. */
    boolean allows(long millis) {
        return waitedMs + millis <= mostMs;
    }

    /** The next attempt is to wait so long. */
    void set(long millis) {
        dueMs = millis;
    }

    /** The wait that is due, counted as waited. */
    long take() {
        long due = dueMs;
        dueMs = 0;
        waitedMs += due;
        return due;
    }

    /** So long was waited elsewhere, in a line. */
    void waited(long millis) {
        waitedMs += millis;
    }

    Duration left() {
        return Duration.ofMillis(Math.max(0, mostMs - waitedMs));
    }
}
