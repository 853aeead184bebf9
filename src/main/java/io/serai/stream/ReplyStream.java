package io.serai.stream;

import io.serai.call.Reply;
import io.serai.call.UpstreamFailure;
import org.jspecify.annotations.Nullable;

/** A stream that has begun, as whoever hands it to the client sees it. */
public interface ReplyStream extends Reply.OpenStream {
    /** From here on it flows into {@code to}, beginning with what was kept back. Any thread. */
    void flowTo(StreamOutlet to);

    /** The outlet can take more. Its event loop only. */
    void resume();

    /** What it has brought, for others to read and to keep; null when it is not kept beside. */
    default @Nullable ChunkLog log() {
        return null;
    }

    /** Ends it for a reason that lies with its reader. The outlet's event loop only. */
    void refuse(UpstreamFailure why);
}
