package io.serai.ledger;

import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.config.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where records wait for the database: a bounded queue, then the journal, which a thread of its own writes. It outlives
 * generations, whose routes take the rows out of it ({@link RowFeed}).
 *
 * <p>The thread is a platform thread that nobody interrupts: an interrupt while a file is written would close the file.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
    private static final int MOST_AT_ONCE = 1_000;
    /** From one try to write the journal to the next, when it fails. */
    private static final long RETRY_MS = 500;

    /** How long records are gathered before they are written; at most such a part of the interval. */
    private static final long LINGER_MS = 20;

    private static final long LINGER_SHARE = 4;

    /** Characters of texts that may wait in memory; beyond it records go without theirs. */
    private static final int MOST_TEXT = 8 * 1024 * 1024;

    /** Rows that are on their way for so long do not reach the database; at least so many of its intervals. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long STALE_INTERVALS = 3;

    private static final Pending STOP = new Pending(null, null, null);

    private final Journal journal;
    private final boolean always;
    private final boolean refusing;
    private final long forceNanos;
    private final long lingerMs;
    private final long staleNanos;
    private final BlockingQueue<Pending> queue;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong textsWaiting = new AtomicLong();
    private final Thread writer;
    /** What the journal has not taken; {@link #inHand} of its first are with the database meanwhile. Guarded by itself. */
    private final Deque<RowMaker.Made> unwritten = new ArrayDeque<>();

    private final FreshRows fresh = new FreshRows();
    private final Spoiled spoiled = new Spoiled();
    /** The thread's own. */
    private final RowMaker rows = new RowMaker(spoiled);

    /** The size of {@link #unwritten}, for who must not wait while it is written. */
    private volatile int unwrittenCount;

    private int inHand;
    private volatile boolean journalDown;
    private volatile boolean databaseDown;
    private volatile long currentNanos = System.nanoTime();
    private volatile boolean closing;
    private volatile Journal.Position committed;
    private volatile long forcedNanos = System.nanoTime();
    private boolean dirty;

    /** @param kept completes when the record is safe, or when it turns out that it can't be made so; null: nobody waits */
    private record Pending(
            @Nullable CallRecord record,
            @Nullable Texts texts,
            @Nullable CompletableFuture<@Nullable Void> kept) {
        void release() {
            if (kept != null) {
                kept.complete(null);
            }
        }
    }

    /** How the ledger is. */
    public enum State {
        OK,
        /** The database takes nothing; the journal does. */
        SPOOLING,
        /** The journal takes nothing; the database does. */
        UNBUFFERED,
        /** Neither does, or the queue is full: records wait in memory, and those that find no room there are lost. */
        FAILING,
        /** The thread that takes records out of memory has ended, which only a restart mends; it is as if neither did. */
        STOPPED
    }

    /** Starts its thread. The journal is closed with it. */
    Ledger(Settings.Ledger settings, Journal journal) {
        this(settings, journal, Thread.ofPlatform().name("serai-journal").factory());
    }

    /** @param threads makes the thread that writes the journal */
    Ledger(Settings.Ledger settings, Journal journal, ThreadFactory threads) {
        this.journal = journal;
        this.always = settings.always();
        this.refusing = settings.refuse();
        this.forceNanos = settings.interval().toNanos();
        this.lingerMs = Math.min(LINGER_MS, settings.interval().toMillis() / LINGER_SHARE);
        this.queue = new ArrayBlockingQueue<>(settings.queue());
        this.committed = journal.start();
        this.staleNanos = Math.max(STALE_NANOS, STALE_INTERVALS * forceNanos);
        this.writer = threads.newThread(this::write);
        writer.start();
    }

    /**
     * Puts a finished call on record. Waits for nothing.
     *
     * @param texts go into memory and to the journal as long as there is ample room: no record is lost for a text's sake
     */
    void keep(CallRecord record, @Nullable Texts texts) {
        Texts kept = texts == null || journalDown || textsWaiting.get() > MOST_TEXT ? null : texts;
        if (kept != null) {
            textsWaiting.addAndGet(kept.size());
        }
        if (!queue.offer(new Pending(record, kept, null))) {
            lose(1);
            if (kept != null) {
                textsWaiting.addAndGet(-kept.size());
            }
        }
    }

    /**
     * With {@code serai.ledger.sync=always}: puts a call on record whose answer is about to end. The record that {@link #keep}
     * gets later takes its place.
     *
     * @return completes when the client may have the end of its answer; null when it may at once
     */
    public @Nullable CompletableFuture<@Nullable Void> seal(Call call) {
        return always && !journalDown && !isStopped() ? seal(call.soFar()) : null;
    }

    @Nullable
    CompletableFuture<@Nullable Void> seal(CallRecord soFar) {
        CompletableFuture<@Nullable Void> kept = new CompletableFuture<>();
        // one that the thread did not see any more is nobody's to wait for
        return queue.offer(new Pending(soFar, null, kept)) && !isStopped() ? kept : null;
    }

    /** Whether new requests are to be refused, for what they use could not be put on record. */
    public boolean refuses() {
        return refusing && (isStopped() || state() == State.FAILING);
    }

    public State state() {
        if (isStopped()) {
            return State.STOPPED;
        }
        // rows that reach no database for so long are as bad as refused ones, whatever it is that holds them up
        boolean away = databaseDown || System.nanoTime() - currentNanos > staleNanos;
        // a disk that hangs fails no write; but what comes now is lost, as it is when one fails
        if (queue.remainingCapacity() == 0 || journalDown && away) {
            return State.FAILING;
        }
        return journalDown ? State.UNBUFFERED : away ? State.SPOOLING : State.OK;
    }

    private boolean isStopped() {
        return !closing && !writer.isAlive();
    }

    /** Records in memory. Waits for nothing, not even for a disk that hangs. */
    public int queued() {
        return queue.size() + unwrittenCount;
    }

    /** Bytes in the journal that the database does not have. */
    public long journalBytes() {
        return journal.bytes(committed);
    }

    /** Records that found no room, since the start. */
    public long lost() {
        return lost.get();
    }

    /** Records that can't be written for what is in them, since the start. */
    Spoiled spoiled() {
        return spoiled;
    }

    private void lose(long records) {
        if (lost.getAndAdd(records) == 0) {
            error("The ledger is full: neither the journal nor the database takes records; requests go unbilled", null);
        }
    }

    private void write() {
        List<Pending> taken = new ArrayList<>();
        try {
            boolean stop = false;
            while (!stop) {
                stop = round(taken);
                taken.clear();
            }
            force();
        } finally {
            taken.forEach(Pending::release);
            if (!closing) {
                queue.forEach(Pending::release);
                error("The ledger's journal is not written any more; only a restart mends that", null);
            }
        }
    }

    /** @return whether it was the last */
    private boolean round(List<Pending> taken) {
        boolean stop = false;
        try {
            await(taken);
        } catch (InterruptedException e) {
            // nobody has reason to; the journal must not stop
        } catch (RuntimeException | Error e) { // as when memory is short; what was taken is stored all the same
            error("The ledger's journal goes on after {}", e);
        }
        try {
            stop = taken.remove(STOP);
            store(taken);
        } catch (RuntimeException | Error e) {
            error("The ledger's journal goes on after {}", e);
        }
        return stop;
    }

    /** Never fails: without memory even a line of the log does, and the thread has others' records to write. */
    private static void error(String what, @Nullable Throwable why) {
        try {
            LOG.error(what, String.valueOf(why));
            LOG.debug("The ledger's journal", why);
        } catch (RuntimeException | Error e) {
            // nothing is left to say it with
        }
    }

    /** The next records, or none when it is time to force or to try again. */
    private void await(List<Pending> taken) throws InterruptedException {
        int room = MOST_AT_ONCE;
        long wait = TimeUnit.SECONDS.toNanos(1);
        if (journalDown && !closing) {
            Thread.sleep(RETRY_MS); // the queue is the buffer now
            room -= unwrittenCount;
            wait = 0;
        } else if (dirty) {
            wait = Math.max(0, forcedNanos + forceNanos - System.nanoTime());
        }
        Pending first = room > 0 ? queue.poll(wait, TimeUnit.NANOSECONDS) : null;
        if (first != null) {
            taken.add(first);
            if (!always && !closing) {
                // nobody waits: fewer wake-ups and writes, when many come
                Thread.sleep(lingerMs);
            }
            queue.drainTo(taken, closing ? Integer.MAX_VALUE : room - 1);
        }
    }

    private void store(List<Pending> taken) {
        try {
            boolean wanted = false;
            synchronized (unwritten) {
                for (Pending pending : taken) {
                    gather(pending);
                    wanted |= pending.kept() != null;
                }
                unwrittenCount = unwritten.size();
                if (inHand == 0 && !unwritten.isEmpty()) {
                    append();
                }
            }
            if (wanted || dirty && System.nanoTime() - forcedNanos >= forceNanos) {
                force();
            }
        } finally {
            for (Pending pending : taken) {
                textsWaiting.addAndGet(
                        pending.texts() == null ? 0 : -pending.texts().size()); // written, they take no room
                pending.release();
            }
            if (journalDown) {
                queue.forEach(Pending::release); // nobody waits for a disk that is full
            }
        }
    }

    private void gather(Pending pending) {
        try {
            RowMaker.Made made = pending.record() == null ? null : rows.of(pending.record(), pending.texts());
            if (made != null) {
                unwritten.add(made);
            }
        } catch (RuntimeException | Error e) {
            spoiled.note("A request", String.valueOf(e)); // and the next one is not this one's to lose
        }
    }

    private void append() {
        try {
            Journal.Position at =
                    journal.append(unwritten.stream().map(RowMaker.Made::bytes).toList());
            for (RowMaker.Made each : unwritten) {
                Journal.Position after = at.plus(Segment.sizeOf(each.bytes()));
                fresh.add(each.row(), at, after);
                at = after;
            }
            unwritten.clear();
            unwrittenCount = 0;
            dirty = true;
            if (journalDown) {
                journalDown = false;
                LOG.info("The ledger's journal can be written again");
            }
        } catch (IOException | RuntimeException | Error e) { // without memory too they wait, and are tried again
            if (!journalDown) {
                journalDown = true;
                error("The ledger's journal can't be written, records wait in memory: {}", e);
            }
        }
    }

    private void force() {
        try {
            journal.force();
            dirty = false;
        } catch (IOException | RuntimeException | Error e) {
            error("The ledger's journal is not safe from a power cut: {}", e);
        }
        forcedNanos = System.nanoTime();
    }

    Journal journal() {
        return journal;
    }

    FreshRows fresh() {
        return fresh;
    }

    Journal.Position committed() {
        return committed;
    }

    /** The database has everything before the position. */
    void committed(Journal.Position upTo) {
        committed = upTo;
        journal.release(upTo);
    }

    /** Whether the database takes rows. */
    void database(boolean up) {
        databaseDown = !up;
        if (up) {
            current();
        }
    }

    /** The database has just taken rows, or has all that there are. */
    void current() {
        currentNanos = System.nanoTime();
    }

    /** Rows that the journal does not take, for the database at once; {@link #written} or {@link #putBack} ends it. */
    List<Row> take(int most) {
        synchronized (unwritten) {
            if (!journalDown || inHand > 0) {
                return List.of();
            }
            List<Row> first =
                    unwritten.stream().limit(most).map(RowMaker.Made::row).toList();
            inHand = first.size();
            return first;
        }
    }

    void written() {
        synchronized (unwritten) {
            for (; inHand > 0; inHand--) {
                unwritten.remove();
            }
            unwrittenCount = unwritten.size();
        }
    }

    void putBack() {
        synchronized (unwritten) {
            inHand = 0;
        }
    }

    /** Waits until the database has every record, for as long as it takes rows, but not longer than that. */
    public void settle(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (!databaseDown && (queued() > 0 || journalBytes() > 0) && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
    }

    /** Writes what waits to the journal and ends its thread. */
    @Override
    public void close() {
        closing = true;
        try {
            boolean told = false;
            while (!told && writer.isAlive()) {
                told = queue.offer(STOP, RETRY_MS, TimeUnit.MILLISECONDS); // a thread that ends meanwhile makes no room
            }
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!writer.isAlive()) {
            List<Pending> rest = new ArrayList<>(); // of a thread that had ended before
            queue.drainTo(rest);
            rest.remove(STOP);
            store(rest);
            force();
        }
        int left = queued();
        if (left > 0) {
            LOG.error("{} records could be written nowhere and are lost", left);
        }
        journal.clear(committed);
        journal.close();
    }
}
