package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits that the broker keeps on its own: tokens in a window, and time between calls. */
final class LimitsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StubUpstream one = new StubUpstream().on(r -> Scripts.chat("one"));
    private final StubUpstream two = new StubUpstream().on(r -> Scripts.chat("two"));
    private final StubUpstream rival = new StubUpstream().on(r -> Scripts.chat("rival"));

    @AfterEach
    void stop() {
        one.close();
        two.close();
        rival.close();
    }

    private TestBroker.Setup setup(String rotation) throws Exception {
        return TestBroker.with().provider("two", two).file("config/rotations.yaml", rotation);
    }

    private static CompletableFuture<HttpResponse<String>> async(TestBroker broker, String model, String... more) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return broker.chat(model, more);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void overTheLimitTheNextCandidateServesAndNobodyOverspends() throws Exception {
        try (TestBroker broker = setup("""
                        rotations:
                          r:
                            strategy: priority
                            providers:
                              - {provider_id: one, models: [{name: a, weight: 2, rate_limit_TPM: 1000}]}
                              - {provider_id: two, models: [{name: b}]}
                        """).provider("one", one).start()) {
            // each may take 100 tokens of an answer and a few of the question
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 64)
                    .mapToObj(i -> async(broker, "rotation/r", "\"max_tokens\":100"))
                    .toList();
            answers.forEach(a -> assertThat(a.join().statusCode()).isEqualTo(200));
            // 17 tokens is what the stub says each has used: while one is under way it counts with its estimate
            assertThat(one.requests().size() * (Scripts.PROMPT_TOKENS + Scripts.COMPLETION_TOKENS))
                    .isLessThanOrEqualTo(1000);
            assertThat(two.requests()).isNotEmpty();
            assertThat(one.requests()).isNotEmpty();
        }
    }

    @Test
    void withNobodyElseTheClientHearsWhenThereIsRoomAgain() throws Exception {
        try (TestBroker broker = setup("rotations: {}")
                .provider("one", one, "default_rate_limit_TPM: 600")
                .start()) {
            one.enqueue(Scripts.completion("much", 500, 90));
            assertThat(broker.chat("one/a", "\"max_tokens\":100").statusCode()).isEqualTo(200);
            HttpResponse<String> answer = broker.chat("one/a", "\"max_tokens\":100");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(JSON.readTree(answer.body())
                            .at("/error/attempts/0/reason")
                            .asText())
                    .isEqualTo("over_tpm");
            assertThat(Integer.parseInt(
                            answer.headers().firstValue("retry-after").orElse("0")))
                    .isBetween(1, 62);
            assertThat(one.requests()).hasSize(1);
        }
    }

    @Test
    void whatFailsOrLeavesUsesNothingUp() throws Exception {
        try (TestBroker broker = setup("rotations: {}")
                .set("serai.retry.max-wait", "0")
                .set("serai.error-cooldown", "0")
                .provider("one", one, "default_rate_limit_TPM: 600")
                .start()) {
            one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            for (int i = 0; i < 6; i++) {
                assertThat(broker.chat("one/a", "\"max_tokens\":500").statusCode())
                        .isEqualTo(502);
            }
            one.on(r -> Scripts.chat("well"));
            assertThat(broker.chat("one/a", "\"max_tokens\":500").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whatIsCountedIsWhatWasUsed() throws Exception {
        try (TestBroker broker = setup("rotations: {}")
                .set("serai.admin.token", "admin-token")
                .provider("one", one, "default_rate_limit_TPM: 1000")
                .start()) {
            broker.chat("one/a", "\"max_tokens\":500");
            JsonNode state = JSON.readTree(broker.get("/api/rate-limits", "authorization", "Bearer admin-token")
                    .body());
            for (String window : new String[] {"minute", "hour", "day"}) {
                assertThat(state.at("/instances/one/tokens_used/" + window).asInt())
                        .isEqualTo(Scripts.PROMPT_TOKENS + Scripts.COMPLETION_TOKENS);
            }
        }
    }

    @Test
    void callsAreSpacedAcrossRequests() throws Exception {
        try (TestBroker broker =
                setup("rotations: {}").provider("one", one, "rate_limit: 0.15").start()) {
            long began = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> answers =
                    IntStream.range(0, 4).mapToObj(i -> async(broker, "one/a")).toList();
            answers.forEach(a -> assertThat(a.join().statusCode()).isEqualTo(200));
            assertThat((System.nanoTime() - began) / 1_000_000).isGreaterThanOrEqualTo(3 * 150);
        }
    }

    @Test
    void whoWouldWaitTooLongGoesToTheNextCandidate() throws Exception {
        try (TestBroker broker = setup("""
                        rotations:
                          r:
                            strategy: priority
                            providers:
                              - {provider_id: one, models: [{name: a, weight: 2}]}
                              - {provider_id: two, models: [{name: b}]}
                        """)
                .provider("one", one, "rate_limit: 60")
                .set("serai.retry.max-wait", "100ms")
                .start()) {
            assertThat(broker.chat("rotation/r").body()).contains("one");
            assertThat(broker.chat("rotation/r").body()).contains("two");
        }
    }

    /** Nobody could be tried again for a minute, had the one that tried it been waited for. */
    @Test
    void aLastResortThatIsLeftInTheLineIsTriedByTheNext() throws Exception {
        try (TestBroker broker = setup("rotations: {}")
                .provider("one", one, "rate_limit: 1")
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.admin.token", "admin-token")
                .start()) {
            one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            for (int i = 0; i < 3; i++) {
                assertThat(broker.chat("one/a").statusCode()).isEqualTo(502);
            }
            assertThat(waiting(broker, "one")).isZero();
            try (RequestLog log = new RequestLog()) {
                try (RawClient client = new RawClient(broker).chat("left", TestBroker.body("one/a"))) {
                    await().until(() ->
                            waiting(broker, "one") == 1 || one.requests().size() > 3);
                }
                assertThat(log.await("left")).containsEntry("status", "499");
            }
            one.on(r -> Scripts.chat("well again"));
            assertThat(broker.chat("one/a").body()).contains("well again");
        }
    }

    private static JsonNode limits(TestBroker broker, String instance) throws Exception {
        return JSON.readTree(broker.get("/api/rate-limits", "authorization", "Bearer admin-token")
                        .body())
                .at("/instances/" + instance);
    }

    private static int waiting(TestBroker broker, String instance) throws Exception {
        return limits(broker, instance).path("waiting").asInt();
    }

    private TestBroker race(String... ofTwo) throws Exception {
        return setup("""
                        rotations:
                          r:
                            strategy: race
                            providers:
                              - {provider_id: one, models: [{name: a, weight: 1000}]}
                              - {provider_id: rival, models: [{name: b}]}
                        """)
                .provider("one", one)
                .provider("rival", rival, ofTwo)
                .set("serai.hedging.max-usd-per-hour", "1000")
                .set("serai.admin.token", "admin-token")
                .start();
    }

    @Test
    void aLoserIsCountedWithWhatWasSentToIt() throws Exception {
        rival.on(r -> Scripts.stall());
        one.on(r -> exchange -> {
            rival.awaitRequests(1);
            Scripts.chat("one").play(exchange);
        });
        try (TestBroker broker = race("default_rate_limit_TPM: 600")) {
            assertThat(broker.chat("rotation/r", "\"max_tokens\":500").body()).contains("one");
            // 5 tokens by the usual guess, and none of the 500 that it had no time to say
            await().untilAsserted(() -> assertThat(
                            limits(broker, "rival").at("/tokens_used/minute").asInt(-1))
                    .isEqualTo(5));
        }
    }

    @Test
    void aLoserThatWasInTheLineHoldsNothing() throws Exception {
        try (TestBroker broker = race("default_rate_limit_TPM: 600", "rate_limit: 8")) {
            assertThat(broker.chat("rival/b").body()).contains("rival");
            int used = limits(broker, "rival").at("/tokens_used/minute").asInt();
            one.on(r -> exchange -> {
                await().until(() -> waiting(broker, "rival") == 1);
                Scripts.chat("one").play(exchange);
            });
            assertThat(broker.chat("rotation/r", "\"max_tokens\":500").body()).contains("one");
            await().untilAsserted(() -> assertThat(waiting(broker, "rival")).isZero());
            await().untilAsserted(() -> assertThat(
                            limits(broker, "rival").at("/tokens_used/minute").asInt())
                    .isEqualTo(used));
            assertThat(rival.requests()).hasSize(1);
        }
    }

    @Test
    void whatWasLearnedCanBeSeenAndForgotten() throws Exception {
        try (TestBroker broker = setup("rotations: {}")
                .set("serai.retry.max-wait", "0")
                .set("serai.admin.token", "admin-token")
                .provider("one", one)
                .start()) {
            one.enqueue(Scripts.error(429, "Slow down.", "rate_limit_error", null));
            assertThat(broker.chat("one/a").statusCode()).isEqualTo(429);
            String[] admin = {"authorization", "Bearer admin-token"};
            JsonNode state =
                    JSON.readTree(broker.get("/api/rate-limits", admin).body()).at("/instances/one");
            assertThat(state.path("total_429").asInt()).isEqualTo(1);
            assertThat(state.path("success_rate").asDouble()).isZero();
            assertThat(broker.post("/api/rate-limits/nope/reset", "", admin).statusCode())
                    .isEqualTo(404);
            assertThat(broker.post("/api/rate-limits/one/reset", "", admin).statusCode())
                    .isEqualTo(200);
            state = JSON.readTree(broker.get("/api/rate-limits", admin).body()).at("/instances/one");
            assertThat(state.path("total_429").asInt()).isZero();
            assertThat(broker.post("/api/rate-limits/reset", "", admin).statusCode())
                    .isEqualTo(200);
            assertThat(broker.get("/api/rate-limits").statusCode()).isEqualTo(401);
        }
    }
}
