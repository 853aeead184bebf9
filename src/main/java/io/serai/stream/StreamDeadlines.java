package io.serai.stream;

import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.config.Timeouts;
import io.vertx.core.Context;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * By when a stream must have said something: its first event, the next one, all of it. One timer, looked at when it fires and
 * not moved with each byte. Confined to the event loop.
 */
final class StreamDeadlines {
    private static final long LINGER_MS = 1_000;
    /** So often in its idle time a client that does not read is looked at. */
    private static final int LOOKS = 4;

    private final Context context;
    private final Attempt attempt;
    private final Timeouts timeouts;
    private final LongSupplier unreadMillis;
    private final Consumer<UpstreamFailure> missed;
    private long heardNanos = System.nanoTime();
    private long timer = -1;

    /**
     * @param unreadMillis how long the client has kept the provider waiting, below 0: it does not
     * @param missed is told which deadline has passed; it cancels the rest
     */
    StreamDeadlines(
            Context context,
            Attempt attempt,
            Timeouts timeouts,
            LongSupplier unreadMillis,
            Consumer<UpstreamFailure> missed) {
        this.context = context;
        this.attempt = attempt;
        this.timeouts = timeouts;
        this.unreadMillis = unreadMillis;
        this.missed = missed;
    }

    /** The provider said something, or is free to. */
    void heard() {
        heardNanos = System.nanoTime();
    }

    /** For its first meaningful event. */
    void awaitFirst() {
        long firstEvent = timeouts.firstEvent().toMillis() - attempt.millis();
        long total = totalLeft();
        UpstreamFailure late = total < firstEvent
                ? new UpstreamFailure.TimedOut("total", timeouts.total())
                : new UpstreamFailure.TimedOut("first_event", timeouts.firstEvent());
        set(Math.min(firstEvent, total), () -> missed.accept(late));
    }

    /** From here on for any event, and for the end of all. */
    void awaitNext() {
        long idle = timeouts.idle().toMillis();
        long left = idle - silentMillis();
        if (isUnread()) {
            left = Math.min(idle / LOOKS, left); // that it reads again is seen only by looking
        }
        set(Math.min(left, totalLeft()), this::look);
    }

    private void look() {
        if (totalLeft() <= 0) {
            missed.accept(new UpstreamFailure.TimedOut("total", timeouts.total()));
        } else if (silentMillis() < timeouts.idle().toMillis()) {
            awaitNext();
        } else if (isUnread()) {
            missed.accept(new UpstreamFailure.ClientGone(timeouts.idle()));
        } else {
            missed.accept(new UpstreamFailure.TimedOut("idle", timeouts.idle()));
        }
    }

    /** For the last bytes, so that the connection can be used again; a provider that holds it open loses it. */
    void linger(Runnable close) {
        set(LINGER_MS, close);
    }

    void cancel() {
        if (timer >= 0) {
            context.owner().cancelTimer(timer);
            timer = -1;
        }
    }

    private void set(long millis, Runnable then) {
        cancel();
        timer = context.owner().setTimer(Math.max(1, millis), id -> then.run());
    }

    private long totalLeft() {
        return timeouts.total().toMillis() - attempt.millis();
    }

    private boolean isUnread() {
        return unreadMillis.getAsLong() >= 0;
    }

    /** Of the provider; and of a client that keeps the provider waiting, which holds its connection. */
    private long silentMillis() {
        long unread = unreadMillis.getAsLong();
        return unread >= 0 ? unread : (System.nanoTime() - heardNanos) / 1_000_000;
    }
}
