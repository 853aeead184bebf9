package io.serai.provider.local;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends prepared events one after another with a pause between them, and stops when it is told to wait. One event loop. */
final class PacedEvents implements ReadStream<Buffer> {
    private final Vertx vertx;
    private final List<Buffer> events;
    private final long paceMs;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private int next;
    private boolean paused;
    private boolean ticking;
    private boolean stopped;

    PacedEvents(Vertx vertx, List<Buffer> events, long paceMs) {
        this.vertx = vertx;
        this.events = events;
        this.paceMs = paceMs;
    }

    private void tick() {
        if (ticking || paused || stopped) {
            return;
        }
        ticking = true;
        vertx.setTimer(paceMs, id -> {
            ticking = false;
            emit();
        });
    }

    private void emit() {
        if (paused || stopped) {
            return;
        }
        if (next < events.size()) {
            Handler<Buffer> to = handler;
            if (to != null) {
                to.handle(events.get(next++));
            }
            tick();
        } else {
            stopped = true;
            if (endHandler != null) {
                endHandler.handle(null);
            }
        }
    }

    void stop() {
        stopped = true;
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> to) {
        handler = to;
        tick();
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        paused = true;
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        paused = false;
        tick();
        return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        return resume();
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> to) {
        endHandler = to;
        return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> to) {
        return this;
    }
}
