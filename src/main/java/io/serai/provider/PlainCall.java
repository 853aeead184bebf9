package io.serai.provider;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.serai.call.Attempt;
import io.serai.call.Cancellation;
import io.serai.call.UpstreamException;
import java.util.concurrent.TimeUnit;

/**
 * Watches one blocking call: interrupts its thread when the client leaves or the attempt's total time is over. An
 * interrupted virtual thread closes the socket it reads from, so the provider learns of it within milliseconds.
 */
final class PlainCall implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final Runnable interrupter = thread::interrupt;
    private final Cancellation cancellation;
    private final Timeout timer;
    private volatile boolean timedOut;

    private PlainCall(Attempt attempt, HashedWheelTimer timers) throws UpstreamException {
        cancellation = attempt.call().cancellation();
        cancellation.during(interrupter);
        long left = AttemptTimeouts.of(attempt).total().toMillis() - attempt.millis();
        timer = timers.newTimeout(
                t -> {
                    timedOut = true;
                    cancellation.interrupt(interrupter);
                },
                Math.max(1, left),
                TimeUnit.MILLISECONDS);
    }

    static void begin(Attempt attempt, HashedWheelTimer timers) throws UpstreamException {
        attempt.guardedBy(new PlainCall(attempt, timers));
    }

    boolean timedOut() {
        return timedOut;
    }

    /** After this no interrupt comes, and one that came is cleared. Must run on the thread that began the call. */
    @Override
    public void close() {
        timer.cancel();
        cancellation.done();
        Thread.interrupted();
    }
}
