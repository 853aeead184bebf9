package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that ask the same at the same time, with the response cache on: one of them goes to the provider. */
final class CacheFlightsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final AtomicInteger QUESTIONS = new AtomicInteger();
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.response-cache.enabled", "true")
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.minimum", "20")
                .set("serai.error-cooldown", "0")
                .provider("acme", stub)
                .file("config/rotations.yaml", """
                        rotations:
                          both:
                            providers:
                              - {provider_id: acme, models: [{name: m, weight: 1}, {name: n, weight: 1}]}
                          hedged:
                            strategy: hedge
                            hedge_after: 60000
                            providers:
                              - {provider_id: acme, models: [{name: m, weight: 1}, {name: n, weight: 1}]}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @AfterEach
    void nobodyWaits() throws Exception {
        awaitWaiting(0); // whom the next test would count with its own
    }

    private static String question(String model) {
        return TestBroker.body(model).replace("Hello", "Question " + QUESTIONS.incrementAndGet());
    }

    private static String streamed(String body) {
        return body.replaceFirst("\\{", "{\"stream\":true,");
    }

    private static Script after(CompletableFuture<Void> gate, Script script) {
        return exchange -> {
            gate.join();
            script.play(exchange);
        };
    }

    private static List<CompletableFuture<HttpResponse<String>>> send(int times, String body) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(Together.send(broker, CHAT, body));
        }
        return answers;
    }

    private static String cache(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-serai-cache").orElse("none");
    }

    private static void awaitWaiting(int requests) throws Exception {
        Together.await("cache-miss", requests);
    }

    private static String text(String events) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String line : events.split("\n")) {
            if (line.startsWith("data: {")) {
                JsonNode chunk = JSON.readTree(line.substring(6));
                text.append(chunk.at("/choices/0/delta/content").asText(""));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme/m", "rotation/both", "rotation/hedged"})
    void plainOnesShareOneRequest(String model) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(request -> after(gate, Scripts.completion("All of it.")));
        int before = stub.requests().size();

        List<CompletableFuture<HttpResponse<String>>> answers = send(6, question(model));
        awaitWaiting(6);
        gate.complete(null);

        int hits = 0;
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            HttpResponse<String> whole = answer.join();
            assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
            assertThat(whole.body()).contains("All of it.");
            hits += cache(whole).equals("hit") ? 1 : 0;
        }
        assertThat(hits).isEqualTo(5);
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme/m", "rotation/both", "rotation/hedged"})
    void streamsAreReadAlongAsTheyCome(String model) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(request -> Scripts.stream("One ", "Two ", "Three").gateAfter(2, gate));
        int before = stub.requests().size();
        String body = streamed(question(model));

        try (RawClient first = stream(body);
                RawClient second = stream(body)) {
            first.awaitText("One ");
            second.awaitText("One "); // although the first is not at its end

            gate.complete(null);

            assertThat(text(first.drain())).isEqualTo("One Two Three");
            assertThat(text(second.drain())).isEqualTo("One Two Three");
        }
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @Test
    void aPlainOneWaitsForTheEndOfTheStream() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(request -> Scripts.stream("One ", "Two").gateAfter(2, gate));
        int before = stub.requests().size();
        String body = question("acme/m");

        try (RawClient first = stream(streamed(body))) {
            first.awaitText("One ");
            CompletableFuture<HttpResponse<String>> plain = Together.send(broker, CHAT, body);
            awaitWaiting(1);
            gate.complete(null);

            HttpResponse<String> whole = plain.join();
            assertThat(JSON.readTree(whole.body())
                            .at("/choices/0/message/content")
                            .asText())
                    .isEqualTo("One Two");
            assertThat(cache(whole)).isEqualTo("hit");
            first.drain();
        }
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @Test
    void theStreamGoesOnForOthersWhenTheOneWhoLedLeaves() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(request -> Scripts.stream("One ", "Two ", "Three").gateAfter(2, gate));
        int before = stub.requests().size();
        String body = streamed(question("acme/m"));

        RawClient first = stream(body);
        first.awaitText("One ");
        try (RawClient second = stream(body)) {
            second.awaitText("One ");

            first.close();
            for (int i = 0; i < 10; i++) {
                broker.get("/health"); // on either event loop: it has heard of the leaving by now
            }
            gate.complete(null);

            assertThat(text(second.drain())).isEqualTo("One Two Three");
        }
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theStreamEndsWhenTheLastOneLeaves(boolean theLeaderFirst) throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        stub.on(request -> exchange -> {
            try {
                Scripts.endlessStream("word ", 20).play(exchange); // until its connection is closed
            } finally {
                gone.complete(null);
            }
        });
        String body = streamed(question("acme/m"));

        RawClient first = stream(body);
        first.awaitText("word ");
        RawClient second = stream(body);
        second.awaitText("word ");
        (theLeaderFirst ? first : second).close();
        await().atMost(SOON).until(() -> broker.broker().view().getInFlight() == 1);
        assertThat(gone).isNotDone();
        (theLeaderFirst ? second : first).close();

        gone.get(60, java.util.concurrent.TimeUnit.SECONDS);
    }

    @Test
    void whenTheOneWhoLeadsLeavesAnotherLeads() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(request -> after(gate, Scripts.completion("All of it.")));
        int before = stub.requests().size();
        String body = question("acme/m");

        RawClient first = stream(body);
        stub.awaitRequests(before + 1);
        List<CompletableFuture<HttpResponse<String>>> others = send(3, body);
        awaitWaiting(4);
        first.close();
        stub.awaitRequests(before + 2);
        gate.complete(null);

        for (CompletableFuture<HttpResponse<String>> answer : others) {
            assertThat(answer.join().body()).contains("All of it.");
        }
        assertThat(stub.requests()).hasSize(before + 2);
    }

    @Test
    void aFailureIsNobodyElses() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        AtomicInteger turn = new AtomicInteger();
        stub.on(request -> turn.getAndIncrement() == 0
                ? after(gate, Scripts.error(400, "Not like this.", "invalid_request_error", "x"))
                : Scripts.completion("All of it."));
        String body = question("acme/m");

        List<CompletableFuture<HttpResponse<String>>> answers = send(3, body);
        awaitWaiting(3);
        gate.complete(null);

        assertThat(answers.stream().map(a -> a.join().statusCode()).sorted()).containsExactly(200, 200, 400);
    }

    /** With {@code ttl: 0}, as LiteLLM's clients write it, or {@code no-store}. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"ttl\":0}", "{\"no-store\":true}"})
    void anAnswerThatIsNotToBeKeptIsNotShared(String wish) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.on(request -> after(gate, Scripts.completion("All of it.")));
        int before = stub.requests().size();

        List<CompletableFuture<HttpResponse<String>>> answers =
                send(2, question("acme/m").replaceFirst("\\{", "{\"cache\":" + wish + ","));
        try {
            stub.awaitRequests(before + 2);
        } finally {
            gate.complete(null);
        }

        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(cache(answer.join())).isEqualTo("miss");
        }
    }

    private static RawClient stream(String body) throws Exception {
        return new RawClient(broker).chat("stream-" + QUESTIONS.get(), body);
    }
}
