package io.serai.limits;

/** Accepted calls by the second, for the last two minutes. Not thread-safe. */
final class Minute {
    private static final int SLOTS = 128;

    private final int[] counts = new int[SLOTS];
    private final long[] seconds = new long[SLOTS];

    /** @param n negative to take back what was added for that time; what is too old for that is gone already */
    void add(double at, int n) {
        long second = (long) Math.floor(at);
        int slot = Math.floorMod(second, SLOTS);
        if (seconds[slot] > second) {
            return;
        }
        if (seconds[slot] < second) {
            seconds[slot] = second;
            counts[slot] = 0;
        }
        counts[slot] += n;
    }

    /** From the second in which {@code from} lies until before {@code to}. */
    int between(double from, double to) {
        double first = Math.floor(from);
        int sum = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (seconds[slot] >= first && seconds[slot] < to) {
                sum += counts[slot];
            }
        }
        return sum;
    }
}
