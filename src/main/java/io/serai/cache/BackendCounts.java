package io.serai.cache;

import java.util.concurrent.atomic.LongAdder;

/** What a backend has done since the start. Any thread. */
public final class BackendCounts {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder sets = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder evictions = new LongAdder();

    /**
     * What it had is no answer.
     *
     * @param first whether the request had not asked before
     */
    void noAnswer(boolean first) {
        if (first) {
            misses.increment();
            errors.increment();
        }
    }

    public long hits() {
        return hits.sum();
    }

    public long misses() {
        return misses.sum();
    }

    public long sets() {
        return sets.sum();
    }

    /** Times that it failed, or had something that is no answer; each was a miss, or something that was not kept. */
    public long errors() {
        return errors.sum();
    }

    /** Entries that went although they had not expired, for others took their room. */
    public long evictions() {
        return evictions.sum();
    }

    /** From 0 to 1; 0 before it was asked. */
    public double hitRate() {
        long asked = hits() + misses();
        return asked == 0 ? 0 : (double) hits() / asked;
    }
}
