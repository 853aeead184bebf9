package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 90 MiB go through the broker with far less than 64 MiB of heap for them. Client and provider are in this process too, and
 * keep nothing: what is counted is what lives after a collection while the upload is on its way, at several points of it.
 */
@Timeout(120)
final class UploadsStayOutOfTheHeapTest {
    private static final int SIZE = 90 * 1024 * 1024;
    private static final int PIECE = 64 * 1024;

    @Test
    void ninetyMebibytesTakeLessThanSixtyFour() throws Exception {
        try (StubUpstream models = new StubUpstream();
                ServerSocket provider = new ServerSocket(0);
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                TestBroker broker = TestBroker.with()
                        .provider("openai", "acme", "http://127.0.0.1:" + provider.getLocalPort() + "/v1")
                        .provider("small", models)
                        .start()) {
            models.enqueue(Scripts.completion("warm"));
            broker.chat("small/m");
            var received = threads.submit(() -> swallow(provider));
            long before = used();
            long peak = 0;
            String head = "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nacme/w\r\n--x\r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: audio/mpeg\r\n\r\n";
            String tail = "\r\n--x--\r\n";
            try (Socket client = new Socket("127.0.0.1", broker.port())) {
                var out = client.getOutputStream();
                out.write(("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: b\r\nConnection: close\r\n"
                                + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: "
                                + (head.length() + SIZE + tail.length()) + "\r\n\r\n" + head)
                        .getBytes(StandardCharsets.US_ASCII));
                byte[] piece = new byte[PIECE];
                for (int sent = 0; sent < SIZE; sent += PIECE) {
                    out.write(piece);
                    if (sent % (SIZE / 6) < PIECE) {
                        peak = Math.max(peak, used());
                    }
                }
                out.write(tail.getBytes(StandardCharsets.US_ASCII));
                long whole = received.get(60, TimeUnit.SECONDS);
                peak = Math.max(peak, used());
                assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .contains("HTTP/1.1 200")
                        .contains("{\"text\":\"x\"}");
                assertThat(whole).isGreaterThan(SIZE);
            }
            assertThat(peak - before).isLessThan(64L * 1024 * 1024);
        }
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Reads one request, keeps its length only, and answers. Returns the length of its body. */
    private static long swallow(ServerSocket provider) throws IOException {
        Socket socket = provider.accept();
        try (socket) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            long length = List.of(head.toString().split("\r\n")).stream()
                    .filter(l -> l.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                    .mapToLong(l -> Long.parseLong(l.substring(15).strip()))
                    .findFirst()
                    .orElseThrow();
            in.skipNBytes(length);
            socket.getOutputStream()
                    .write(
                            ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{\"text\":\"x\"}")
                                    .getBytes(StandardCharsets.US_ASCII));
            return length;
        }
    }
}
