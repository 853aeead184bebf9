package io.serai.stub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What a script can do to its peer: answer properly, write anything at all, wait, leave.
 *
 * <p>Every method that waits or writes throws {@link PeerClosedException} as soon as the peer has gone. Only the script's own
 * thread may call. The connection serves another request only when the answer was framed ({@link #respond} or
 * {@link #endChunks}); after anything else it is closed.
 */
public final class Exchange {
    private static final byte[] CRLF = {'\r', '\n'};

    private final Connection connection;
    private final RecordedRequest request;
    private boolean started;
    private boolean framed;
    private boolean closing;

    Exchange(Connection connection, RecordedRequest request) {
        this.connection = connection;
        this.request = request;
        closing = request.headers().hasToken("connection", "close");
    }

    public RecordedRequest request() {
        return request;
    }

    /** A whole answer with {@code content-length}. Headers are names and values in turn. */
    public void respond(int status, byte[] body, String... headers) throws IOException {
        StringBuilder head = head(status, headers)
                .append("content-length: ")
                .append(body.length)
                .append("\r\n\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        boolean bodiless = request.method().equals("HEAD");
        byte[] all = new byte[start.length + (bodiless ? 0 : body.length)];
        System.arraycopy(start, 0, all, 0, start.length);
        if (!bodiless) {
            System.arraycopy(body, 0, all, start.length, body.length);
        }
        write(all);
        framed = true;
    }

    /** Only the head, ended by its empty line; what follows is up to the script. */
    public void writeHead(int status, String... headers) throws IOException {
        write(head(status, headers).append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The head of an answer in chunks. */
    public void startChunks(int status, String... headers) throws IOException {
        write(head(status, headers)
                .append("transfer-encoding: chunked\r\n\r\n")
                .toString()
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** One chunk in one write. */
    public void chunk(byte[] data) throws IOException {
        byte[] size = Integer.toHexString(data.length).getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[size.length + 2 + data.length + 2];
        System.arraycopy(size, 0, all, 0, size.length);
        System.arraycopy(CRLF, 0, all, size.length, 2);
        System.arraycopy(data, 0, all, size.length + 2, data.length);
        System.arraycopy(CRLF, 0, all, all.length - 2, 2);
        write(all);
    }

    public void endChunks() throws IOException {
        write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        framed = true;
    }

    /** Bytes as they are, framing and all. Returns when the kernel took them, which a peer that does not read prevents. */
    public void write(byte[] bytes) throws IOException {
        started = true;
        connection.write(request, bytes);
    }

    /** Waits, but no longer than the peer stays. */
    public void pause(Duration duration) throws IOException {
        if (duration.isPositive()) {
            connection.pause(duration.toNanos());
        } else {
            connection.requireOpen();
        }
    }

    /** Waits for a stage, but no longer than the peer stays. A stage that failed counts as complete. */
    public void await(CompletionStage<?> gate) throws IOException {
        connection.await(gate.toCompletableFuture());
    }

    /** Waits until the peer has gone; never returns normally. */
    public void awaitPeerClosed() throws IOException {
        connection.pause(Long.MAX_VALUE);
    }

    /** Closes the connection in order (FIN) when the script ends, however well framed the answer is. */
    public void closeAfterwards() {
        closing = true;
    }

    /** Closes the connection in order (FIN), now. */
    public void close() {
        closing = true;
        connection.closeHere();
    }

    /** Breaks the connection (RST), now. */
    public void reset() throws IOException {
        closing = true;
        connection.resetHere();
    }

    /** One event of a stream was written whole. */
    void eventWritten() {
        request.eventWritten();
    }

    boolean started() {
        return started;
    }

    boolean reusable() {
        return framed && !closing;
    }

    private StringBuilder head(int status, String... headers) {
        if (headers.length % 2 != 0) {
            throw new IllegalArgumentException("headers come as names and values in turn");
        }
        StringBuilder head =
                new StringBuilder(256).append("HTTP/1.1 ").append(status).append(" Scripted\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        if (closing) {
            head.append("connection: close\r\n");
        }
        return head;
    }
}
