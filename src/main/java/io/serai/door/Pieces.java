package io.serai.door;

import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.UpstreamException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the broker's own that is too long to be held whole: it goes out as it is written, no faster than the client reads.
 * On the route's thread.
 */
final class Pieces extends OutputStream {
    private static final int PIECE = 16 * 1024;
    /** A client that takes nothing for so long is cut off, for something else waits for the end. */
    private static final long UNREAD_S = 30;

    private final Call call;
    private final ClientResponse client;
    private final String type;
    private Buffer piece = Buffer.buffer(PIECE);
    private boolean sent;

    Pieces(Call call, ClientResponse client, String contentType) {
        this.call = call;
        this.client = client;
        this.type = contentType;
    }

    /** Whether the head is out, so that an error can't have its own status any more. */
    boolean begun() {
        return sent;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        piece.appendBytes(bytes, from, count);
        if (piece.length() >= PIECE) {
            send();
        }
    }

    private void send() throws IOException {
        Buffer full = piece;
        piece = Buffer.buffer(PIECE);
        sent = true;
        CompletableFuture<@Nullable Void> taken = new CompletableFuture<>();
        try {
            call.cancellation().during(() -> taken.complete(null));
        } catch (UpstreamException e) {
            throw new IOException(e); // the client has gone
        }
        client.onLoop(() -> {
            client.openRaw(200, type, Map.of());
            client.write(full);
            if (client.full()) {
                client.onDrain(v -> taken.complete(null));
            } else {
                taken.complete(null);
            }
        });
        try {
            taken.get(UNREAD_S, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException("The client reads nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            call.cancellation().done();
        }
        if (call.cancellation().reason() != null) {
            throw new IOException("The client has gone");
        }
    }

    /** Sends what is left, and ends the answer. */
    @Override
    public void close() {
        CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
        client.onLoop(() -> {
            client.openRaw(200, type, Map.of());
            client.end(piece);
            ended.complete(null);
        });
        ended.join();
    }

    /** Breaks it off: half an answer must not pass for a whole one. */
    void cut() {
        CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        client.onLoop(() -> client.drop(() -> closed.complete(null)));
        closed.join();
    }
}
