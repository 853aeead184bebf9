package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identical chats in flight: one request to the provider, and a whole answer for each client. */
final class BatchChatTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static StubUpstream stub;
    private static TestBroker broker;
    private static RequestLog log;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = setup().provider("acme", stub, "models: [{name: m, pricing: {prompt: 0.001, completion: 0.002}}]")
                .provider("single", stub)
                .set("serai.batching.provider-settings", "{single: {enabled: false}}")
                .start();
        log = new RequestLog();
    }

    private static TestBroker.Setup setup() throws Exception {
        return TestBroker.with()
                .set("serai.batching.enabled", "true")
                .set("serai.batching.window-ms", "20000")
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000");
    }

    @AfterAll
    static void stop() throws Exception {
        log.close();
        broker.close();
        stub.close();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        Together.await(0);
        assertThat(stub.queuedScripts()).isZero();
    }

    private static Script after(CompletableFuture<Void> gate, Script script) {
        return exchange -> {
            gate.join();
            script.play(exchange);
        };
    }

    /** So that no test meets another's request. */
    private static String body(String name, String... more) {
        return TestBroker.body("acme/m", more).replace("Hello", name);
    }

    private static String stream(String name) {
        return body(name, "\"stream\":true");
    }

    private static int count() {
        return stub.requests().size();
    }

    @Test
    void eachGetsTheWholeAnswerOfOneRequest() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = count();
        long shared = broker.broker().view().getBatchedCalls();
        long tokens = broker.broker().view().getBatchingSavedUsage();
        double usd = broker.broker().view().getBatchingSavedUsd();
        stub.enqueue(after(gate, Scripts.completion("All of it.")));

        List<CompletableFuture<HttpResponse<String>>> answers = Together.send(5, "plain", broker, CHAT, body("plain"));
        Together.await(5);
        gate.complete(null);

        long in = 0;
        long out = 0;
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> answer = answers.get(i).join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(JSON.readTree(answer.body())
                            .at("/choices/0/message/content")
                            .asText())
                    .isEqualTo("All of it.");
            assertThat(JSON.readTree(answer.body()).at("/usage/total_tokens").asInt())
                    .isEqualTo(Scripts.PROMPT_TOKENS + Scripts.COMPLETION_TOKENS);
            assertThat(answer.headers().firstValue("x-serai-batched")).hasValue("5");
            Map<String, String> line = log.await("plain-" + i);
            in += Long.parseLong(line.get("in"));
            out += Long.parseLong(line.get("out"));
            assertThat(line).containsEntry("outcome", "OK").containsEntry("out", "1");
        }
        assertThat(in).isEqualTo(Scripts.PROMPT_TOKENS);
        assertThat(out).isEqualTo(Scripts.COMPLETION_TOKENS);
        assertThat(count()).isEqualTo(before + 1);
        assertThat(broker.broker().view().getBatchedCalls() - shared).isEqualTo(4);
        assertThat(broker.broker().view().getBatchingSavedUsage() - tokens).isEqualTo(4 * 17);
        assertThat(broker.broker().view().getBatchingSavedUsd() - usd).isBetween(0.0879, 0.0881);
        assertThat(JSON.readTree(broker.get("/health").body())
                        .at("/batching/saved_tokens")
                        .asLong())
                .isEqualTo(broker.broker().view().getBatchingSavedUsage());
    }

    @Test
    void aRequestThatFindsNobodyIsNoBatch() throws Exception {
        HttpResponse<String> answer = broker.post(CHAT, body("alone"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-serai-batched")).isEmpty();
    }

    @Test
    void whoJoinsAStreamLateGetsItFromItsStart() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = count();
        stub.enqueue(Scripts.stream("one ", "two ", "three ", "four ", "five").gateAfter(4, gate));
        try (RawClient first = new RawClient(broker).chat("late-0", stream("late"))) {
            first.awaitText("three ");
            try (RawClient second = new RawClient(broker).chat("late-1", stream("late"))) {
                assertThat(second.awaitText("three ")).contains("one ", "two ");
                gate.complete(null);
                for (RawClient client : List.of(first, second)) {
                    String all = client.awaitEnd();
                    assertThat(all).contains("one ", "two ", "three ", "four ", "five", "[DONE]", " batched=2");
                    for (String word : List.of("one ", "four ")) {
                        assertThat(Collections.frequency(List.of(all.split("(?=" + word + ")")), word))
                                .isLessThan(2);
                    }
                }
                assertThat(second.received()).contains("x-serai-batched: 2");
            }
        }
        assertThat(count()).isEqualTo(before + 1);
        long in = Long.parseLong(log.await("late-0").get("in"))
                + Long.parseLong(log.await("late-1").get("in"));
        assertThat(in).isEqualTo(Scripts.PROMPT_TOKENS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFirstMayLeave(boolean streamed) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        String name = "first-leaves-" + streamed;
        int before = count();
        stub.enqueue(
                streamed
                        ? Scripts.stream("one ", "two ", "three").gateAfter(2, gate)
                        : after(gate, Scripts.completion("one two three")));
        String body = streamed ? stream(name) : body(name);
        RawClient first = new RawClient(broker).chat(name + "-0", body);
        stub.awaitRequests(before + 1);
        try (Together.Leavings leavings = new Together.Leavings();
                RawClient second = new RawClient(broker).chat(name + "-1", body)) {
            if (streamed) {
                first.awaitText("one ");
                second.awaitText("one ");
            } else {
                Together.await(2);
            }
            first.close();
            leavings.await(name + "-0", 1);
            gate.complete(null);

            assertThat(second.awaitText(streamed ? "[DONE]" : "three")).contains("one ", "three");
        }
        assertThat(log.await(name + "-1")).containsEntry("outcome", "OK");
        Map<String, String> left = log.await(name + "-0");
        assertThat(left)
                .containsEntry("outcome", "CLIENT_CANCELLED")
                .containsEntry("in", "6"); // its half of what was used
        assertThat(count()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "stream", "begun"})
    void theProviderHearsWhenAllHaveLeft(String kind) throws Exception {
        int before = count();
        stub.enqueue(kind.equals("begun") ? Scripts.endlessStream("word ", 20) : Scripts.stall());
        String body = kind.equals("plain") ? body("leave") : stream("leave-" + kind);
        RawClient first = new RawClient(broker).chat("leave-" + kind + "-0", body);
        RecordedRequest request = stub.awaitRequests(before + 1).get(before);
        RawClient second = new RawClient(broker).chat("leave-" + kind + "-1", body);
        if (kind.equals("begun")) {
            first.awaitText("word ");
            second.awaitText("word ");
        } else {
            Together.await(2);
        }
        first.close();
        assertThat(request.peerClosedAt()).isNull();

        second.close();

        request.awaitPeerClosed(AT_ONCE);
        assertThat(log.await("leave-" + kind + "-0")).containsEntry("outcome", "CLIENT_CANCELLED");
        assertThat(log.await("leave-" + kind + "-1")).containsEntry("outcome", "CLIENT_CANCELLED");
        assertThat(count()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"seed\":2", "\"n\":2", "\"user\":\"b\"", "\"stream\":true", "\"top_p\":0.5"})
    void whatDiffersGoesAlone(String other) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = count();
        stub.enqueue(after(gate, Scripts.chat("a")), after(gate, Scripts.chat("b")));
        var one = Together.send(broker, CHAT, body("differs"));
        var two = Together.send(broker, CHAT, body("differs", other));

        stub.awaitRequests(before + 2);

        gate.complete(null);
        assertThat(one.join().headers().firstValue("x-serai-batched")).isEmpty();
        assertThat(two.join().statusCode()).isEqualTo(200);
    }

    @Test
    void theOrderOfFieldsAndTheFormOfNumbersDoNotMatter() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = count();
        stub.enqueue(after(gate, Scripts.completion("a")));
        var one = Together.send(broker, CHAT, body("form", "\"temperature\":1.0", "\"seed\":5"));
        var two = Together.send(broker, CHAT, body("form", "\"seed\":5", "\"temperature\":1"));
        Together.await(2);

        gate.complete(null);

        assertThat(one.join().headers().firstValue("x-serai-batched")).hasValue("2");
        assertThat(two.join().statusCode()).isEqualTo(200);
        assertThat(count()).isEqualTo(before + 1);
    }

    @Test
    void whenTheSharedRequestFailsTheOthersMakeTheirOwn() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = count();
        stub.enqueue(after(gate, Scripts.error(400, "Not today.", "invalid_request_error", "no")));
        List<CompletableFuture<HttpResponse<String>>> answers =
                Together.send(3, "failing", broker, CHAT, body("failing"));
        Together.await(3);

        gate.complete(null);

        List<Integer> codes =
                answers.stream().map(a -> a.join().statusCode()).sorted().toList();
        assertThat(codes).containsExactly(200, 200, 400);
        assertThat(count()).isEqualTo(before + 3);
        assertThat(answers.stream()
                        .map(a -> a.join().headers().firstValue("x-serai-attempts"))
                        .toList())
                .containsOnly(java.util.Optional.of("1"));
    }

    @Test
    void aBrokenStreamIsToldToEachAndHeldAgainstTheProviderOnce() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.enqueue(Scripts.stream("one ", "two ", "three").gateAfter(2, gate).cutAfter(3));
        try (RawClient first = new RawClient(broker).chat("broken-0", stream("broken"))) {
            first.awaitText("one ");
            try (RawClient second = new RawClient(broker).chat("broken-1", stream("broken"))) {
                second.awaitText("one ");

                gate.complete(null);

                assertThat(first.awaitText("upstream_error")).doesNotContain("[DONE]");
                assertThat(second.awaitText("upstream_error")).doesNotContain("[DONE]");
            }
        }
        assertThat(log.await("broken-0")).containsEntry("outcome", "UPSTREAM_ERROR_AFTER_OUTPUT");
        assertThat(log.await("broken-1")).containsEntry("outcome", "UPSTREAM_ERROR_AFTER_OUTPUT");
    }

    @Test
    void aProviderMayBeLeftOut() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = count();
        stub.enqueue(after(gate, Scripts.chat("a")), after(gate, Scripts.chat("b")));

        var answers = Together.send(2, "left-out", broker, CHAT, TestBroker.body("single/m"));

        stub.awaitRequests(before + 2);
        gate.complete(null);
        assertThat(answers.get(1).join().headers().firstValue("x-serai-batched"))
                .isEmpty();
    }

    @Test
    void nothingIsSharedUnlessItIsSwitchedOn() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (StubUpstream other = new StubUpstream();
                TestBroker plain = TestBroker.with().provider("acme", other).start()) {
            other.on(r -> after(gate, Scripts.chat("a")));
            var answers = Together.send(2, "off", plain, CHAT, TestBroker.body("acme/m"));

            other.awaitRequests(2);

            gate.complete(null);
            answers.forEach(a -> assertThat(a.join().statusCode()).isEqualTo(200));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tenantsDoNotMixUnlessTheyMay(boolean across) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (StubUpstream other = new StubUpstream();
                TestBroker keyed = setup().provider("acme", other)
                        .set("serai.auth.keys", "sk-alice-0123456789abcdef,sk-bob-0123456789abcdef")
                        .set("serai.batching.across-tenants", Boolean.toString(across))
                        .start()) {
            other.on(r -> after(gate, Scripts.chat("a")));
            String body = TestBroker.body("acme/m");
            var alice = Together.send(keyed, CHAT, body, "authorization", "Bearer sk-alice-0123456789abcdef");
            var bob = Together.send(keyed, CHAT, body, "authorization", "Bearer sk-bob-0123456789abcdef");
            Together.await(2);
            other.awaitRequests(across ? 1 : 2);

            gate.complete(null);

            assertThat(alice.join().statusCode()).as(alice.join().body()).isEqualTo(200);
            assertThat(bob.join().headers().firstValue("x-serai-batched").isPresent())
                    .isEqualTo(across);
            assertThat(other.requests()).hasSize(across ? 1 : 2);
            String health = keyed.get("/health", "authorization", "Bearer sk-alice-0123456789abcdef")
                    .body();
            assertThat(JSON.readTree(health).at("/batching/shared_calls").asInt())
                    .isEqualTo(across ? 1 : 0);
        }
    }

    @Test
    void whoReadsTooSlowlyDoesNotHoldTheOthersUp() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        String[] words = new String[60];
        java.util.Arrays.fill(words, "x".repeat(200_000));
        try (StubUpstream other = new StubUpstream();
                TestBroker small = setup().provider("acme", other)
                        .set("serai.batching.stream-buffer", "64KiB")
                        .set("serai.batching.slow-reader", "3s")
                        .start()) {
            other.enqueue(Scripts.stream(words).gateAfter(1, gate));
            String body = TestBroker.body("acme/m", "\"stream\":true");
            try (RawClient slow = new RawClient(small, 16 * 1024).chat("slow-0", body);
                    RawClient quick = new RawClient(small).chat("slow-1", body)) {
                Together.await(2);
                gate.complete(null);

                assertThat(quick.drain()).contains("[DONE]", "batched=2");

                assertThat(log.await("slow-1")).containsEntry("outcome", "OK");
                assertThat(slow.received()).isEmpty(); // it has read nothing yet
            }
            assertThat(log.await("slow-0").get("outcome")).isNotEqualTo("OK");
            assertThat(log.await("slow-1")).containsEntry("in", "12");
            assertThat(other.requests()).hasSize(1);
        }
    }
}
