package io.serai.provider;

import io.serai.call.Attempt;

/** Ends the watch over a plain call, whichever way the attempt left its route. */
public final class Guards {
    private Guards() {}

    /** Must run on the thread that made the attempt. Does nothing the second time. */
    public static void release(Attempt attempt) {
        if (attempt.guard() instanceof PlainCall guard) {
            guard.close();
            attempt.guardedBy(null);
        }
    }
}
