package io.serai.call;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back to the client, plain or as server-sent events.
 *
 * <p>Everything happens on the connection's event loop: methods may be called from any thread and take effect there in the
 * order of the calls. So a keepalive that opens the stream and an error that would rather have sent a status can't cross.
 */
public final class ClientResponse {
    private static final Logger LOG = LoggerFactory.getLogger(ClientResponse.class);
    private static final Buffer KEEPALIVE = Buffer.buffer(": keepalive\n\n");

    private final HttpServerResponse response;
    private final HttpConnection connection;
    private final Context context;
    private final Map<String, String> commonHeaders;
    private final UnreadBytes unread;
    // the rest is confined to the event loop
    private boolean streamOpen;
    private boolean rawOpen;
    private boolean over;
    private final List<Runnable> beforeEnd = new ArrayList<>(1);
    private long timer = -1;
    private long lastWriteNanos;

    /**
     * @param commonHeaders go with every answer (request id, CORS); the event loop's from now on
     */
    public ClientResponse(
            HttpServerResponse response,
            HttpConnection connection,
            Context context,
            Map<String, String> commonHeaders) {
        this.response = response;
        this.connection = connection;
        this.context = context;
        this.commonHeaders = commonHeaders;
        this.unread = new UnreadBytes(connection);
    }

    /** Goes with the answer too, whatever it is, unless its head is out already. */
    public void always(Map<String, String> headers) {
        onLoop(() -> commonHeaders.putAll(headers));
    }

    /**
     * Runs on the event loop before the client has the end of its answer, so that its next request finds it done. It must wait
     * for nothing. It does not run when the client leaves, and not for an answer that is broken off.
     */
    public void beforeEnd(Runnable action) {
        onLoop(() -> beforeEnd.add(action));
    }

    /** Runs {@code gone} if the connection closes before the answer is complete. */
    public void onGone(Runnable gone) {
        response.closeHandler(v -> left(gone));
        // it may have left before anyone listened
        onLoop(() -> {
            if (response.closed()) {
                left(gone);
            }
        });
    }

    private void left(Runnable gone) {
        if (!over) {
            over = true;
            stopTimer();
            gone.run();
        }
        endIntoNothing();
    }

    /** Nobody reads it, but Camel would else write a head of its own. */
    private void endIntoNothing() {
        if (!response.ended()) {
            response.end();
        }
    }

    /**
     * Sends a whole answer; a no-op when one was sent or the client has left. Returns when it is on its way: a route that
     * ended before would be answered for by platform-http, with an empty 204.
     */
    public void reply(int status, Map<String, String> headers, String contentType, byte[] body) {
        onLoopNow(() -> {
            if (over || response.headWritten()) {
                return;
            }
            finish();
            head(status, headers, contentType);
            response.end(Buffer.buffer(body));
        });
    }

    /**
     * Sends an error: with its status while the head is not out, else as the stream's last event; an answer that is no stream
     * of events is broken off. Returns when it is on its way, so that platform-http finds nothing left to answer.
     *
     * @param event what to write into an open stream
     * @param sent told on the event loop which of the two it was: true for a whole answer
     */
    public void error(int status, Map<String, String> headers, byte[] body, Buffer event, Handler<Boolean> sent) {
        untilDone(done -> {
            if (over) {
                done.run();
                return;
            }
            if (rawOpen) {
                sent.handle(false);
                cut(done);
                return;
            }
            finish();
            if (streamOpen) {
                sent.handle(false);
                response.end(event);
            } else if (!response.headWritten()) {
                sent.handle(true);
                head(status, headers, "application/json");
                response.end(Buffer.buffer(body));
            }
            done.run();
        });
    }

    /** Opens the stream and goes on sending comments in every silence: first after {@code first}, then {@code each} ms. */
    public void keepAlive(long first, long each, Supplier<Map<String, String>> headers) {
        onLoop(() -> {
            lastWriteNanos = System.nanoTime();
            arm(first, each, headers);
        });
    }

    private void arm(long delayMs, long eachMs, Supplier<Map<String, String>> headers) {
        if (over) {
            return;
        }
        timer = context.owner().setTimer(Math.max(1, delayMs), id -> {
            if (over) {
                return;
            }
            long silentMs = (System.nanoTime() - lastWriteNanos) / 1_000_000;
            long due = streamOpen ? eachMs : delayMs;
            if (silentMs + 1 < due) {
                arm(due - silentMs, eachMs, headers);
                return;
            }
            open(headers.get());
            if (!response.writeQueueFull()) { // else it has enough to read
                write(KEEPALIVE);
            }
            arm(eachMs, eachMs, headers);
        });
    }

    /** Event loop only. Sends the head of a stream, unless a keepalive has done so. */
    public void open(Map<String, String> headers) {
        if (!streamOpen && !over && !response.headWritten()) {
            streamOpen = true;
            head(200, headers, "text/event-stream; charset=utf-8");
            response.putHeader("cache-control", "no-cache")
                    .putHeader("x-accel-buffering", "no")
                    .setChunked(true);
        }
    }

    /**
     * Event loop only. Sends the head of an answer that is no stream of events and comes in pieces; false, and nothing is sent,
     * when a keepalive has opened a stream of events.
     */
    public boolean openRaw(int status, String contentType, Map<String, String> headers) {
        if (!rawOpen && !over && !response.headWritten()) {
            rawOpen = true;
            stopTimer();
            head(status, headers, contentType);
            response.setChunked(!headers.containsKey("content-length"));
        }
        return !streamOpen;
    }

    /**
     * Event loop only. Breaks the connection off: a client must not take half an answer for a whole one.
     *
     * @param closed runs when it is: a route that ended before would be answered for by platform-http
     */
    public void cut(Runnable closed) {
        if (over) {
            closed.run();
            return;
        }
        over = true;
        stopTimer();
        connection.close().onComplete(v -> {
            endIntoNothing();
            closed.run();
        });
    }

    /**
     * Event loop only. Closes the connection without waiting for the client to take what was written.
     *
     * @param closed as of {@link #cut}
     */
    public void drop(Runnable closed) {
        over = true;
        stopTimer();
        unread.forget(() -> {
            endIntoNothing();
            closed.run();
        });
    }

    /** Event loop only. From so many bytes on that wait for the client, {@link #full} says so. */
    public void queueAtMost(int bytes) {
        if (!over) {
            unread.boundAt(bytes);
        }
    }

    /** Event loop only. For how many milliseconds the client has taken nothing of what waits for it. */
    public long unreadMillis() {
        return unread.millis();
    }

    /** Event loop only. */
    public void write(Buffer events) {
        if (!over) {
            lastWriteNanos = System.nanoTime();
            response.write(events);
        }
    }

    /** Event loop only. Whether the client reads slower than we write. */
    public boolean full() {
        return !over && response.writeQueueFull();
    }

    /** Event loop only. */
    public void onDrain(Handler<@Nullable Void> handler) {
        if (!over) {
            response.drainHandler(v -> {
                unread.moved();
                handler.handle(v);
            });
        }
    }

    /** Event loop only. Ends the stream with these last events. */
    public void end(Buffer events) {
        if (!over) {
            finish();
            response.end(events);
        }
    }

    private void finish() {
        over = true;
        stopTimer();
        for (Runnable action : beforeEnd) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("What is done before the end of an answer failed; the client gets it all the same", e);
            }
        }
    }

    /** Runs on the connection's event loop, after what waits there already. */
    public void onLoop(Runnable task) {
        context.runOnContext(v -> task.run());
    }

    /** Returns when the task has run. Not interruptible, for the task is short and half of it would be worse. */
    private void onLoopNow(Runnable task) {
        untilDone(done -> {
            task.run();
            done.run();
        });
    }

    /** Returns when the task has called what it is given, or has failed. */
    private void untilDone(Consumer<Runnable> task) {
        CompletableFuture<@Nullable Void> ran = new CompletableFuture<>();
        context.runOnContext(v -> {
            try {
                task.accept(() -> ran.complete(null));
            } catch (RuntimeException e) {
                ran.complete(null);
                throw e;
            }
        });
        if (!Context.isOnEventLoopThread()) {
            ran.join();
        }
    }

    public Context context() {
        return context;
    }

    private void head(int status, Map<String, String> headers, String contentType) {
        // some are the provider's, which may hold anything
        response.setStatusCode(status).putHeader("content-type", contentType.replaceAll("[^\\x20-\\x7e]", ""));
        commonHeaders.forEach(response::putHeader);
        headers.forEach(response::putHeader);
    }

    private void stopTimer() {
        if (timer >= 0) {
            context.owner().cancelTimer(timer);
            timer = -1;
        }
    }
}
