package io.serai.routing;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How long each model has lately taken to its first token: an average in which every new figure counts a fifth, so that ten
 * requests tell of the present and one does not. Outlives generations; bounded by the models that were ever served.
 */
public final class Latencies {
    private static final double NEWEST = 0.2;
    private static final int MOST = 10_000;

    private final ConcurrentHashMap<String, Double> averages = new ConcurrentHashMap<>();

    /** @param ms from the attempt's start to its first meaningful event */
    public void add(String provider, String model, double ms) {
        String key = provider + "/" + model;
        if (averages.containsKey(key) || averages.size() < MOST) {
            averages.merge(key, ms, (before, now) -> before + NEWEST * (now - before));
        }
    }

    /** 0 for one that was never served. */
    double firstTokenMs(String provider, String model) {
        return averages.getOrDefault(provider + "/" + model, 0.0);
    }
}
