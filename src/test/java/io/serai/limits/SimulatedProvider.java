package io.serai.limits;

import java.util.Random;

/** A provider that allows so many requests a minute, by a token bucket or by a fixed window. Times are nanoseconds. */
final class SimulatedProvider {
    private static final double SECOND = 1e9;

    private enum Kind {
        BUCKET,
        WINDOW
    }

    private final Kind kind;
    /** Of a bucket, as a share of a minute's requests; it holds two at least. */
    private final double depth;

    private final double windowNanos;
    private double perMinute;
    private double tokens;
    private double last;
    private double windowStart;
    private int used;

    SimulatedProvider(Random random, double perMinute) {
        kind = random.nextBoolean() ? Kind.BUCKET : Kind.WINDOW;
        depth = random.nextDouble();
        windowNanos = 60 * SECOND;
        windowStart = -random.nextDouble() * windowNanos;
        this.perMinute = perMinute;
        tokens = depth();
    }

    void allow(double requestsPerMinute) {
        perMinute = requestsPerMinute;
        tokens = Math.min(tokens, depth());
    }

    private double depth() {
        return Math.max(2, depth * perMinute);
    }

    boolean accepts(double now) {
        if (kind == Kind.BUCKET) {
            tokens = Math.min(depth(), tokens + (now - last) / (60 * SECOND) * perMinute);
            last = now;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            return true;
        }
        while (now - windowStart >= windowNanos) {
            windowStart += windowNanos;
            used = 0;
        }
        if (used >= Math.floor(perMinute)) {
            return false;
        }
        used++;
        return true;
    }

    /** Seconds until the next request is accepted, rounded up as a header has it. */
    long retryAfter(double now) {
        double nanos = kind == Kind.BUCKET ? (1 - tokens) / perMinute * 60 * SECOND : windowStart + windowNanos - now;
        return (long) Math.ceil(nanos / SECOND);
    }

    @Override
    public String toString() {
        return kind == Kind.BUCKET ? "bucket of %.2f minutes".formatted(depth) : "window";
    }
}
