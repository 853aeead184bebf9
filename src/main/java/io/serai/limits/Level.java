package io.serai.limits;

import java.time.Duration;

/**
 * How full a client's bucket is.
 *
 * @param limit of a minute, and what the full bucket holds
 * @param remaining below 0 when more was used than was there
 */
public record Level(long limit, long remaining) {
    private static final double MINUTE_NANOS = 60e9;

    /** Until the bucket is full again. */
    public Duration reset() {
        return Duration.ofNanos((long) Math.ceil(Math.max(0, limit - remaining) * (MINUTE_NANOS / limit)));
    }
}
