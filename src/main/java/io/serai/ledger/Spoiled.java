package io.serai.ledger;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records that can't be written for what is in them, and not because a disk or a database takes nothing. */
final class Spoiled {
    private static final Logger LOG = LoggerFactory.getLogger(Spoiled.class);

    private final AtomicLong count = new AtomicLong();

    /** Since the start. */
    long count() {
        return count.get();
    }

    /**
     * Counts one and says so. Never fails: who calls it has others to write.
     *
     * @param what names it, or the place where it was
     */
    void note(String what, String why) {
        count.incrementAndGet();
        try {
            LOG.error("{} can't be put on record: {}", what, why);
        } catch (RuntimeException | Error e) {
            // without memory even a line of the log fails; the count is there
        }
    }
}
