package io.serai.ledger;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the journal took last, as they were made: whoever takes them to the database a moment later need not read them
 * from the disk and understand them anew. What is not here any more, the journal has. One thread adds, another takes.
 */
final class FreshRows {
    /** Some hundred bytes each; what comes while there are so many is read from the disk. */
    private static final int MOST = 2_000;

    private final Queue<Fresh> rows = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /** @param after where the next one begins */
    record Fresh(Row row, Journal.Position at, Journal.Position after) {}

    void add(Row row, Journal.Position at, Journal.Position after) {
        if (row.texts() == null && size.get() < MOST) { // texts may be long
            size.incrementAndGet();
            rows.add(new Fresh(row, at, after));
        }
    }

    /** The row that begins there, and nothing before it any more; null when it is not here. */
    @Nullable
    Fresh take(Journal.Position at) {
        for (Fresh first = rows.peek(); first != null; first = rows.peek()) {
            int order = first.at().compareTo(at);
            if (order > 0) {
                return null;
            }
            rows.remove();
            size.decrementAndGet();
            if (order == 0) {
                return first;
            }
        }
        return null;
    }
}
