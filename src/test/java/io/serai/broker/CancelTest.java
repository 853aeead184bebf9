package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.server.Broker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that leaves: its provider must hear of it at once, and nobody else may suffer. */
final class CancelTest {
    private static final String STREAM = "\"stream\":true";

    /** Ten times the goal of 100 ms, for machines that do other things meanwhile. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static TestBroker.Setup quick() throws IOException {
        return TestBroker.with().set("serai.retry.max-wait", "0");
    }

    private static String body(String kind) {
        return TestBroker.body("acme/m", "\"stream\":" + kind.equals("stream"));
    }

    /** A provider that never ends, silent from that phase on; opens the gate when it has got there. */
    private static Script stalling(String kind, String phase, CompletableFuture<Void> there) {
        return switch (phase) {
            case "headers" ->
                exchange -> {
                    there.complete(null);
                    exchange.awaitPeerClosed();
                };
            case "first" ->
                exchange -> {
                    exchange.startChunks(
                            200, "content-type", kind.equals("stream") ? "text/event-stream" : "application/json");
                    there.complete(null);
                    exchange.awaitPeerClosed();
                };
            default ->
                exchange -> {
                    boolean stream = kind.equals("stream");
                    exchange.startChunks(200, "content-type", stream ? "text/event-stream" : "application/json");
                    exchange.chunk((stream
                                    ? "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"}}]}\n\n"
                                    : "{\"choices\":[")
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    there.complete(null);
                    exchange.awaitPeerClosed();
                };
        };
    }

    private static void awaitNobodyInside(Broker broker) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (broker.view().getInFlight() != 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(broker.view().getInFlight()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "stream,headers", "stream,first", "stream,middle",
        "plain,headers", "plain,first", "plain,middle"
    })
    void theProvidersConnectionIsClosedWhenTheClientLeaves(String kind, String phase) throws Exception {
        CompletableFuture<Void> there = new CompletableFuture<>();
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RequestLog log = new RequestLog()) {
            stub.enqueue(stalling(kind, phase, there));
            String id = "left-" + kind + "-" + phase;
            RawClient client = new RawClient(broker).chat(id, body(kind));
            RecordedRequest request = stub.awaitRequests(1).get(0);
            there.join();
            if (kind.equals("stream") && phase.equals("middle")) {
                client.awaitText("one");
            }
            client.close();
            request.awaitPeerClosed(AT_ONCE);
            assertThat(log.await(id))
                    .containsEntry("outcome", "CLIENT_CANCELLED")
                    .containsEntry("status", "499");
            awaitNobodyInside(broker.broker());
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void aClientThatLeavesWhileItIsKeptAliveIsNoticedToo() throws Exception {
        CompletableFuture<Void> there = new CompletableFuture<>();
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().set("serai.stream.first-keepalive", "100ms")
                        .provider("acme", stub)
                        .start();
                RequestLog log = new RequestLog()) {
            stub.enqueue(stalling("stream", "headers", there));
            RawClient client = new RawClient(broker).chat("left-kept", body("stream"));
            client.awaitText(": keepalive");
            client.close();
            stub.lastRequest().awaitPeerClosed(AT_ONCE);
            assertThat(log.await("left-kept")).containsEntry("outcome", "CLIENT_CANCELLED");
        }
    }

    @Test
    void aClientThatLeavesWithoutHavingReadIsNoticedWhileTheProviderIsHeldBack() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RequestLog log = new RequestLog()) {
            stub.on(r -> Scripts.endlessStream("x".repeat(1000), 0));
            RawClient client = new RawClient(broker, 16 * 1024).chat("left-unread", body("stream"));
            RecordedRequest request = stub.awaitRequests(1).get(0);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!request.writerBlocked() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            client.close();
            request.awaitPeerClosed(Duration.ofSeconds(5));
            assertThat(log.await("left-unread")).containsEntry("outcome", "CLIENT_CANCELLED");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "plain"})
    void aClientThatLeavesDuringAWaitBetweenAttemptsEndsThem(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .set("serai.retry.max-wait", "60s")
                        .provider("acme", stub)
                        .start();
                RequestLog log = new RequestLog()) {
            stub.on(r -> Scripts.error(503, "Busy.", "server_error", null, "retry-after", "30"));
            RawClient client = new RawClient(broker).chat("left-wait-" + kind, body(kind));
            stub.awaitRequests(1).get(0).awaitEnded(Duration.ofSeconds(5));
            client.close();
            assertThat(log.await("left-wait-" + kind))
                    .containsEntry("outcome", "CLIENT_CANCELLED")
                    .containsEntry("status", "499");
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void aClientThatLeavesIsNoReasonToAskTheNextProvider() throws Exception {
        try (Pair pair = new Pair();
                RequestLog log = new RequestLog()) {
            pair.first.on(r -> Scripts.stall());
            RawClient client = new RawClient(pair.broker).chat("left-pair", TestBroker.body("pair", STREAM));
            RecordedRequest request = pair.first.awaitRequests(1).get(0);
            client.close();
            request.awaitPeerClosed(AT_ONCE);
            log.await("left-pair");
            assertThat(pair.second.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "plain"})
    void clientsThatLeaveDoNotOpenTheBreaker(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RequestLog log = new RequestLog()) {
            for (int i = 0; i < 25; i++) {
                stub.enqueue(Scripts.stall());
            }
            for (int i = 0; i < 25; i++) {
                RawClient client = new RawClient(broker).chat("breaker-" + kind + i, body(kind));
                stub.awaitRequests(i + 1);
                client.close();
                log.await("breaker-" + kind + i);
            }
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPlainCallThatWasCutOffAtItsTotalTimeLeavesItsConnectionUsable() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker =
                        quick().provider("acme", stub, "timeouts: {total: 3}").start();
                RawClient client = new RawClient(broker)) {
            stub.enqueue(Scripts.stall());
            client.chat("cut", body("plain")).awaitText("upstream_timeout");
            client.forget();
            String second = client.chat("next", body("plain")).awaitText("Hello from the stub.");
            assertThat(second).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void theRequestsOfOthersGoOnWhileClientsLeave() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RawClient patient = new RawClient(broker);
                RequestLog log = new RequestLog()) {
            stub.enqueue(Scripts.stream("one ", "two").gateAfter(2, gate));
            patient.chat("patient", body("stream")).awaitText("one ");
            for (int i = 0; i < 10; i++) {
                stub.enqueue(Scripts.stall());
                String kind = i % 2 == 0 ? "stream" : "plain";
                RawClient client = new RawClient(broker).chat("leaving-" + i, body(kind));
                stub.awaitRequests(i + 2);
                client.close();
                log.await("leaving-" + i);
            }
            gate.complete(null);
            assertThat(patient.awaitEnd()).contains("two", "[DONE]");
            Map<String, String> line = log.await("patient");
            assertThat(line).containsEntry("outcome", "OK");
        }
    }

    @Test
    void aClientThatLeavesWithinItsOwnBodyReachesNoProvider() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RequestLog log = new RequestLog()) {
            RawClient client = new RawClient(broker).half("left-body", body("plain"));
            client.close();
            assertThat(log.await("left-body")).containsEntry("outcome", "CLIENT_CANCELLED");
            assertThat(stub.requests()).isEmpty();
            awaitNobodyInside(broker.broker());
        }
    }
}
