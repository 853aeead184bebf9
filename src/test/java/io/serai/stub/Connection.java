package io.serai.stub;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection. {@link #pump} reads the socket without pause, so that the peer's leaving is seen while a script
 * waits or writes; {@link #serve} takes requests out of what was read and plays their scripts one after another.
 */
final class Connection {
    /** Small enough that the count of written bytes follows a reader closely, large enough to be cheap. */
    private static final int WRITE_SLICE = 16 * 1024;

    private static final int MAX_LINE = 256 * 1024;

    private final StubUpstream stub;
    private final Socket socket;
    private final int number;
    private final ReentrantLock lock =
            new ReentrantLock(); // not synchronized, which would pin virtual threads on Java 21
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> received = new ArrayDeque<>();
    private int taken; // bytes used up of the first array in received
    private @Nullable Instant peerClosedAt;
    private boolean closedHere;
    private @Nullable RecordedRequest current;

    Connection(StubUpstream stub, Socket socket, int number) {
        this.stub = stub;
        this.socket = socket;
        this.number = number;
    }

    /** Reads until the peer closes, resets, or this side closes. */
    void pump() {
        byte[] buffer = new byte[8 * 1024];
        try {
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                byte[] copy = Arrays.copyOf(buffer, n);
                lock.lock();
                try {
                    received.add(copy);
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (IOException e) {
            // A reset is one way for the peer to leave; told apart from our own closing below.
        }
        peerClosed();
    }

    /** Serves requests until the peer leaves or a script ends without a framed answer. */
    void serve() {
        try {
            boolean more = true;
            while (more) {
                RecordedRequest request = readRequest();
                more = request != null && answer(request);
            }
        } catch (MalformedRequest e) {
            stub.malformed(e.getMessage());
            refuse(e.getMessage());
        } catch (IOException e) {
            // The peer left between requests or within one; a script's own end is recorded on its request.
        } finally {
            closeHere();
            stub.forget(this);
        }
    }

    private boolean answer(RecordedRequest request) {
        lock.lock();
        try {
            current = request;
            if (peerClosedAt != null) {
                request.markPeerClosed(peerClosedAt);
            }
        } finally {
            lock.unlock();
        }
        Exchange exchange = new Exchange(this, request);
        try {
            stub.record(request).play(exchange);
        } catch (IOException e) {
            return false; // the peer or the stub closed, which is on record
        } catch (RuntimeException | AssertionError e) {
            return complain(exchange, e);
        } finally {
            lock.lock();
            try {
                current = null;
            } finally {
                lock.unlock();
            }
            request.markEnded();
        }
        return exchange.reusable();
    }

    /** A script's own bug must be seen by the test, not look like a lost connection. */
    private static boolean complain(Exchange exchange, Throwable bug) {
        try {
            if (!exchange.started()) {
                exchange.closeAfterwards();
                exchange.respond(
                        500,
                        ("the script failed: " + bug).getBytes(StandardCharsets.UTF_8),
                        "content-type",
                        "text/plain");
            }
        } catch (IOException e) {
            bug.addSuppressed(e);
        }
        return false;
    }

    void write(RecordedRequest request, byte[] bytes) throws IOException {
        requireOpen();
        try {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < bytes.length; at += WRITE_SLICE) {
                int n = Math.min(WRITE_SLICE, bytes.length - at);
                request.writeBegins();
                int written = 0;
                try {
                    out.write(bytes, at, n);
                    written = n;
                } finally {
                    request.writeEnds(written);
                }
            }
        } catch (IOException e) {
            peerClosed(); // the writer may learn of a reset before the reader does
            throw e;
        }
    }

    void requireOpen() throws PeerClosedException {
        lock.lock();
        try {
            checkOpen();
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() throws PeerClosedException {
        if (closedHere) {
            throw new PeerClosedException("closed by the stub");
        }
        if (peerClosedAt != null) {
            throw new PeerClosedException("closed by the peer at " + peerClosedAt);
        }
    }

    void pause(long nanos) throws IOException {
        lock.lock();
        try {
            checkOpen();
            for (long left = nanos; left > 0; ) {
                left = changed.awaitNanos(left);
                checkOpen();
            }
        } catch (InterruptedException e) {
            throw new PeerClosedException("interrupted by the stub's closing");
        } finally {
            lock.unlock();
        }
    }

    void await(CompletableFuture<?> gate) throws IOException {
        gate.whenComplete((value, failure) -> {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        });
        lock.lock();
        try {
            checkOpen();
            while (!gate.isDone()) {
                changed.await();
                checkOpen();
            }
        } catch (InterruptedException e) {
            throw new PeerClosedException("interrupted by the stub's closing");
        } finally {
            lock.unlock();
        }
    }

    private void peerClosed() {
        Instant now = Instant.now();
        lock.lock();
        try {
            if (!closedHere && peerClosedAt == null) {
                peerClosedAt = now;
                if (current != null) {
                    current.markPeerClosed(now);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void closeHere() {
        lock.lock();
        try {
            closedHere = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to close
        }
    }

    void resetHere() throws IOException {
        socket.setSoLinger(true, 0); // a close with linger 0 sends RST instead of FIN
        closeHere();
    }

    // ---- reading requests

    private @Nullable RecordedRequest readRequest() throws IOException {
        String line = readLine();
        while (line != null && line.isEmpty()) {
            line = readLine(); // RFC 9112, 2.2: a server should ignore an empty line before the request line
        }
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ");
        if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
            throw new MalformedRequest("request line: " + line);
        }
        RecordedHeaders headers = readHeaders();
        if (headers.hasToken("expect", "100-continue")) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        byte[] body = readBody(headers);
        return new RecordedRequest(number, parts[0], parts[1], headers, body, Instant.now());
    }

    private RecordedHeaders readHeaders() throws IOException {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String line = requireLine(); !line.isEmpty(); line = requireLine()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new MalformedRequest("header: " + line);
            }
            fields.add(Map.entry(
                    line.substring(0, colon), line.substring(colon + 1).trim()));
        }
        return new RecordedHeaders(fields);
    }

    private byte[] readBody(RecordedHeaders headers) throws IOException {
        List<String> lengths = headers.all("content-length");
        if (headers.contains("transfer-encoding")) {
            if (!lengths.isEmpty()) {
                throw new MalformedRequest("both transfer-encoding and content-length");
            }
            return readChunks();
        }
        if (lengths.isEmpty()) {
            return new byte[0];
        }
        if (lengths.size() > 1) {
            throw new MalformedRequest("content-length occurs " + lengths.size() + " times");
        }
        byte[] body = new byte[size(lengths.get(0), 10)];
        readFully(body);
        return body;
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = requireLine();
            int extension = line.indexOf(';');
            int size = size((extension < 0 ? line : line.substring(0, extension)).trim(), 16);
            if (size == 0) {
                readHeaders(); // trailers
                return body.toByteArray();
            }
            byte[] chunk = new byte[size];
            readFully(chunk);
            body.write(chunk);
            if (!requireLine().isEmpty()) {
                throw new MalformedRequest("chunk longer than its size of " + size);
            }
        }
    }

    private static int size(String digits, int radix) throws MalformedRequest {
        try {
            return Integer.parseUnsignedInt(digits.toLowerCase(Locale.ROOT), radix);
        } catch (NumberFormatException e) {
            throw new MalformedRequest("size: " + digits);
        }
    }

    private String requireLine() throws IOException {
        String line = readLine();
        if (line == null) {
            throw new EOFException("the peer left within a request");
        }
        return line;
    }

    private @Nullable String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int b = read(); b >= 0; b = read()) {
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() == MAX_LINE) {
                throw new MalformedRequest("line longer than " + MAX_LINE + " bytes");
            }
            line.write(b);
        }
        if (line.size() > 0) {
            throw new EOFException("the peer left within a line");
        }
        return null;
    }

    private int read() throws IOException {
        lock.lock();
        try {
            if (!awaitBytes()) {
                return -1;
            }
            byte[] first = received.element();
            int value = first[taken] & 0xff;
            take(1);
            return value;
        } finally {
            lock.unlock();
        }
    }

    private void readFully(byte[] target) throws IOException {
        lock.lock();
        try {
            for (int at = 0; at < target.length; ) {
                if (!awaitBytes()) {
                    throw new EOFException("the peer left within a body");
                }
                byte[] first = received.element();
                int n = Math.min(first.length - taken, target.length - at);
                System.arraycopy(first, taken, target, at, n);
                take(n);
                at += n;
            }
        } finally {
            lock.unlock();
        }
    }

    private void take(int n) {
        taken += n;
        if (taken == received.element().length) {
            received.remove();
            taken = 0;
        }
    }

    /** Whether there is a byte to read; what arrived before the peer left is still served. */
    private boolean awaitBytes() throws IOException {
        try {
            while (received.isEmpty() && peerClosedAt == null && !closedHere) {
                changed.await();
            }
            return !received.isEmpty() && !closedHere;
        } catch (InterruptedException e) {
            throw new PeerClosedException("interrupted by the stub's closing");
        }
    }

    private void refuse(String reason) {
        byte[] body = reason.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 400 Malformed\r\nconnection: close\r\ncontent-length: " + body.length + "\r\n\r\n";
        try {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
        } catch (IOException e) {
            // the peer need not hear it; the stub keeps the reason for the test
        }
    }

    private static final class MalformedRequest extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedRequest(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
