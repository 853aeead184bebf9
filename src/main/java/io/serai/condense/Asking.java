package io.serai.condense;

import io.netty.util.Timeout;
import io.serai.call.Call;

/**
 * A question to a model while it is under way.
 *
 * @param part the call that carries it
 * @param timer what calls it off
 */
record Asking(Call part, Timeout timer) {
    /** Whoever waits for the answer has it, or hears that there is none. */
    void end() {
        timer.cancel();
        part.complete();
    }
}
