package io.serai.batch;

import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.stream.ChunkLog;
import io.serai.stream.Pump;
import io.serai.stream.ReplyStream;
import io.serai.stream.StreamOutlet;
import io.serai.stream.UpstreamStream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A provider's stream with several readers, each on its own event loop and at its own pace. What was said is a chain that
 * every reader walks along; its links live as long as somebody has not passed them, or may still join at the start. The
 * provider is held back while one reader is further behind than the bound, and that reader is given up when it holds the
 * others up for too long.
 */
final class SharedStream implements StreamOutlet {
    private final UpstreamStream source;
    private final long mostBehind;
    private final Duration patience;
    private final Vertx vertx;
    private final Consumer<@Nullable UpstreamFailure> ending;
    private final List<Reader> readers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by the lock
    private Link last = new Link(Buffer.buffer(), 0);
    private @Nullable Link start = last;
    private volatile boolean paused;
    private long pausedNanos;
    private volatile long takenNanos = System.nanoTime();
    private volatile boolean ended;
    private @Nullable UpstreamFailure failure;

    /** The events up to {@code end}, in bytes from the stream's start. */
    private static final class Link {
        final Buffer events;
        final long end;
        volatile @Nullable Link next;

        Link(Buffer events, long end) {
            this.events = events;
            this.end = end;
        }
    }

    /**
     * @param window how long a reader may still begin at the start
     * @param ending is told of the end before the readers are
     */
    SharedStream(
            UpstreamStream source,
            Settings.Batching settings,
            Duration window,
            Call first,
            Consumer<@Nullable UpstreamFailure> ending) {
        this.source = source;
        this.mostBehind = settings.streamBuffer();
        this.patience = settings.slowReader();
        this.vertx = loop(first).owner();
        this.ending = ending;
        vertx.setTimer(Math.max(1, window.toMillis()), id -> forgetStart());
    }

    private static Context loop(Call call) {
        ClientResponse client = call.client();
        if (client == null) {
            throw new IllegalStateException("Only calls with a client share streams");
        }
        return client.context();
    }

    private void forgetStart() {
        lock.lock();
        try {
            start = null;
        } finally {
            lock.unlock();
        }
    }

    /** One that begins at the start; null when that is no longer there. */
    @Nullable
    Reader reader(Passenger passenger) {
        lock.lock();
        try {
            if (start == null || ended) {
                return null;
            }
            Reader reader =
                    new Reader(passenger, start, loop(passenger.attempt().call()));
            readers.add(reader);
            return reader;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean write(Buffer events) {
        boolean hold;
        lock.lock();
        try {
            Link link = new Link(events, last.end + events.length());
            last.next = link;
            last = link;
            if (link.end > mostBehind) {
                start = null;
            }
            hold = readers.stream().anyMatch(this::isBehind);
            if (hold && !paused) {
                paused = true;
                pausedNanos = System.nanoTime();
                vertx.setTimer(Math.max(1, patience.toMillis()), id -> endPatience());
            }
        } finally {
            lock.unlock();
        }
        readers.forEach(Reader::wake);
        return !hold;
    }

    /** Of the one who took something last: while one of them reads, the stream is wanted. */
    @Override
    public long unreadMillis() {
        return paused ? (System.nanoTime() - takenNanos) / 1_000_000 : 0;
    }

    @Override
    public void ended(@Nullable UpstreamFailure why) {
        lock.lock();
        try {
            failure = why;
            start = null;
        } finally {
            lock.unlock();
        }
        ending.accept(why);
        ended = true;
        readers.forEach(Reader::wake);
    }

    private boolean isBehind(Reader reader) {
        return !reader.gone() && last.end - reader.taken > mostBehind;
    }

    private void goOn() {
        boolean resume;
        lock.lock();
        try {
            resume = paused && readers.stream().noneMatch(this::isBehind);
            if (resume) {
                paused = false;
            }
        } finally {
            lock.unlock();
        }
        if (resume) {
            source.flowTo(this); // from any thread, and takes up where it stood
        }
    }

    /** Gives up whoever holds the others up; where all are slow, the provider waits as it does for one. */
    private void endPatience() {
        List<Reader> slow;
        lock.lock();
        try {
            if (!paused || ended) {
                return;
            }
            long left = patience.toNanos() - (System.nanoTime() - pausedNanos);
            slow = readers.stream().filter(this::isBehind).toList();
            boolean others = readers.stream().anyMatch(r -> !r.gone() && !isBehind(r));
            if (left > 0 || !others) {
                vertx.setTimer(Math.max(1, left > 0 ? left / 1_000_000 : patience.toMillis()), id -> endPatience());
                return;
            }
        } finally {
            lock.unlock();
        }
        slow.forEach(Reader::giveUp);
        goOn();
    }

    /** One client's view of the stream; but for {@link #abandon} and {@link #flowTo} on its event loop. */
    final class Reader implements ReplyStream, Pump.Source {
        private final Passenger passenger;
        private final Pump pump;
        private volatile long taken;
        private volatile @Nullable UpstreamFailure refused;
        private Link at;

        private Reader(Passenger passenger, Link start, Context context) {
            this.passenger = passenger;
            this.at = start;
            this.pump = new Pump(context, this);
        }

        /** Nothing waits for it any more. */
        private boolean gone() {
            return passenger.hasLeft() || refused != null;
        }

        @Override
        public @Nullable ChunkLog log() {
            return source.log();
        }

        @Override
        public void whenUsed(Runnable action) {
            source.whenUsed(action);
        }

        @Override
        public void flowTo(StreamOutlet to) {
            pump.flowTo(to);
        }

        @Override
        public void resume() {
            pump.resume();
        }

        @Override
        public void refuse(UpstreamFailure why) {
            passenger.attempt().fail(why);
            refused = why;
            passenger.leave();
            pump.pump();
            goOn();
        }

        @Override
        public void abandon() {
            passenger.leave();
            wake();
            goOn();
        }

        private void giveUp() {
            UpstreamFailure why = new UpstreamFailure.BrokenAnswer(
                    200, "The stream was shared with others, and this client read it too slowly for them");
            passenger.rides(true); // it says nothing of the provider
            passenger.attempt().fail(why);
            refused = why;
            passenger.leave();
            wake();
        }

        private void wake() {
            pump.wake();
        }

        @Override
        public boolean isLeft() {
            return gone();
        }

        @Override
        public Pump.Next next() {
            UpstreamFailure why = refused;
            boolean over = ended;
            Link next = at.next;
            if (why != null) {
                return new Pump.Next.End(why);
            }
            if (next == null) {
                return over
                        ? new Pump.Next.End(passenger.hasLeft() ? new UpstreamFailure.ClientGone() : failure)
                        : new Pump.Next.Nothing();
            }
            at = next;
            taken = next.end;
            takenNanos = System.nanoTime();
            if (paused) {
                goOn();
            }
            return new Pump.Next.Events(passenger.hasLeft() ? Buffer.buffer() : next.events.copy());
        }
    }
}
