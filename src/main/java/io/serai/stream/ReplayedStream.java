package io.serai.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Cost;
import io.serai.call.Dialect;
import io.serai.call.JsonBytes;
import io.serai.call.UpstreamFailure;
import io.serai.call.UsageCost;
import io.serai.call.WholeUsage;
import io.vertx.core.Context;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A stream out of a {@link ChunkLog}, in the shape that its own client has asked for: one that was kept, or one that another
 * client is getting at the same time. But for {@link #abandon} and {@link #flowTo} on its client's event loop.
 */
public final class ReplayedStream implements ReplyStream, Pump.Source {
    private final ObjectMapper json;
    private final Call call;
    private final Attempt attempt;
    private final @Nullable Call leader;
    private final ChunkLog log;
    private final Pump pump;
    private final Runnable left;
    private final EventFrames out = new EventFrames();
    private final Dialect.@Nullable Chunks dialect;
    private final AtomicBoolean gone = new AtomicBoolean();
    private final Runnable waking;
    private volatile @Nullable UpstreamFailure refused;
    private ChunkLog.@Nullable Link at;

    private ReplayedStream(
            ObjectMapper json, Attempt attempt, @Nullable Call leader, ChunkLog log, Context context, Runnable left) {
        this.json = json;
        this.leader = leader;
        this.attempt = attempt;
        this.call = attempt.call();
        this.log = log;
        this.pump = new Pump(context, this);
        this.waking = pump::wake;
        this.left = left;
        this.dialect = call.dialect().chunks(call);
    }

    /**
     * A reader that begins at the start; null when that is no longer there.
     *
     * @param attempt that the client is told of
     * @param leader whose stream it is at the same time; null for one that was kept
     * @param context of the client
     * @param left runs once when the stream is read no further, before its outlet hears of the end
     */
    public static @Nullable ReplayedStream of(
            ObjectMapper json, Attempt attempt, @Nullable Call leader, ChunkLog log, Context context, Runnable left) {
        ReplayedStream stream = new ReplayedStream(json, attempt, leader, log, context, left);
        stream.at = log.read(stream.waking);
        return stream.at == null ? null : stream;
    }

    @Override
    public void whenUsed(Runnable action) {}

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
        attempt.fail(why);
        refused = why;
        pump.pump();
    }

    @Override
    public void abandon() {
        refused = new UpstreamFailure.ClientGone();
        attempt.fail(new UpstreamFailure.ClientGone());
        leave();
        pump.wake();
    }

    @Override
    public boolean isLeft() {
        return refused != null;
    }

    @Override
    public Pump.Next next() {
        UpstreamFailure why = refused;
        boolean over = log.hasEnded();
        ChunkLog.Link here = Objects.requireNonNull(at);
        ChunkLog.Link next = here.next;
        if (why == null && log.isTooFar(here)) {
            why = new UpstreamFailure.BrokenAnswer(
                    200, "The stream was another request's too, and this client read it too slowly");
            attempt.fail(why);
        }
        if (why != null) {
            return end(why);
        }
        if (next == null) {
            if (!over) {
                return new Pump.Next.Nothing();
            }
            UpstreamFailure failure = ofThisClient(log.failure());
            if (failure != null) {
                attempt.fail(failure);
            }
            return end(failure);
        }
        at = next;
        show(next);
        return new Pump.Next.Events(out.take());
    }

    /** That the other client has gone is no news of this one. */
    private static @Nullable UpstreamFailure ofThisClient(@Nullable UpstreamFailure failure) {
        return failure instanceof UpstreamFailure.ClientGone
                ? new UpstreamFailure.BrokenAnswer(200, "The stream was another request's too, and ended with it")
                : failure;
    }

    private Pump.Next end(@Nullable UpstreamFailure why) {
        attempt.ended();
        leave();
        return new Pump.Next.End(why);
    }

    private void leave() {
        if (gone.compareAndSet(false, true)) {
            log.leave(waking);
            left.run();
        }
    }

    /** The chunk as this client wants it: usage only where it was asked for, and nothing in it that it did not cost. */
    private void show(ChunkLog.Link link) {
        byte[] chunk = link.chunk;
        if (link.saysUsage) {
            if (!call.usageWanted() && link.noChoices) {
                return;
            }
            if (!call.usageWanted() || call.costWanted() || leader != null) {
                chunk = withUsage(chunk);
            }
        }
        if (dialect == null) {
            out.add(chunk, 0, chunk.length);
        } else {
            dialect.chunk(chunk, 0, chunk.length, out::add);
        }
    }

    private byte[] withUsage(byte[] chunk) {
        try {
            ObjectNode tree = (ObjectNode) json.readTree(chunk);
            if (!call.usageWanted()) {
                tree.remove("usage");
            } else if (leader != null && leader.served() instanceof Attempt theirs) {
                WholeUsage.put(tree, leader, theirs);
            }
            if (call.costWanted()) {
                UsageCost.put(tree, Cost.NOTHING);
            }
            return JsonBytes.of(json, tree);
        } catch (IOException e) {
            throw new IllegalStateException("Its translator has read it before", e);
        }
    }
}
