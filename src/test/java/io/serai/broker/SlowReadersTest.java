package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.stub.RecordedRequest;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that read slowly or not at all: what they hold, and how long. */
@Timeout(120)
final class SlowReadersTest {
    private static final String STREAM = "\"stream\":true";
    private static final int READERS = 1_000;
    private static final long MOST_BYTES = 64 * 1024;

    @Test
    void aThousandOfThemHoldLittleEach(@TempDir Path home) throws Exception {
        List<Socket> readers = new ArrayList<>();
        try (Firehose provider = new Firehose();
                ChildBroker broker = new ChildBroker(
                        home, List.of(), provider.url(), "serai.adaptive-rate-limiting.enabled=false")) {
            Files.writeString(
                    home.resolve("config/providers.yaml"),
                    "providers: {acme: {type: openai, endpoint: \"" + provider.url()
                            + "\", api_key: sk-upstream, timeouts: {idle: 100, total: 100}}}\n");
            int port = broker.start();
            for (int i = 0; i < 20; i++) { // classes, pools and threads that a first request brings
                readers.add(reader(port, "warm-" + i, 4 * 1024));
            }
            awaitStill(provider, readers);
            long before = held(broker);
            for (int i = 0; i < READERS; i++) {
                readers.add(reader(port, "slow-" + i, 4 * 1024));
            }
            awaitStill(provider, readers);
            for (Socket reader : readers) { // slow ones, not dead ones
                assertThat(reader.getInputStream().readNBytes(2_000)).hasSize(2_000);
            }
            awaitStill(provider, readers);
            long each = (held(broker) - before) / READERS;
            assertThat(each).as("bytes that a slow reader holds").isBetween(8L * 1024, MOST_BYTES);
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void whoReadsNothingForTheIdleTimeIsLetGoAndTheProviderHearsOfIt() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub, "timeouts: {idle: 1, total: 60}")
                        .start();
                RequestLog log = new RequestLog();
                RawClient client = new RawClient(broker, 4 * 1024)) {
            stub.on(r -> Scripts.endlessStream("x".repeat(300), 0));
            client.chat("unread", TestBroker.body("acme/m", STREAM));
            RecordedRequest request = stub.awaitRequests(1).get(0);
            request.awaitPeerClosed(Duration.ofSeconds(10));

            Map<String, String> line = log.await("unread");
            assertThat(line).containsEntry("outcome", "CLIENT_CANCELLED").containsEntry("status", "499");
            assertThat(line.toString()).contains("client_not_reading");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> broker.broker().view().getInFlight() == 0);
            assertThat(broker.get("/health").body()).contains("\"status\":\"ok\""); // nobody's fault
        }
    }

    @Test
    void whoReadsALittleAllTheTimeIsNot() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(r -> Scripts.endlessStream("x".repeat(300), 0));
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub, "timeouts: {idle: 5, total: 60}")
                        .start();
                Socket client = reader(broker.port(), "little", 64 * 1024)) {
            RecordedRequest request = stub.awaitRequests(1).get(0);
            boolean held = false;
            long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
            while (System.nanoTime() < end) {
                assertThat(client.getInputStream().readNBytes(8_000)).hasSize(8_000);
                held |= request.writerBlocked();
                Thread.sleep(100); // that it is slow is what is tested
            }
            assertThat(held).as("the provider had to wait for it").isTrue();
            assertThat(request.peerClosedAt()).isNull();
        }
    }

    private static Socket reader(int port, String id, int buffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(buffer);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String body = TestBroker.body("acme/m", STREAM);
        socket.getOutputStream()
                .write(
                        ("POST /v1/chat/completions HTTP/1.1\r\nhost: b\r\ncontent-type: application/json\r\nx-request-id: "
                                        + id + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Every stream flows, and none goes on: all buffers on the way are full. */
    private static void awaitStill(Firehose provider, List<Socket> readers) {
        await().atMost(Duration.ofSeconds(60)).until(() -> provider.streams() == readers.size() && provider.still());
    }

    /** Bytes of live objects, and all memory outside the heap that the process has got from the system. */
    private static long held(ChildBroker broker) throws Exception {
        String[] total = lastLine(broker.jcmd("GC.class_histogram")).split("\\s+");
        assertThat(total[0]).isEqualTo("Total");
        String memory = broker.jcmd("VM.native_memory", "summary", "scale=1");
        return Long.parseLong(total[2]) + committed(memory, "Total") - committed(memory, "Java Heap");
    }

    private static long committed(String memory, String of) {
        Matcher found = Pattern.compile(Pattern.quote(of) + "[: (]+reserved=\\d+, committed=(\\d+)")
                .matcher(memory);
        assertThat(found.find()).as(memory).isTrue();
        return Long.parseLong(found.group(1));
    }

    private static String lastLine(String text) {
        return text.strip().substring(text.strip().lastIndexOf('\n') + 1);
    }
}
