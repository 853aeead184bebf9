package io.serai.call;

/**
 * The part of a call's duration in which no provider was being asked, in microseconds.
 *
 * @param beforeUs the first attempt: the door, limits, the choice of a candidate, and whatever the call waited for; all of it
 *     when there was no attempt
 * @param betweenUs one attempt and the next
 * @param afterUs the last attempt, until the answer was out
 */
public record Overhead(long beforeUs, long betweenUs, long afterUs) {
    private static final int MICRO = 1_000;

    /** Attempts side by side count once. */
    static Overhead of(Call call, long now) {
        long before = 0;
        long between = 0;
        long busyUntil = call.startedNanos();
        boolean asked = false;
        for (Attempt attempt : call.attempts()) { // in the order in which they began
            long idle = Math.max(0, attempt.startedNanos() - busyUntil);
            if (asked) {
                between += idle;
            } else {
                before = idle;
            }
            asked = true;
            busyUntil = Math.max(busyUntil, attempt.endedNanos() == 0 ? now : attempt.endedNanos());
        }
        long rest = Math.max(0, now - busyUntil);
        return asked ? new Overhead(before / MICRO, between / MICRO, rest / MICRO) : new Overhead(rest / MICRO, 0, 0);
    }

    public long us() {
        return beforeUs + betweenUs + afterUs;
    }
}
