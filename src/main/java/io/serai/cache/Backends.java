package io.serai.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends there are and how they do. One that fails is left alone for a while, longer each time in a row; meanwhile the
 * next one of its line is used. Outlives generations. Any thread.
 */
public final class Backends {
    public static final String MEMORY = "memory";
    public static final String SQLITE = "sqlite";
    public static final String MYSQL = "mysql";
    public static final String FILE = "file";

    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);
    /** The first pause after a failure. */
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private static final int MOST_DOUBLINGS = 20;

    private final LongSupplier nanos;
    private final BiConsumer<String, BackendCounts> newcomer;
    private final Map<String, State> states = new ConcurrentHashMap<>();

    /** How one does. Guarded by itself. */
    private static final class State {
        private final BackendCounts counts = new BackendCounts();
        private int failures;
        private long restsUntil;
    }

    /**
     * @param nanos a clock like {@link System#nanoTime}
     * @param newcomer is told of each backend when it is first used
     */
    public Backends(LongSupplier nanos, BiConsumer<String, BackendCounts> newcomer) {
        this.nanos = nanos;
        this.newcomer = newcomer;
    }

    /** Who stands in for whom: the configured one, then SQLite, then files. Memory can't fail. */
    public static List<String> line(String configured) {
        List<String> line = new ArrayList<>(List.of(configured));
        if (!configured.equals(MEMORY)) {
            List<String> standIns = List.of(SQLITE, FILE);
            line.addAll(standIns.subList(standIns.indexOf(configured) + 1, standIns.size()));
        }
        return List.copyOf(line);
    }

    /** The first of the line that is not resting; null when all are. */
    @Nullable
    String choose(List<String> line) {
        for (String name : line) {
            State state = state(name);
            synchronized (state) {
                if (state.failures == 0 || nanos.getAsLong() - state.restsUntil >= 0) {
                    return name;
                }
            }
        }
        return null;
    }

    void works(String name) {
        State state = state(name);
        synchronized (state) {
            if (state.failures > 0) {
                state.failures = 0;
                LOG.info("The cache backend {} works again", name);
            }
        }
    }

    /** @param longest that it is left alone */
    void failed(String name, @Nullable Throwable why, Duration longest) {
        State state = state(name);
        state.counts.errors.increment();
        boolean first;
        synchronized (state) {
            first = state.failures == 0;
            long pause = PAUSE_NANOS << Math.min(MOST_DOUBLINGS, state.failures);
            state.failures++;
            state.restsUntil = nanos.getAsLong() + Math.min(longest.toNanos(), pause);
        }
        if (first) {
            LOG.warn("The cache backend {} fails, another stands in for it: {}", name, reason(why));
        } else {
            LOG.debug("The cache backend {} fails again: {}", name, reason(why));
        }
    }

    /** The innermost cause, in a line. */
    private static String reason(@Nullable Throwable why) {
        Throwable cause = why;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = String.valueOf(cause == null || cause.getMessage() == null ? cause : cause.getMessage());
        return said.lines().findFirst().orElse(said);
    }

    public BackendCounts counts(String name) {
        return state(name).counts;
    }

    private State state(String name) {
        State state = states.get(name);
        return state != null
                ? state
                : states.computeIfAbsent(name, n -> {
                    State made = new State();
                    newcomer.accept(n, made.counts);
                    return made;
                });
    }

    /** Of all backends together, see {@link BackendCounts#hitRate}. */
    public double hitRate() {
        long hits = states.values().stream().mapToLong(s -> s.counts.hits()).sum();
        long misses = states.values().stream().mapToLong(s -> s.counts.misses()).sum();
        return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
    }

    /** Those that were used since the start, by name. */
    public Map<String, BackendCounts> used() {
        Map<String, BackendCounts> all = new TreeMap<>();
        states.forEach((name, state) -> {
            BackendCounts counts = state.counts;
            if (counts.hits() + counts.misses() + counts.sets() + counts.errors() > 0) {
                all.put(name, counts);
            }
        });
        return all;
    }
}
