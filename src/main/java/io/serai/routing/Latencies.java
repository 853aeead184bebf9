package io.serai.routing;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How long each model has lately taken to its first token. Outlives generations; bounded by the models that were ever served.
 */
public final class Latencies {
    /** Of the average: ten requests tell of the present, and one does not. */
    private static final double NEWEST = 0.2;

    private static final int MOST = 10_000;
    /** A percentile of fewer figures says nothing: of twenty, the slowest is the one beyond the 95th. */
    static final int ENOUGH = 20;

    private final ConcurrentHashMap<Served, Double> averages = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Last> last = new ConcurrentHashMap<>();

    private record Served(String provider, String model) {}

    /** The newest figures of one model. */
    private static final class Last {
        private static final int KEPT = 100;
        private final float[] ms = new float[KEPT];
        private int count;

        synchronized void add(double figure) {
            ms[count++ % KEPT] = (float) figure;
            if (count == 2 * KEPT) {
                count = KEPT;
            }
        }

        synchronized float[] sorted() {
            float[] copy = Arrays.copyOf(ms, Math.min(count, KEPT));
            Arrays.sort(copy);
            return copy;
        }
    }

    /**
     * @param streamed whether the time is that to a stream's first meaningful event; else that to the whole answer
     * @param ms from the attempt's start
     */
    public void add(String provider, String model, boolean streamed, double ms) {
        Served key = new Served(provider, model);
        if (averages.containsKey(key) || averages.size() < MOST) {
            averages.merge(key, ms, (before, now) -> before + NEWEST * (now - before));
        }
        addAtLeast(provider, model, streamed, ms);
    }

    /** One that was not waited for any longer: left out of the average, while without it a percentile would ever shrink. */
    void addAtLeast(String provider, String model, boolean streamed, double ms) {
        String kind = kind(provider, model, streamed);
        Last figures = last.get(kind);
        if (figures == null && last.size() < MOST) {
            figures = last.computeIfAbsent(kind, k -> new Last());
        }
        if (figures != null) {
            figures.add(ms);
        }
    }

    /** 0 for one that was never served. */
    double firstTokenMs(String provider, String model) {
        return averages.getOrDefault(new Served(provider, model), 0.0);
    }

    /** The time that 95 of 100 answers of the kind take at most; null while fewer than {@value #ENOUGH} are known. */
    @Nullable
    Duration slow(String provider, String model, boolean streamed) {
        Last figures = last.get(kind(provider, model, streamed));
        float[] sorted = figures == null ? new float[0] : figures.sorted();
        if (sorted.length < ENOUGH) {
            return null;
        }
        int at = (int) Math.ceil(sorted.length * 0.95) - 1;
        return Duration.ofNanos((long) (sorted[at] * 1e6));
    }

    private static String kind(String provider, String model, boolean streamed) {
        return (streamed ? "stream " : "plain ") + provider + "/" + model;
    }
}
