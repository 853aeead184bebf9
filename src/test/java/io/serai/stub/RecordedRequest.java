package io.serai.stub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request as it arrived, and how its answer fared. Safe to read from any thread while the answer is still being sent. */
public final class RecordedRequest {
    private final int connection;
    private final String method;
    private final String target;
    private final RecordedHeaders headers;
    private final byte[] body;
    private final Instant arrivedAt;
    private final CompletableFuture<Instant> peerClosed = new CompletableFuture<>();
    private final CompletableFuture<Instant> ended = new CompletableFuture<>();
    private volatile @Nullable JsonNode json;
    private volatile long bytesWritten;
    private volatile int eventsWritten;
    private volatile long writeBegan; // System.nanoTime() of the write under way, 0 when none is

    RecordedRequest(
            int connection, String method, String target, RecordedHeaders headers, byte[] body, Instant arrivedAt) {
        this.connection = connection;
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.arrivedAt = arrivedAt;
    }

    /** Number of the connection that carried it, from 1 in the order of acceptance; equal numbers mean keep-alive worked. */
    public int connection() {
        return connection;
    }

    public String method() {
        return method;
    }

    /** Path with query, as sent. */
    public String target() {
        return target;
    }

    /** Path without query. */
    public String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    public RecordedHeaders headers() {
        return headers;
    }

    public @Nullable String header(String name) {
        return headers.first(name);
    }

    /** The body without transfer encoding; empty when there was none. Not a copy. */
    public byte[] body() {
        return body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The body as a tree, parsed when first asked for; a missing node for an empty body. Throws for a body that is no JSON. */
    public JsonNode json() {
        JsonNode tree = json;
        if (tree == null) {
            try {
                tree = body.length == 0 ? MissingNode.getInstance() : Scripts.JSON.readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException("body of " + this + " is no JSON: " + text(), e);
            }
            json = tree;
        }
        return tree;
    }

    /** The body's {@code model}, or null when there is none or the body is no JSON. */
    public @Nullable String model() {
        try {
            return json().path("model").textValue();
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    /** Whether the body asks for a stream. */
    public boolean streaming() {
        return json().path("stream").asBoolean();
    }

    /** Whether the body asks for the usage chunk at the end of a stream. */
    public boolean includeUsage() {
        return json().path("stream_options").path("include_usage").asBoolean();
    }

    /** When the request was complete, body included. */
    public Instant arrivedAt() {
        return arrivedAt;
    }

    /** Bytes of the answer that the kernel took, heads and chunk framing included. */
    public long bytesWritten() {
        return bytesWritten;
    }

    /** Events of a stream that were written whole. */
    public int eventsWritten() {
        return eventsWritten;
    }

    /** How long the write under way has been waiting for the peer to read; zero when no write is under way. */
    public Duration writerBlockedFor() {
        long began = writeBegan;
        return began == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, System.nanoTime() - began));
    }

    /** Whether a write has made no progress for 100 ms: far longer than a write takes that finds room in the buffers. */
    public boolean writerBlocked() {
        return writerBlockedFor().toMillis() >= 100;
    }

    /** When the peer closed or reset the connection while the answer was unfinished; null if it did not (yet). */
    public @Nullable Instant peerClosedAt() {
        return peerClosed.isDone() && !peerClosed.isCompletedExceptionally() ? peerClosed.join() : null;
    }

    /** Waits until the peer closes or resets the connection; fails when it does not, or when the answer ended before. */
    public Instant awaitPeerClosed(Duration atMost) {
        return await(peerClosed, atMost, "the peer did not close within ");
    }

    /** Waits until the script is over, for whatever reason, and returns that instant. */
    public Instant awaitEnded(Duration atMost) {
        return await(ended, atMost, "the answer did not end within ");
    }

    private Instant await(CompletableFuture<Instant> future, Duration atMost, String complaint) {
        try {
            return future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(this + ": " + complaint + atMost, e);
        } catch (ExecutionException e) {
            throw new AssertionError(this + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(this + ": interrupted", e);
        }
    }

    void markPeerClosed(Instant at) {
        peerClosed.complete(at);
    }

    void markEnded() {
        peerClosed.completeExceptionally(new IllegalStateException("the answer ended before the peer closed"));
        ended.complete(Instant.now());
    }

    void writeBegins() {
        long now = System.nanoTime();
        writeBegan = now == 0 ? 1 : now;
    }

    /** Called by the one thread that plays the script, hence no atomic addition. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void writeEnds(int bytes) {
        bytesWritten += bytes;
        writeBegan = 0;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    void eventWritten() {
        eventsWritten++;
    }

    @Override
    public String toString() {
        return method + " " + target + " on connection " + connection;
    }
}
