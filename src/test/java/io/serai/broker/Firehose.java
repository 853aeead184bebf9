package io.serai.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A provider that answers anything with a stream that never ends, as fast as it is read. One thread and next to no memory for
 * a stream, so that what a thousand of them take is the broker's.
 */
final class Firehose implements AutoCloseable {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final String EVENT =
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
                    + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + "x".repeat(200)
                    + "\"},\"finish_reason\":null}]}\n\n";
    private static final long STILL_NANOS = 500_000_000L;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final ByteBuffer bytes;
    private final int loop = HEAD.length();
    private final Thread thread = new Thread(this::run, "firehose");
    private volatile int streams;
    private volatile long lastWrite = System.nanoTime();
    private volatile boolean closed;

    Firehose() throws IOException {
        String chunk = Integer.toHexString(EVENT.length()) + "\r\n" + EVENT + "\r\n";
        bytes = ByteBuffer.wrap((HEAD + chunk.repeat(20)).getBytes(StandardCharsets.US_ASCII));
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_000);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        thread.start();
    }

    String url() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort() + "/v1";
    }

    /** Streams that were begun. */
    int streams() {
        return streams;
    }

    /** Whether nobody has read anything for a while. */
    boolean still() {
        return System.nanoTime() - lastWrite > STILL_NANOS;
    }

    private void run() {
        ByteBuffer ignored = ByteBuffer.allocate(64 * 1024);
        try {
            while (!closed) {
                selector.select(key -> {
                    try {
                        serve(key, ignored.clear());
                    } catch (IOException e) {
                        key.cancel(); // it has left
                    }
                });
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(SelectionKey key, ByteBuffer ignored) throws IOException {
        if (key.isAcceptable()) {
            SocketChannel stream = server.accept();
            stream.configureBlocking(false);
            stream.register(selector, SelectionKey.OP_READ, bytes.duplicate());
            return;
        }
        SocketChannel stream = (SocketChannel) key.channel();
        ByteBuffer rest = (ByteBuffer) key.attachment();
        if (key.isReadable() && stream.read(ignored) < 0) {
            stream.close();
            return;
        }
        if (key.isReadable() && ignored.position() > 0 && ignored.get(ignored.position() - 1) == '}') {
            streams++;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } else if (key.isWritable()) {
            stream.write(rest);
            lastWrite = System.nanoTime();
            if (!rest.hasRemaining()) {
                rest.position(loop);
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
