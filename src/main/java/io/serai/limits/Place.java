package io.serai.limits;

/**
 * A place in the line before an instance, first come, first served. Its holder asks {@link #turn} until it is told to go or that
 * it is too late, and sleeps in between as long as it is told to; one that gives up says {@link #leave}, and those behind move
 * up. For one thread; what the line notes here, it notes under its own lock.
 */
public final class Place {
    private final AdaptiveRate rate;
    private final long deadlineNanos;
    private final long spacingNanos;
    private boolean waited;

    Place(AdaptiveRate rate, long deadlineNanos, long spacingNanos) {
        this.rate = rate;
        this.deadlineNanos = deadlineNanos;
        this.spacingNanos = spacingNanos;
    }

    public Turn turn() {
        return rate.turn(this);
    }

    public void leave() {
        rate.leave(this);
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    long spacingNanos() {
        return spacingNanos;
    }

    /** It was told to wait. */
    void waits() {
        waited = true;
    }

    boolean waited() {
        return waited;
    }
}
