package io.serai.cache;

import io.serai.call.ClientResponse;
import io.serai.call.UpstreamFailure;
import io.serai.stream.ChunkLog;
import io.serai.stream.ReplyStream;
import io.serai.stream.StreamOutlet;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** The stream of a call whose answer others read along: when its own client leaves, it goes on for them, to its end. */
final class LeaderStream implements ReplyStream {
    private final ReplyStream source;
    private final ClientResponse client;
    // guarded by this
    private int readers;
    private boolean flowing;
    private volatile boolean left;

    /** @param client of the call that leads; its event loop is the stream's */
    LeaderStream(ReplyStream source, ClientResponse client) {
        this.source = source;
        this.client = client;
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
        synchronized (this) {
            flowing = true;
        }
        source.flowTo(new Outlet(to));
    }

    @Override
    public void resume() {
        source.resume();
    }

    @Override
    public void refuse(UpstreamFailure why) {
        source.refuse(why);
    }

    @Override
    public void abandon() {
        boolean forOthers;
        boolean flows;
        synchronized (this) {
            left = true;
            forOthers = readers > 0;
            flows = flowing;
        }
        if (!forOthers) {
            source.abandon();
        } else if (flows) {
            client.onLoop(source::resume); // it may have waited for the client to read
        } else {
            source.flowTo(new Outlet(null));
        }
    }

    /** Then it waits for its own client no longer than memory lasts: the others are not to be held up by it. */
    private boolean isKeptForOthers() {
        ChunkLog log = source.log();
        synchronized (this) {
            return readers > 0 && log != null && log.isWhole();
        }
    }

    /** One more reads along; false when there is nothing to read any more. */
    synchronized boolean join() {
        if (left && readers == 0) {
            return false;
        }
        readers++;
        return true;
    }

    /** One of those that have joined reads no further. */
    void leave() {
        boolean nobody;
        synchronized (this) {
            readers--;
            nobody = left && readers == 0;
        }
        if (nobody) {
            source.abandon();
        }
    }

    /** The client's while it is there, then nobody's: the others have it from the log. */
    private final class Outlet implements StreamOutlet {
        private final @Nullable StreamOutlet to;

        private Outlet(@Nullable StreamOutlet to) {
            this.to = to;
        }

        @Override
        public boolean write(Buffer events) {
            return left || to == null || to.write(events) || isKeptForOthers();
        }

        @Override
        public long unreadMillis() {
            return left || to == null ? 0 : to.unreadMillis();
        }

        @Override
        public void ended(@Nullable UpstreamFailure failure) {
            if (to != null) {
                to.ended(failure);
            }
        }
    }
}
