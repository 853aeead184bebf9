package io.serai.stub;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What the stub does with one request, from the complete request to the end of the answer. */
@FunctionalInterface
public interface Script {
    /** Plays on the connection's own virtual thread, so it may block. A script that writes nothing hangs up. */
    void play(Exchange exchange) throws IOException;

    /** The same, but silent for a while first, headers included. */
    default Script after(Duration delay) {
        return exchange -> {
            exchange.pause(delay);
            play(exchange);
        };
    }

    /** The same, but silent until the stage completes; lets a test decide the order of things without sleeping. */
    default Script once(CompletionStage<?> gate) {
        return exchange -> {
            exchange.await(gate);
            play(exchange);
        };
    }
}
