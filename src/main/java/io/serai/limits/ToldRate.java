package io.serai.limits;

/**
 * Makes a rate of what a provider's headers say. None of them names its period, so two readings that fit together are needed:
 * a bucket is refilled at the same rate whenever one looks, a window opens again at the same moment. Not thread-safe.
 */
final class ToldRate {
    /** Limits by the hour or the day say nothing of how fast one may call now. */
    private static final double LONGEST_PERIOD = 600;

    private static final double SHORTEST_PERIOD = 1;
    private static final int AGREEING = 3;
    private static final double TOLERANCE = 0.07;
    /** Fewer used requests than these give no rate: remaining counts are whole numbers. */
    private static final int USED = 10;
    /** Two moments are the same: headers are rounded to a second. */
    private static final double SAME = 2.5;

    private long limit;
    private double refill;
    private long lastUsed;
    private int agreeing;
    private double opens = Double.NaN;
    /** Whether it stayed the same although requests were used. */
    private boolean steady;

    private long usedBefore;

    /**
     * @param now in seconds
     * @return calls a second, 0: not known (yet)
     */
    double read(RateHeaders headers, double now) {
        if (headers.limit() != limit) {
            limit = headers.limit();
            agreeing = 0;
            steady = false;
            opens = Double.NaN;
        }
        double window = window(headers, now);
        return window > 0 ? window : bucket(headers);
    }

    private double bucket(RateHeaders headers) {
        long used = headers.limit() - headers.remaining();
        double reset = headers.reset().toNanos() / 1e9;
        if (used < Math.min(USED, limit / 2 + 1) || reset <= 0 || used == lastUsed) {
            return 0;
        }
        double rate = (used - 0.5) / reset; // remaining counts are rounded down
        boolean agrees = Math.abs(rate - refill) <= TOLERANCE * refill;
        agreeing = agrees ? agreeing + 1 : 0;
        refill = rate;
        lastUsed = used;
        return agreeing >= AGREEING ? plausible(limit / rate) : 0;
    }

    private double window(RateHeaders headers, double now) {
        long used = headers.limit() - headers.remaining();
        double reset = headers.reset().toNanos() / 1e9;
        double next = now + reset;
        if (Math.abs(next - opens) <= SAME) {
            // a bucket that is used is full the later for it, by so much
            double shift = used == 0 ? 0 : (used - usedBefore) * reset / used;
            steady |= shift >= 3 * SAME;
            return 0;
        }
        double period = steady && now >= opens - SAME ? next - opens : 0;
        steady = false;
        opens = next;
        usedBefore = used;
        return plausible(period);
    }

    private double plausible(double period) {
        return period >= SHORTEST_PERIOD && period <= LONGEST_PERIOD ? limit / period : 0;
    }
}
