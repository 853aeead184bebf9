package io.serai.call;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory the streams may take whose answers are kept beside until they are complete. Any thread. */
public final class RecordingRoom {
    private final AtomicLong left;
    private final long mostOfOne;

    /**
     * @param bytes of all streams together
     * @param mostOfOne bytes of one
     */
    public RecordingRoom(long bytes, long mostOfOne) {
        this.left = new AtomicLong(bytes);
        this.mostOfOne = mostOfOne;
    }

    /**
     * Takes room for more of one stream.
     *
     * @param before what the stream has taken already
     * @return false when there is none
     */
    public boolean take(long before, int more) {
        if (before + more > mostOfOne) {
            return false;
        }
        if (left.addAndGet(-more) < 0) {
            left.addAndGet(more);
            return false;
        }
        return true;
    }

    public void giveBack(long bytes) {
        left.addAndGet(bytes);
    }

    /** Bytes that one stream may take; a reader of it must not be further behind. */
    public long mostOfOne() {
        return mostOfOne;
    }
}
