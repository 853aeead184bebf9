package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who loses a race, or to a hedge, may take its time to end. The provider {@code late} has a step in its route that heeds no
 * cancellation: it asks a gate, and goes on when that opens.
 */
final class LateLosersTest {
    private static final String ROTATIONS = """
            rotations:
              race: {strategy: race, providers: [{provider_id: late, models: [{name: a}]}, {provider_id: quick, models: [{name: b}]}]}
              hedge: {strategy: hedge, hedge_after: 1, providers: [{provider_id: late, weight: 2, models: [{name: a}]}, {provider_id: quick, models: [{name: b}]}]}
            """;

    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private final StubUpstream gate = new StubUpstream().on(r -> exchange -> {
        opened.join();
        Scripts.chat("open").play(exchange);
    });
    private final StubUpstream late = new StubUpstream().on(r -> Scripts.chat("late"));
    /** Answers when the other is at the gate. */
    private final StubUpstream quick = new StubUpstream().on(r -> exchange -> {
        gate.awaitRequests(1);
        Scripts.chat("quick").play(exchange);
    });

    @AfterEach
    void stop() {
        opened.complete(true);
        gate.close();
        late.close();
        quick.close();
    }

    private TestBroker broker(String grace) throws Exception {
        return setup(grace).start();
    }

    private TestBroker.Setup setup(String grace) throws Exception {
        return TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .set("serai.hedging.grace", grace)
                .provider("late", late)
                .provider("quick", quick, "default_rate_limit_TPM: 100000")
                .file("config/rotations.yaml", ROTATIONS)
                .file("routes/providers/openai.camel.yaml", withGate());
    }

    /** The shipped route, with the gate between the provider's answer and its reading. */
    private String withGate() throws Exception {
        String shipped;
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/routes/providers/openai.camel.yaml"))) {
            shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String step = "          - process: {ref: openai-read}";
        assertThat(shipped).containsOnlyOnce(step);
        return shipped.replace(step, """
                          - choice:
                              when:
                                - simple: "'{{instance}}' == 'late'"
                                  steps:
                                    - to: {uri: "http://127.0.0.1:%d/gate", parameters: {httpMethod: POST, connectionsPerRoute: 20}}
                %s""".formatted(gate.port(), step));
    }

    private static CompletableFuture<HttpResponse<String>> ask(
            TestBroker broker, String rotation, boolean stream, String id) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return broker.post(
                        "/v1/chat/completions",
                        TestBroker.body("rotation/" + rotation, "\"stream\":" + stream),
                        "content-type",
                        "application/json",
                        "x-request-id",
                        id);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"race, false", "race, true", "hedge, false", "hedge, true"})
    void theClientHasItsWholeAnswerBeforeTheLoserHasEnded(String rotation, boolean stream) throws Exception {
        try (TestBroker broker = broker("10m");
                RequestLog log = new RequestLog()) {
            HttpResponse<String> answer =
                    ask(broker, rotation, stream, "late-" + rotation).get(60, TimeUnit.SECONDS);

            assertThat(answer.body()).contains("quick").contains(stream ? "[DONE]" : "usage");
            assertThat(opened).isNotDone();
            assertThat(log.has("late-" + rotation)).isFalse();
            opened.complete(true);
            // a plain loser has its answer, and is paid in full, 12 and 5 tokens like the winner; a stream is broken
            // off after a word
            assertThat(log.await("late-" + rotation))
                    .containsEntry("provider", "quick")
                    .containsEntry("attempts", "2")
                    .containsEntry("in", String.valueOf(Scripts.PROMPT_TOKENS + (stream ? 5 : Scripts.PROMPT_TOKENS)))
                    .containsEntry("out", stream ? "6" : "10");
        }
    }

    /** It was rejected before it was called off, and only its route has not come to say so. */
    @Test
    void aLoserThatHasFailedByItselfIsOnRecordAsThatAndCostsNothing() throws Exception {
        late.on(r -> Scripts.error(400, "Bad temperature.", "invalid_request_error", "invalid_value"));
        try (TestBroker broker = broker("10m");
                RequestLog log = new RequestLog()) {
            assertThat(ask(broker, "race", false, "late-failure")
                            .get(60, TimeUnit.SECONDS)
                            .body())
                    .contains("quick");
            opened.complete(true);
            Map<String, String> line = log.await("late-failure");
            assertThat(line).containsEntry("outcome", "OK").containsEntry("in", String.valueOf(Scripts.PROMPT_TOKENS));
            assertThat(line.get("tried")).contains("late/a:rejected:400", "quick/b:ok:200");
        }
    }

    @Test
    void theRecordWaitsForLosersNoLongerThanTheGrace() throws Exception {
        try (TestBroker broker = broker("3s");
                RequestLog log = new RequestLog()) {
            HttpResponse<String> answer =
                    ask(broker, "race", false, "late-grace").get(60, TimeUnit.SECONDS);

            assertThat(answer.statusCode()).isEqualTo(200);
            Map<String, String> line = log.await("late-grace");
            assertThat(opened).isNotDone();
            assertThat(line).containsEntry("attempts", "2").containsEntry("out", "10");
            assertThat(line.get("tried")).contains("late/a:overtaken:200", "quick/b:ok:200");
            assertThat(Integer.parseInt(line.get("ms"))).isLessThan(3000 + Integer.parseInt(line.get("first_ms")));
        }
    }

    /** An estimate of 500 and more is taken of 600; ten come back in a second. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theClientsTokensAreSettledWhenItHasItsAnswer(boolean stream) throws Exception {
        try (TestBroker broker = setup("10m")
                        .set("serai.limits.per-address.tokens-per-minute", "600")
                        .start();
                RequestLog log = new RequestLog()) {
            assertThat(ask(broker, "race", stream, "late-tokens")
                            .get(60, TimeUnit.SECONDS)
                            .body())
                    .contains("quick");
            assertThat(broker.chat("quick/b").statusCode()).isEqualTo(200);
            assertThat(log.has("late-tokens")).isFalse();
        }
    }

    /** An operator's route fails, and nobody but its client hears of it. */
    @Test
    void theClientsTokensAreSettledWhenItHasAnErrorToo() throws Exception {
        try (TestBroker broker = setup("10m")
                .set("serai.limits.per-address.tokens-per-minute", "600")
                .file("routes/broker/extensions.camel.yaml", """
                        - route: {id: before-dispatch, from: {uri: "direct:before-dispatch", steps: [{log: "in"}]}}
                        - route:
                            id: after-reply
                            errorHandler: {noErrorHandler: {}}
                            from:
                              uri: direct:after-reply
                              steps:
                                - throwException: {exceptionType: java.lang.IllegalStateException, message: "of the operator's"}
                        """)
                .start()) {
            assertThat(ask(broker, "race", false, "late-error")
                            .get(60, TimeUnit.SECONDS)
                            .statusCode())
                    .isEqualTo(500);
            assertThat(broker.chat("quick/b").statusCode()).isEqualTo(500);
            assertThat(opened).isNotDone();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWinnersTokensAreSettledWithItsProviderWhenTheClientHasItsAnswer(boolean stream) throws Exception {
        try (TestBroker broker =
                setup("10m").set("serai.admin.token", "admin-token").start()) {
            ask(broker, "race", stream, "late-provider").get(60, TimeUnit.SECONDS);
            String state = broker.get("/api/rate-limits", "authorization", "Bearer admin-token")
                    .body();
            assertThat(new ObjectMapper()
                            .readTree(state)
                            .at("/instances/quick/tokens_used/minute")
                            .asInt())
                    .isEqualTo(Scripts.PROMPT_TOKENS + Scripts.COMPLETION_TOKENS);
            assertThat(opened).isNotDone();
        }
    }

    /** 800 and 17 are used of 1500, and the next takes 500 and more; of tokens that counted twice there would be too few. */
    @Test
    void noTokenIsSettledTwice() throws Exception {
        quick.on(r -> exchange -> {
            gate.awaitRequests(1);
            Scripts.completion("quick", 700, 100).play(exchange);
        });
        try (TestBroker broker = setup("10m")
                        .set("serai.limits.per-address.tokens-per-minute", "1500")
                        .start();
                RequestLog log = new RequestLog()) {
            ask(broker, "race", false, "late-once").get(60, TimeUnit.SECONDS);
            opened.complete(true);
            assertThat(log.await("late-once")).containsEntry("in", String.valueOf(700 + Scripts.PROMPT_TOKENS));
            assertThat(broker.chat("quick/b").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aBrokerThatStopsPutsTheCallOnRecordWithoutTheLosersEnd() throws Exception {
        try (RequestLog log = new RequestLog()) {
            try (TestBroker broker = broker("10m")) {
                assertThat(ask(broker, "race", false, "late-stop")
                                .get(60, TimeUnit.SECONDS)
                                .statusCode())
                        .isEqualTo(200);
            }

            assertThat(opened).isNotDone();
            assertThat(log.await("late-stop")).containsEntry("attempts", "2").containsEntry("provider", "quick");
        }
    }
}
