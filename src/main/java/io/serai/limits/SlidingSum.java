package io.serai.limits;

import java.util.Arrays;

/**
 * A sum over a sliding window, in a fixed number of parts: memory does not grow with use. A part counts until all of it is out
 * of the window, so the window is up to a part longer than asked for, never shorter. Not thread-safe.
 */
final class SlidingSum {
    private final long partNanos;
    private final long[] sums;
    private final long[] parts;
    private long total;
    private long swept = Long.MIN_VALUE;

    SlidingSum(long windowNanos, int parts) {
        partNanos = Math.max(1, windowNanos / parts);
        sums = new long[parts + 1];
        this.parts = new long[parts + 1];
        Arrays.fill(this.parts, Long.MIN_VALUE);
    }

    /** The part that a time is in, to take back later what is added now. */
    long part(long now) {
        return Math.floorDiv(now, partNanos);
    }

    /** Adds to a part, or takes from it; nothing happens to one that is out of the window. */
    void add(long part, long amount, long now) {
        sweep(now);
        int slot = slot(part);
        if (parts[slot] != part) {
            if (part <= part(now) - sums.length || part > part(now)) {
                return;
            }
            parts[slot] = part;
            sums[slot] = 0;
        }
        sums[slot] += amount;
        total += amount;
    }

    long sum(long now) {
        sweep(now);
        return total;
    }

    /** How long until the sum is at most so much, if nothing is added; 0: it is. */
    long untilAtMost(long most, long now) {
        long left = sum(now);
        long current = part(now);
        for (long part = current - sums.length + 1; part <= current && left > most; part++) {
            int slot = slot(part);
            if (parts[slot] == part) {
                left -= sums[slot];
                if (left <= most) {
                    return (part + sums.length) * partNanos - now;
                }
            }
        }
        return left <= most ? 0 : sums.length * partNanos;
    }

    private void sweep(long now) {
        long oldest = part(now) - sums.length + 1;
        if (swept >= oldest) {
            return;
        }
        swept = oldest;
        for (int slot = 0; slot < sums.length; slot++) {
            if (parts[slot] != Long.MIN_VALUE && parts[slot] < oldest) {
                total -= sums[slot];
                sums[slot] = 0;
                parts[slot] = Long.MIN_VALUE;
            }
        }
    }

    private int slot(long part) {
        return (int) Math.floorMod(part, (long) sums.length);
    }
}
