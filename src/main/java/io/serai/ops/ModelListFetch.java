package io.serai.ops;

import io.netty.util.Timeout;
import io.serai.call.Instance;
import io.serai.models.list.Listing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One fetch of one provider's list, on the thread that makes it; others may only {@link #interrupt} it. */
final class ModelListFetch {
    private final String identity;
    private final List<Instance> keys;
    private final Listing listing;
    private @Nullable Thread thread;
    private @Nullable Timeout timer;
    private volatile boolean timedOut;
    private boolean recalled;

    /**
     * @param keys that may be asked with; never empty
     */
    ModelListFetch(String identity, List<Instance> keys, Listing listing) {
        this.identity = identity;
        this.keys = keys;
        this.listing = listing;
    }

    String identity() {
        return identity;
    }

    /** The one to ask with. */
    Instance key() {
        return keys.get(0);
    }

    boolean hasOtherKeys() {
        return keys.size() > 1;
    }

    Listing listing() {
        return listing;
    }

    /** Another has fetched it already. */
    void recall() {
        recalled = true;
    }

    boolean recalled() {
        return recalled;
    }

    boolean timedOut() {
        return timedOut;
    }

    synchronized boolean begun() {
        return timer != null;
    }

    /** From here on it can be interrupted. */
    synchronized void begin(Timeout limit) {
        thread = Thread.currentThread();
        timer = limit;
    }

    synchronized void end() {
        thread = null;
        if (timer != null) {
            timer.cancel();
        }
        Thread.interrupted(); // it may have come a moment too late
    }

    synchronized void interrupt(boolean late) {
        timedOut |= late;
        if (thread != null) {
            thread.interrupt(); // a virtual thread closes the socket that it reads from
        }
    }
}
