package io.serai.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stand-in must do what it claims, or tests that lean on it prove nothing. */
@Timeout(180)
class StubUpstreamTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CHAT = "{\"model\":\"m\",\"messages\":[]}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";
    private static final String STREAM_WITH_USAGE =
            "{\"model\":\"m\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[]}";

    private final StubUpstream stub = new StubUpstream();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        stub.close();
        client.shutdownNow();
    }

    @Test
    void recordsWhatArrived() throws Exception {
        client.send(
                HttpRequest.newBuilder(stub.uri("/v1/chat/completions?a=1"))
                        .header("X-Twice", "one")
                        .header("x-twice", "two")
                        .POST(HttpRequest.BodyPublishers.ofString(CHAT))
                        .build(),
                BodyHandlers.ofString());

        RecordedRequest request = stub.lastRequest();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/v1/chat/completions?a=1");
        assertThat(request.path()).isEqualTo("/v1/chat/completions");
        assertThat(request.headers().all("X-TWICE")).containsExactly("one", "two");
        assertThat(request.json().path("model").asText()).isEqualTo("m");
        assertThat(request.arrivedAt()).isBetween(Instant.now().minusSeconds(30), Instant.now());
    }

    @Test
    void readsBodiesInChunks() throws Exception {
        String large = "{\"model\":\"m\",\"pad\":\"" + "x".repeat(300_000) + "\"}";

        client.send(
                HttpRequest.newBuilder(stub.uri("/v1/chat/completions"))
                        .POST(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))))
                        .build(),
                BodyHandlers.ofString());

        assertThat(stub.lastRequest().text()).isEqualTo(large);
    }

    @Test
    void choosesTheQueueThenTheModelThenTheDefault() throws Exception {
        stub.on(request -> Scripts.completion("default"))
                .forModel("m", Scripts.completion("by model"))
                .enqueue(Scripts.rateLimited(7), Scripts.completion("queued"));

        HttpResponse<String> models =
                client.send(HttpRequest.newBuilder(stub.uri("/v1/models")).build(), BodyHandlers.ofString());
        HttpResponse<String> first = post(CHAT);
        String second = post(CHAT).body();
        String third = post(CHAT).body();
        String fourth = post("{\"model\":\"other\"}").body();

        assertThat(models.body()).contains("\"id\":\"m\"");
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(first.headers().firstValue("retry-after")).hasValue("7");
        assertThat(second).contains("queued");
        assertThat(third).contains("by model");
        assertThat(fourth).contains("default").contains("\"model\":\"other\"");
    }

    @Test
    void servesSeveralRequestsOnOneConnection() throws Exception {
        post(CHAT);
        post(STREAM);
        post(CHAT);

        assertThat(stub.acceptedConnections()).isEqualTo(1);
        assertThat(stub.openConnections()).isEqualTo(1);
        assertThat(stub.requests()).extracting(RecordedRequest::connection).containsExactly(1, 1, 1);
    }

    @Test
    void sendsUsageOnlyWhenAsked() throws Exception {
        stub.on(request -> Scripts.stream("a", "b").inPieces(3));

        String without = post(STREAM).body();
        String with = post(STREAM_WITH_USAGE).body();

        assertThat(without).doesNotContain("usage").endsWith("data: [DONE]\n\n");
        assertThat(without.split("\n\n")).hasSize(5);
        assertThat(with)
                .contains("\"usage\":null")
                .contains("\"prompt_tokens\":12")
                .endsWith("data: [DONE]\n\n");
        assertThat(with.split("\n\n")).hasSize(6);
    }

    @Test
    void noticesThatThePeerLeftASilentStream() throws Exception {
        stub.enqueue(Scripts.stream("a", "b").stallAfter(2));
        Socket peer = send(STREAM);
        readUntil(peer, "\"content\":\"a\"");

        Instant left = Instant.now();
        peer.close();

        Instant noticed = stub.lastRequest().awaitPeerClosed(SOON);
        assertThat(Duration.between(left, noticed)).isLessThan(Duration.ofMillis(100));
        stub.lastRequest().awaitEnded(SOON);
        await().atMost(SOON).until(() -> stub.openConnections() == 0);
    }

    @Test
    void noticesAResetAndAStallThatWasLeft() throws Exception {
        stub.enqueue(Scripts.stall());
        Socket peer = send(CHAT);
        RecordedRequest request = stub.awaitRequests(1).get(0);

        peer.setSoLinger(true, 0);
        peer.close();

        assertThat(request.awaitPeerClosed(SOON)).isAfter(request.arrivedAt());
        assertThat(request.bytesWritten()).isZero();
    }

    @Test
    void saysSoWhenTheAnswerEndedBeforeThePeerLeft() throws Exception {
        post(CHAT);

        RecordedRequest request = stub.lastRequest();
        request.awaitEnded(SOON);
        assertThat(request.peerClosedAt()).isNull();
        assertThatThrownBy(() -> request.awaitPeerClosed(SOON)).hasMessageContaining("ended before");
    }

    @Test
    void isHeldBackByAPeerThatDoesNotRead() throws Exception {
        stub.enqueue(Scripts.endlessStream("x".repeat(256 * 1024), 0));
        try (Socket peer = new Socket()) {
            peer.setReceiveBufferSize(64 * 1024);
            peer.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), stub.port()));
            write(peer, STREAM);
            RecordedRequest request = stub.awaitRequests(1).get(0);

            await().atMost(SOON).until(request::writerBlocked);
            long held = request.bytesWritten();
            Thread.sleep(300);
            assertThat(request.bytesWritten()).isEqualTo(held).isLessThan(2_000_000);

            peer.getInputStream().skipNBytes(8_000_000);
            assertThat(request.bytesWritten()).isGreaterThan(held + 4_000_000);
            peer.close();
            request.awaitPeerClosed(SOON);
        }
    }

    @Test
    void cutsResetsAndEndsStreams() throws Exception {
        stub.enqueue(
                Scripts.cutAfter(3),
                Scripts.stream("a", "b").cutWithin(2),
                Scripts.stream("a", "b").resetAfter(2),
                Scripts.stream("a", "b").endAfter(2),
                Scripts.streamErrorEvent(2));

        assertThatThrownBy(() -> post(STREAM)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> post(STREAM)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> post(STREAM)).isInstanceOf(IOException.class);
        String ended = post(STREAM).body();
        String failed = post(STREAM).body();

        assertThat(ended)
                .contains("\"content\":\"a\"")
                .doesNotContain("finish_reason\":\"stop")
                .doesNotContain("[DONE]");
        assertThat(failed)
                .contains("one ")
                .doesNotContain("two ")
                .contains("\"error\":{")
                .doesNotContain("[DONE]");
        assertThat(stub.requests()).extracting(RecordedRequest::eventsWritten).containsExactly(3, 2, 2, 2, 3);
        assertThat(stub.requests()).extracting(RecordedRequest::peerClosedAt).containsOnlyNulls();
    }

    @Test
    void givesEveryAnswerThatIsNone() throws Exception {
        stub.enqueue(
                Scripts.html(),
                Scripts.halfJson(),
                Scripts.emptyOk(),
                Scripts.redirect("http://127.0.0.1:1/"),
                Scripts.wrongContentType(),
                Scripts.slowBody("slow", 4, Duration.ofMillis(5)),
                Scripts.status(503, "{}", "retry-after", "3"),
                Scripts.toolCall("add", "{\"a\":1}"),
                Scripts.hangUp(),
                Scripts.raw("no HTTP at all\r\n\r\n"));

        assertThat(post(CHAT).body()).startsWith("<!DOCTYPE html>");
        assertThatThrownBy(() -> Scripts.JSON.readTree(post(CHAT).body())).isInstanceOf(IOException.class);
        assertThat(post(CHAT).body()).isEmpty();
        assertThat(post(CHAT).statusCode()).isEqualTo(307);
        assertThat(post(CHAT).headers().firstValue("content-type")).hasValue("application/octet-stream");
        assertThat(post(CHAT).body()).contains("\"content\":\"slow\"");
        assertThat(post(CHAT).headers().firstValue("retry-after")).hasValue("3");
        assertThat(Scripts.JSON
                        .readTree(post(CHAT).body())
                        .at("/choices/0/message/tool_calls/0/function/arguments")
                        .asText())
                .isEqualTo("{\"a\":1}");
        assertThatThrownBy(() -> post(CHAT)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> post(CHAT)).isInstanceOf(IOException.class);
        assertThat(stub.queuedScripts()).isZero();
    }

    @Test
    void writesAHeaderWithoutEndUntilThePeerCloses() throws Exception {
        stub.enqueue(Scripts.endlessHeader());
        Socket peer = send(CHAT);
        peer.getInputStream().skipNBytes(1_000_000);

        peer.close();

        stub.lastRequest().awaitPeerClosed(SOON);
    }

    @Test
    void waitsForAGate() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.enqueue(Scripts.stream("a", "b").gateAfter(2, gate));
        Socket peer = send(STREAM);
        readUntil(peer, "\"content\":\"a\"");
        assertThat(stub.lastRequest().eventsWritten()).isLessThanOrEqualTo(2);

        gate.complete(null);

        readUntil(peer, "[DONE]");
        stub.lastRequest().awaitEnded(SOON);
        peer.close();
    }

    @Test
    void refusesWhatIsNoHttp() throws Exception {
        try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), stub.port())) {
            peer.getOutputStream().write("PRI * HTTP/2.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            readUntil(peer, "HTTP/1.1 400");
        }
        assertThat(stub.malformedRequests()).hasSize(1);
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void showsAScriptsOwnBug() throws Exception {
        stub.enqueue(exchange -> {
            throw new IllegalStateException("bug");
        });

        HttpResponse<String> response = post(CHAT);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("bug");
    }

    @Test
    void servesAThousandSlowStreamsAtOnce() throws Exception {
        stub.on(request -> Scripts.stream("a", "b", "c").between(Duration.ofMillis(400)));
        Instant began = Instant.now();
        try (var peers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                all.add(peers.submit(() -> {
                    try (Socket peer = send(STREAM)) {
                        readUntil(peer, "[DONE]");
                    }
                    return null;
                }));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> stub.openConnections() >= 900);
            for (Future<?> one : all) {
                one.get();
            }
        }
        // One after another they would take 1,000 x 2 s.
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(30));
        assertThat(stub.requests()).hasSize(1000);
    }

    @Test
    void endsEverythingWhenClosed() throws Exception {
        stub.on(request -> Scripts.stall());
        List<Socket> peers = List.of(send(CHAT), send(CHAT), new Socket(InetAddress.getLoopbackAddress(), stub.port()));
        stub.awaitRequests(2);
        await().atMost(SOON).until(() -> stub.openConnections() == 3);

        stub.close(); // fails by itself when a thread remains

        assertThat(stub.openConnections()).isZero();
        assertThat(stub.requests()).extracting(RecordedRequest::peerClosedAt).containsOnlyNulls();
        for (Socket peer : peers) {
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            peer.close();
        }
        assertThatThrownBy(() -> send(CHAT)).isInstanceOf(IOException.class);
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(stub.uri("/v1/chat/completions"))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private Socket send(String body) throws IOException {
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), stub.port());
        write(peer, body);
        return peer;
    }

    private static void write(Socket peer, String body) throws IOException {
        String request = "POST /v1/chat/completions HTTP/1.1\r\nhost: stub\r\ncontent-length: " + body.length()
                + "\r\n\r\n" + body;
        peer.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    private static void readUntil(Socket peer, String text) throws IOException {
        InputStream in = peer.getInputStream();
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (seen.indexOf(text) < 0) {
            int n = in.read(buffer);
            if (n < 0) {
                throw new AssertionError("closed before '" + text + "': " + seen);
            }
            seen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
    }
}
