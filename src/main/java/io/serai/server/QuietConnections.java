package io.serai.server;

import io.serai.config.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections of one event loop that keep the broker waiting for a request. Vert.x's own idle timeout would also cut
 * who waits for an answer; here the time does not run while a request is being answered, whose body has a limit of its own.
 */
final class QuietConnections {
    private final Vertx vertx;
    private final Supplier<Settings.Server> settings;
    private final Map<HttpConnection, Clock> clocks = new IdentityHashMap<>();

    /** @param settings asked anew for each connection and after each answer */
    QuietConnections(Vertx vertx, Supplier<Settings.Server> settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /** From here on its first request is waited for. */
    void opened(HttpConnection connection) {
        Clock clock = new Clock(connection);
        clocks.put(connection, clock);
        connection.closeHandler(v -> {
            clocks.remove(connection);
            vertx.cancelTimer(clock.timer);
        });
        clock.waitFor(settings.get().headTimeout());
        clock.look();
    }

    /** A request's head is here. Returns what is to be run, on any thread, when its answer is over. */
    Runnable asked(HttpConnection connection) {
        @Nullable Clock clock = clocks.get(connection);
        if (clock == null) {
            return () -> {};
        }
        clock.running.incrementAndGet();
        return clock::answered;
    }

    /** One timer a connection, which looks again when time is up, so that a request costs no timer. */
    private final class Clock {
        private final HttpConnection connection;
        private final AtomicInteger running = new AtomicInteger();
        private volatile long due;
        private long timer;

        Clock(HttpConnection connection) {
            this.connection = connection;
        }

        void waitFor(Duration time) {
            due = now() + time.toMillis();
        }

        void answered() {
            waitFor(settings.get().idleTimeout());
            running.decrementAndGet(); // last: the next request may have come already
        }

        void look() {
            long left = due - now();
            if (running.get() == 0 && left <= 0) {
                connection.close();
                return;
            }
            Settings.Server server = settings.get();
            long tick = Math.min(
                    server.headTimeout().toMillis(), server.idleTimeout().toMillis());
            timer = vertx.setTimer(Math.max(1, left <= 0 ? tick : Math.min(left, tick)), id -> look());
        }

        private static long now() {
            return System.nanoTime() / 1_000_000;
        }
    }
}
