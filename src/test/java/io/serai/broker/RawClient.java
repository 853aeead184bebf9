package io.serai.broker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A client on a bare socket: it reads no more than the test wants and leaves when the test says so, which no HTTP library
 * allows. Reading fails after a minute of silence.
 */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MS = 60_000;
    private final Socket socket = new Socket();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    RawClient(TestBroker broker) throws IOException {
        this(broker, 0);
    }

    /** @param receiveBuffer bytes that the kernel takes for a client that does not read; 0: as many as it likes */
    RawClient(TestBroker broker, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), broker.port()));
    }

    /** Sends a chat request. The id finds its line in the log. */
    RawClient chat(String id, String body) throws IOException {
        return send(id, body, body.length());
    }

    /** Sends the head of a chat request and half its body. */
    RawClient half(String id, String body) throws IOException {
        return send(id, body, body.length() / 2);
    }

    private RawClient send(String id, String body, int length) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
                "POST /v1/chat/completions HTTP/1.1\r\nhost: broker\r\ncontent-type: application/json\r\nx-request-id: "
                        + id + "\r\ncontent-length: " + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(bytes, 0, Math.min(length, bytes.length));
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads until the answer holds the text, and returns all that came so far. */
    String awaitText(String text) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] part = new byte[4096];
        while (!received().contains(text)) {
            int n;
            try {
                n = in.read(part);
            } catch (SocketTimeoutException e) {
                throw new AssertionError("waited for '" + text + "', received: " + received(), e);
            }
            if (n < 0) {
                throw new AssertionError("closed before '" + text + "' came, received: " + received());
            }
            received.write(part, 0, n);
        }
        return received();
    }

    /** Reads to the end of an answer in chunks. */
    String awaitEnd() throws IOException {
        return awaitText("\r\n0\r\n\r\n");
    }

    /** The same for a long answer, without its chunk framing. */
    String drain() throws IOException {
        String all = awaitLongEnd();
        StringBuilder body = new StringBuilder(all.length());
        int at = all.indexOf("\r\n\r\n") + 4;
        while (true) {
            int line = all.indexOf("\r\n", at);
            int size = Integer.parseInt(all.substring(at, line), 16);
            if (size == 0) {
                return body.toString();
            }
            body.append(all, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
    }

    private String awaitLongEnd() throws IOException {
        byte[] part = new byte[64 * 1024];
        String end = "";
        while (!end.endsWith("\r\n0\r\n\r\n")) {
            int n = socket.getInputStream().read(part);
            if (n < 0) {
                throw new AssertionError("closed before the end came");
            }
            received.write(part, 0, n);
            end += new String(part, Math.max(0, n - 7), Math.min(n, 7), StandardCharsets.ISO_8859_1);
            end = end.substring(Math.max(0, end.length() - 7));
        }
        return received.toString(StandardCharsets.ISO_8859_1);
    }

    String received() {
        return received.toString(StandardCharsets.UTF_8);
    }

    /** Forgets what came so far, before another request on the same connection. */
    void forget() {
        received.reset();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
