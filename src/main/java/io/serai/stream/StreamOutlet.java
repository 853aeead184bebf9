package io.serai.stream;

import io.serai.call.UpstreamFailure;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Where a {@link ReplyStream} flows. The stream's event loop only. */
public interface StreamOutlet {
    /** Whole events, framed. Returns false when no more should come until {@link ReplyStream#resume}. */
    boolean write(Buffer events);

    /** For how many milliseconds the reader has taken nothing, although something waits for it. */
    long unreadMillis();

    /** Nothing follows. Null: the answer is complete. */
    void ended(@Nullable UpstreamFailure failure);
}
