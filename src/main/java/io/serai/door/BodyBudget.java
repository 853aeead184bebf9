package io.serai.door;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of large bodies may be in memory at once, over all requests: a sixth of the heap, for a body takes up to four
 * times its size while it is under way. One body alone is always let in; its own limit is the settings'.
 */
public final class BodyBudget {
    /** Smaller bodies are not counted: their number is bounded by connections. */
    static final int UNCOUNTED = 64 * 1024;

    private final long limit;
    private final AtomicLong inFlight = new AtomicLong();

    private BodyBudget(long limit) {
        this.limit = limit;
    }

    public static BodyBudget ofHeap(long heapBytes) {
        return new BodyBudget(heapBytes / 6);
    }

    /** For bodies that lie on the disk. */
    static BodyBudget ofDisk(long bytes) {
        return new BodyBudget(bytes);
    }

    /** Adds to what a request holds already; false, and nothing added, when others leave no room for it. */
    boolean reserve(long held, long more) {
        while (true) {
            long now = inFlight.get();
            if (now > held && now + more > limit) {
                return false;
            }
            if (inFlight.compareAndSet(now, now + more)) {
                return true;
            }
        }
    }

    void release(long held) {
        inFlight.addAndGet(-held);
    }

    /** Bytes reserved at the moment. */
    public long inFlight() {
        return inFlight.get();
    }
}
