package io.serai.routing;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long one call waits between its attempts: longer each time, with jitter, and never more than it may in all. */
final class Backoff {
    /** Bifrost's figures: base and cap, and the jitter around them. */
    private static final long BASE_MS = 500;

    private static final long CAP_MS = 5_000;

    private final long mostMs;
    private long waitedMs;
    private long dueMs;
    private int times;

    /** @param most of all waits together */
    Backoff(Duration most) {
        this.mostMs = most.toMillis();
    }

    /** The next wait where nobody named one; each call of this lengthens the one after. */
    long millis() {
        long exponential = Math.min(CAP_MS, BASE_MS << Math.min(times++, 10));
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
