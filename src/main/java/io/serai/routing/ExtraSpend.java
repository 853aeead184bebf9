package io.serai.routing;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What asking more than one model has cost in the last hour, in US dollars. What is about to be asked is counted as expected
 * until it is known, so that many requests at once can't overspend. Outlives generations; any thread.
 */
public final class ExtraSpend {
    private static final Logger LOG = LoggerFactory.getLogger(ExtraSpend.class);
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    /** What is spent within one is forgotten together, so that an hour never holds more than this many. */
    private static final long SLOT = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private final Deque<Slot> spent = new ArrayDeque<>();
    private BigDecimal expected = BigDecimal.ZERO;
    private long refused;
    private boolean refusing;

    private record Slot(long began, BigDecimal usd) {}

    public ExtraSpend(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Room that was taken. Whoever has it says once what it came to. */
    final class Room {
        private final BigDecimal usd;
        private boolean settled;

        private Room(BigDecimal usd) {
            this.usd = usd;
        }

        /** @param actual USD; zero when nobody was asked after all */
        void settle(BigDecimal actual) {
            synchronized (ExtraSpend.this) {
                if (!settled) {
                    settled = true;
                    expected = expected.subtract(usd);
                    add(actual);
                }
            }
        }
    }

    /**
     * @param usd what is about to be asked is expected to cost
     * @param most that an hour may cost
     * @return null when there is no room
     */
    synchronized @Nullable Room take(BigDecimal usd, BigDecimal most) {
        boolean full = most.signum() <= 0 || spentUsd().add(usd).compareTo(most) > 0;
        if (full) {
            refused++;
            if (!refusing) {
                LOG.warn(
                        "Asking several models at once has cost {} USD in the last hour, of {}"
                                + " (serai.hedging.max-usd-per-hour): until there is room again, one is asked",
                        spentUsd().toPlainString(),
                        most.toPlainString());
            }
            refusing = true;
            return null;
        }
        refusing = false;
        expected = expected.add(usd);
        return new Room(usd);
    }

    /** USD of the last hour, with what is expected of those that are under way. */
    public synchronized BigDecimal spentUsd() {
        long now = nanoTime.getAsLong();
        while (!spent.isEmpty() && now - spent.peekFirst().began() > HOUR) {
            spent.removeFirst();
        }
        return spent.stream().map(Slot::usd).reduce(expected, BigDecimal::add);
    }

    /** How often a model was not asked since the start, because there was no room. */
    public synchronized long refused() {
        return refused;
    }

    private void add(BigDecimal usd) {
        if (usd.signum() <= 0) {
            return;
        }
        long now = nanoTime.getAsLong();
        Slot newest = spent.peekLast();
        if (newest != null && now - newest.began() < SLOT) {
            spent.removeLast();
            spent.addLast(new Slot(newest.began(), newest.usd().add(usd)));
        } else {
            spent.addLast(new Slot(now, usd));
        }
    }
}
