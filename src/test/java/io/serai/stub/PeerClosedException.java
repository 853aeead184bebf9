package io.serai.stub;

import java.io.IOException;

/** The peer closed or reset its connection, or the stub itself is closing; ends the script that meets it. */
public final class PeerClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    PeerClosedException(String message) {
        super(message);
    }
}
