package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several models are asked at once, and the first to say something serves. */
final class RaceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final String STREAM = "\"stream\":true";
    private static final Script NEVER = exchange -> exchange.awaitPeerClosed();

    private static final String RACE = """
            rotations:
              r:
                strategy: race
                providers:
                  - {provider_id: one, models: [{name: a}]}
                  - {provider_id: two, models: [{name: b}]}
                  - {provider_id: three, models: [{name: c}]}
                  - {provider_id: four, models: [{name: d}]}
            """;

    private final StubUpstream one = new StubUpstream().on(r -> Scripts.chat("one"));
    private final StubUpstream two = new StubUpstream().on(r -> Scripts.chat("two"));
    private final StubUpstream three = new StubUpstream().on(r -> Scripts.chat("three"));
    private final StubUpstream four = new StubUpstream().on(r -> Scripts.chat("four"));

    @AfterEach
    void stop() {
        one.close();
        two.close();
        three.close();
        four.close();
    }

    private TestBroker.Setup setup(String rotations) throws Exception {
        return TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .provider("one", one)
                .provider("two", two)
                .provider("three", three)
                .provider("four", four)
                .file("config/rotations.yaml", rotations);
    }

    /** Answers once all three of the race have been asked, so that there is somebody to call off. */
    private Script whenAllAreAsked(String text) {
        return exchange -> {
            one.awaitRequests(1);
            two.awaitRequests(1);
            three.awaitRequests(1);
            Scripts.chat(text).play(exchange);
        };
    }

    @ParameterizedTest
    @CsvSource({"one, false", "one, true", "three, false", "three, true"})
    void theFirstWordWinsAndTheOthersAreCalledOff(String winner, boolean streamed) throws Exception {
        one.on(r -> winner.equals("one") ? whenAllAreAsked("one") : NEVER);
        two.on(r -> NEVER);
        three.on(r -> winner.equals("three") ? whenAllAreAsked("three") : NEVER);
        // a single failure that counted would open a breaker
        try (TestBroker broker = setup(RACE)
                        .set("serai.breaker.window", "1")
                        .set("serai.breaker.minimum", "1")
                        .start();
                RequestLog log = new RequestLog()) {
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("rotation/r", "\"stream\":" + streamed),
                    "x-request-id",
                    "raced",
                    "content-type",
                    "application/json");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains(winner).contains(streamed ? "[DONE]" : "usage");
            StubUpstream loser = winner.equals("one") ? three : one;
            loser.lastRequest().awaitPeerClosed(AT_ONCE);
            two.lastRequest().awaitPeerClosed(AT_ONCE);
            assertThat(four.requests()).isEmpty();
            // billed with what was sent to the losers: 5 tokens each by the usual guess, beside the 12 of the winner
            assertThat(log.await("raced"))
                    .containsEntry("provider", winner)
                    .containsEntry("attempts", "3")
                    .containsEntry("in", "22")
                    .containsEntry("out", "5")
                    .containsEntry("outcome", "OK_ESTIMATED");
            loser.on(r -> Scripts.chat("well"));
            assertThat(broker.chat(winner.equals("one") ? "three/c" : "one/a").body())
                    .contains("well");
        }
    }

    @Test
    void theClientsUsageIsThatOfTheReply() throws Exception {
        one.on(r -> whenAllAreAsked("one"));
        two.on(r -> NEVER);
        three.on(r -> NEVER);
        try (TestBroker broker = setup(RACE).start()) {
            HttpResponse<String> answer = broker.chat("rotation/r");
            assertThat(JSON.readTree(answer.body()).at("/usage/prompt_tokens").asInt())
                    .isEqualTo(Scripts.PROMPT_TOKENS);
            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatLeavesCallsAllOff(boolean streamed) throws Exception {
        one.on(r -> NEVER);
        two.on(r -> NEVER);
        three.on(r -> NEVER);
        try (TestBroker broker = setup(RACE).start();
                RequestLog log = new RequestLog()) {
            RawClient client =
                    new RawClient(broker).chat("left-race", TestBroker.body("rotation/r", "\"stream\":" + streamed));
            RecordedRequest[] asked = {one.lastRequest(), two.lastRequest(), three.lastRequest()};
            client.close();
            for (RecordedRequest request : asked) {
                request.awaitPeerClosed(AT_ONCE);
            }
            assertThat(log.await("left-race"))
                    .containsEntry("outcome", "CLIENT_CANCELLED")
                    .containsEntry("error", "client_gone");
            assertThat(four.requests()).isEmpty();
        }
    }

    @Test
    void aRacerThatFailsGoesOnWithACandidateThatNobodyHas() throws Exception {
        one.on(r -> Scripts.error(404, "No such model.", "invalid_request_error", "model_not_found"));
        two.on(r -> NEVER);
        three.on(r -> NEVER);
        four.on(r -> whenAllAreAsked("four"));
        try (TestBroker broker = setup(RACE).start()) {
            HttpResponse<String> answer = broker.chat("rotation/r", STREAM);
            assertThat(answer.body()).contains("four", "[DONE]");
            assertThat(one.requests()).hasSize(1);
            two.lastRequest().awaitPeerClosed(AT_ONCE);
            three.lastRequest().awaitPeerClosed(AT_ONCE);
        }
    }

    @Test
    void whenAllFailTheFirstClassOfFailureIsToldWithEveryAttemptAndThereAreSixAtMost() throws Exception {
        one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        two.on(r -> Scripts.error(401, "Bad key.", "invalid_request_error", "invalid_api_key"));
        three.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        four.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        try (TestBroker broker =
                setup(RACE).set("serai.retry.attempts-per-key", "5").start()) {
            HttpResponse<String> answer = broker.chat("rotation/r");
            assertThat(answer.statusCode()).isEqualTo(502);
            JsonNode error = JSON.readTree(answer.body()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("upstream_error");
            assertThat(error.path("attempts").findValuesAsText("provider")).contains("one", "two", "three");
            assertThat(one.requests().size()
                            + two.requests().size()
                            + three.requests().size()
                            + four.requests().size())
                    .isLessThanOrEqualTo(6);
        }
    }

    @Test
    void overTheSpendingCapItIsAWeightedRotation() throws Exception {
        try (TestBroker broker =
                        setup(RACE).set("serai.hedging.max-usd-per-hour", "0").start();
                LogWatch log = new LogWatch(ch.qos.logback.classic.Level.WARN)) {
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> answer = broker.chat("rotation/r");
                assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("1");
            }
            assertThat(one.requests()).hasSize(1);
            assertThat(four.requests()).hasSize(1);
            assertThat(log.lines().stream().filter(l -> l.contains("serai.hedging.max-usd-per-hour")))
                    .hasSize(1);
        }
    }

    @Test
    void explainSaysWhoWouldBeAsked() throws Exception {
        try (TestBroker broker = setup(RACE).start()) {
            JsonNode plan = JSON.readTree(broker.post("/v1/route/explain", TestBroker.body("rotation/r"))
                    .body());
            assertThat(plan.path("candidates").findValuesAsText("provider"))
                    .containsExactly("one", "two", "three", "four");
            assertThat(plan.at("/candidates/0/reason").asText()).isEqualTo("race");
            assertThat(plan.at("/extra_spend/max_usd_per_hour").asInt()).isEqualTo(1000);
        }
    }
}
