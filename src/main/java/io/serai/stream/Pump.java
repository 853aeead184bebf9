package io.serai.stream;

import io.serai.call.UpstreamFailure;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Brings a client, on its own event loop and at its own pace, what somebody else has written: as long as there is something and
 * the client takes it. Whoever writes {@link #wake}s it.
 */
public final class Pump {
    private final Context context;
    private final Source source;
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable StreamOutlet outlet;
    private boolean full;

    /** Where it comes from; the event loop's only. */
    public interface Source {
        /** What is next; asked again after anything but an end. */
        Next next();

        /** Whether the client takes nothing any more, so that nobody waits for it to. */
        boolean isLeft();
    }

    /** What is next. */
    public sealed interface Next {
        /** Whole events; none where nothing of what was written is for this client. */
        record Events(Buffer events) implements Next {}

        /** Nothing, until it is woken. */
        record Nothing() implements Next {}

        /** The last. Null: the answer is complete. */
        record End(@Nullable UpstreamFailure why) implements Next {}
    }

    /** @param context the client's event loop */
    public Pump(Context context, Source source) {
        this.context = context;
        this.source = source;
    }

    /** From here on it flows. Any thread. */
    public void flowTo(StreamOutlet to) {
        context.runOnContext(v -> {
            outlet = to;
            pump();
        });
    }

    /** There may be something new. Any thread. */
    public void wake() {
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(v -> pump());
        }
    }

    /** The client can take more. Its event loop only. */
    public void resume() {
        full = false;
        pump();
    }

    /** Brings what there is. The client's event loop only. */
    public void pump() {
        woken.set(false);
        StreamOutlet to = outlet;
        while (to != null && (!full || source.isLeft())) {
            switch (source.next()) {
                case Next.Events(Buffer events) -> {
                    if (events.length() > 0) {
                        full = !to.write(events);
                    }
                }
                case Next.Nothing nothing -> {
                    return;
                }
                case Next.End(UpstreamFailure why) -> {
                    outlet = null;
                    to.ended(why);
                    return;
                }
            }
        }
    }
}
