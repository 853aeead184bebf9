package io.serai.limits;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tokens that are set aside for a call. Settled or released once; what comes later counts for nothing. */
public final class Reservation {
    private final TokenWindows windows;
    private final Object lock;
    private final List<WindowedTokens> levels;
    private final long atNanos;
    private final long estimate;
    private final AtomicBoolean ended = new AtomicBoolean();

    Reservation(TokenWindows windows, Object lock, List<WindowedTokens> levels, long atNanos, long estimate) {
        this.windows = windows;
        this.lock = lock;
        this.levels = levels;
        this.atNanos = atNanos;
        this.estimate = estimate;
    }

    /** The call was answered, and used so many tokens, also of what it took before it failed half-way. */
    public void settle(long used) {
        end(Math.max(0, used) - estimate);
    }

    /** The call failed or was cancelled, and used nothing. */
    public void release() {
        end(-estimate);
    }

    private void end(long difference) {
        if (ended.compareAndSet(false, true)) {
            synchronized (lock) {
                levels.forEach(level -> level.add(atNanos, difference, windows.now()));
            }
        }
    }
}
