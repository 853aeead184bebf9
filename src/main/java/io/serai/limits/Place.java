package io.serai.limits;

/**
 * A place in the line before an instance, first come, first served. Its holder asks {@link #turn} until it is told to go or that
 * it is too late, and sleeps in between as long as it is told to; one that gives up says {@link #leave}, and those behind move
 * up. For one thread.
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
        Turn turn = rate.turn(this);
        waited |= turn instanceof Turn.Later;
        return turn;
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

    boolean waited() {
        return waited;
    }
}
