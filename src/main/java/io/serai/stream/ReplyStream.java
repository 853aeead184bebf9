package io.serai.stream;

import io.serai.call.Reply;
import io.serai.call.UpstreamFailure;

/** A stream that has begun, as whoever hands it to the client sees it. */
public interface ReplyStream extends Reply.OpenStream {
    /** From here on it flows into {@code to}, beginning with what was kept back. Any thread. */
    void flowTo(StreamOutlet to);

    /** The outlet can take more. Its event loop only. */
    void resume();

    /** Ends it for a reason that lies with its reader. The outlet's event loop only. */
    void refuse(UpstreamFailure why);
}
