package io.serai.stream;

/**
 * An upstream sent an event larger than the broker is willing to hold. The stream cannot be continued; before the first
 * event went to the client this is a broken answer (502, {@code upstream_error}), afterwards an error within the stream.
 */
public final class EventTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int maxEventBytes;

    public EventTooLargeException(int maxEventBytes) {
        super("an event of the stream is larger than " + maxEventBytes + " bytes");
        this.maxEventBytes = maxEventBytes;
    }

    /** The limit that was exceeded, in bytes. */
    public int maxEventBytes() {
        return maxEventBytes;
    }
}
