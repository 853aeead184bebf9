package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that keep the broker waiting for a request end; those that wait for the broker don't. */
final class QuietClientsTest {
    private static final String REQUEST = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .set("serai.server.head-timeout", "1s") // within which each head here has to come
                .set("serai.server.idle-timeout", "2500ms")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static RawHttp client() throws Exception {
        return new RawHttp(broker);
    }

    /** Two others, opened from here on, have been closed for saying nothing: both limits have passed. */
    private static void awaitBothLimits() throws Exception {
        try (RawHttp idle = client();
                RawHttp silent = client()) {
            assertThat(idle.send(REQUEST).read().status()).isEqualTo(200);
            assertThat(idle.closed()).isTrue();
            assertThat(silent.closed()).isTrue();
        }
    }

    private static String chat(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /hea", "GET /health HTTP/1.1\r\nHost: x\r\nx-a: b"})
    void whoDoesNotFinishTheHeadIsClosed(String part) throws Exception {
        try (RawHttp client = client()) {
            assertThat(client.send(part).closed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /health HTT"})
    void whoAsksNothingMoreIsClosedAfterTheIdleTime(String part) throws Exception {
        try (RawHttp client = client();
                RawHttp silent = client()) {
            assertThat(client.send(REQUEST).read().status()).isEqualTo(200);
            assertThat(silent.closed()).isTrue();
            assertThat(client.send(REQUEST).read().status()).isEqualTo(200); // longer than for a first head
            assertThat(client.send(part).closed()).isTrue();
        }
    }

    @Test
    void whoWaitsForAnAnswerGetsIt() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(r -> Scripts.chat("Late").once(gate));
        try (RawHttp client = client().send(chat(TestBroker.body("acme/m")))) {
            awaitBothLimits();
            gate.complete(null);
            assertThat(client.read().body()).contains("Late");
            assertThat(client.send(REQUEST).read().status()).isEqualTo(200);
        }
    }

    @Test
    void aStreamThatPausesGoesOn() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(r -> Scripts.stream("One", "Two").gateAfter(2, gate));
        try (RawHttp client = client().send(chat(TestBroker.body("acme/m", "\"stream\":true")))) {
            RawHttp.Answer head = client.readHead();
            awaitBothLimits();
            gate.complete(null);
            assertThat(client.rest(head)).contains("One", "Two").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aBodyHasALimitOfItsOwn() throws Exception {
        stub.on(r -> Scripts.chat("Hello"));
        String request = chat(TestBroker.body("acme/m"));
        int half = request.length() - 20;
        try (RawHttp client = client().send(request.substring(0, half))) {
            awaitBothLimits();
            assertThat(client.send(request.substring(half)).read().status()).isEqualTo(200);
        }
    }

    @Test
    void requestsThatCameTogetherAreAllAnswered() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(r -> Scripts.chat("Late").once(gate));
        try (RawHttp client = client().send(REQUEST + chat(TestBroker.body("acme/m")))) {
            assertThat(client.read().status()).isEqualTo(200);
            awaitBothLimits();
            gate.complete(null);
            assertThat(client.read().body()).contains("Late");
        }
    }
}
