package io.serai.cache;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Predicate;

/**
 * What was cleared since the start, so that what was on its way meanwhile is not kept afterwards. Time is counted in clears.
 * Outlives generations. Any thread.
 */
public final class Clearings {
    /** Scopes whose last clear is known; of an older one it counts that there was one, of everything. */
    private static final int MOST = 100;

    /** Read-locked by whoever stores something. */
    private final StampedLock storing = new StampedLock();

    private final AtomicLong clears = new AtomicLong();
    // guarded by this
    private final SequencedMap<CacheScope, Long> latest = new LinkedHashMap<>();
    private long forgotten;

    /** The time, for {@link #cover}. */
    long now() {
        return clears.get();
    }

    /**
     * From now on nothing is kept that the scope covers and that began before, and nothing of it is being stored any more.
     *
     * @param patience for what is being stored
     * @return false when that takes longer
     */
    public boolean begin(CacheScope scope, Duration patience) throws InterruptedException {
        synchronized (this) {
            latest.remove(scope);
            latest.put(scope, clears.incrementAndGet());
            if (latest.size() > MOST) {
                forgotten = latest.values().iterator().next();
                latest.pollFirstEntry();
            }
        }
        long stamp = storing.tryWriteLock(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (stamp == 0) {
            return false;
        }
        storing.unlockWrite(stamp);
        return true;
    }

    /**
     * Whether there was a clear after that time.
     *
     * @param of says of a scope whether it is of interest
     */
    boolean cover(long since, Predicate<CacheScope> of) {
        if (since >= clears.get()) {
            return false;
        }
        synchronized (this) {
            return since < forgotten
                    || latest.entrySet().stream().anyMatch(e -> e.getValue() > since && of.test(e.getKey()));
        }
    }

    /** Something is being stored, until what this returns is given back. */
    long enter() {
        return storing.readLock();
    }

    void leave(long stamp) {
        storing.unlockRead(stamp);
    }
}
