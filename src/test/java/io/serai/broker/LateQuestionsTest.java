package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that an autoselect asks takes too long, where several go at once. Each stub model answers with its own name. */
final class LateQuestionsTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final Script NEVER = exchange -> exchange.awaitPeerClosed();
    private static final StubUpstream STUB = new StubUpstream();
    private static final StubUpstream PICKERS = new StubUpstream();
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.with()
                .set("serai.autoselect.timeout", "2s")
                .set("serai.autoselect.affinity", "off")
                .set("serai.retry.max-wait", "0")
                .set("serai.hedging.max-usd-per-hour", "1000")
                // a single failure that counted would open a breaker
                .set("serai.breaker.window", "1")
                .set("serai.breaker.minimum", "1")
                .provider("acme", STUB)
                .provider("first", PICKERS)
                .provider("second", PICKERS)
                .file("config/rotations.yaml", """
                        rotations:
                          race: {strategy: race, width: 2, providers: [{provider_id: autoselect/asking}, {provider_id: acme, models: [{name: never}]}]}
                          won: {strategy: race, width: 2, providers: [{provider_id: autoselect/asking}, {provider_id: acme, models: [{name: quick}]}]}
                          panel: {strategy: panel, judge: acme/judge, width: 2, providers: [{provider_id: autoselect/asking}, {provider_id: acme, models: [{name: other}]}]}
                          pickers: {strategy: race, width: 2, providers: [{provider_id: first, models: [{name: picker}]}, {provider_id: second, models: [{name: picker}]}]}
                          jury: {strategy: panel, judge: acme/judge, width: 2, providers: [{provider_id: first, models: [{name: picker}]}, {provider_id: second, models: [{name: picker}]}]}
                        """)
                .file(
                        "config/autoselect.yaml",
                        autoselect("asking", "first/picker")
                                + autoselect("racing", "rotation/pickers")
                                + autoselect("judging", "rotation/jury"))
                .start();
        broker.chat("autoselect/racing"); // so that the first that counts is no slower than the others
    }

    private static String autoselect(String name, String asks) {
        return """
                %s:
                  selection_model: %s
                  fallback: acme/chatter
                  available_models:
                    - {model_id: acme/coder, description: Programming}
                    - {model_id: acme/cook, description: Cooking}
                """.formatted(name, asks);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        STUB.close();
        PICKERS.close();
    }

    @BeforeEach
    void pickersNeverAnswer() {
        PICKERS.on(r -> NEVER);
        STUB.on(r -> "never".equals(r.model()) ? NEVER : Scripts.chat(String.valueOf(r.model())));
    }

    private static String ask(String model, String id) throws Exception {
        HttpResponse<String> answer = broker.post(
                "/v1/chat/completions", TestBroker.body(model), "content-type", "application/json", "x-request-id", id);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Their requests are broken off, and that speaks against none of them. */
    private static void assertPickersAreLeft(int asked) throws Exception {
        var requests = PICKERS.requests();
        for (var request : requests.subList(requests.size() - asked, requests.size())) {
            request.awaitPeerClosed(AT_ONCE);
        }
        PICKERS.on(r -> Scripts.chat("well"));
        assertThat(broker.chat("first/picker").body()).contains("well");
        assertThat(broker.chat("second/picker").body()).contains("well");
    }

    @Test
    void itsBranchOfARaceGoesOnWithTheFallback() throws Exception {
        try (RequestLog log = new RequestLog()) {
            assertThat(ask("rotation/race", "late-in-race")).contains("chatter");
            Map<String, String> line = log.await("late-in-race");
            assertThat(line).containsEntry("attempts", "3").containsEntry("provider", "acme");
            assertThat(line.get("tried"))
                    .contains("first/picker:client_gone", "acme/never:overtaken", "acme/chatter:ok:200");
        }
        assertPickersAreLeft(1);
    }

    @Test
    void itsOpinionInAPanelIsTheFallbacks() throws Exception {
        try (RequestLog log = new RequestLog()) {
            assertThat(ask("rotation/panel", "late-in-panel")).contains("judge");
            assertThat(log.await("late-in-panel").get("tried"))
                    .contains(
                            "first/picker:client_gone",
                            "acme/other:ok:200",
                            "acme/chatter:ok:200",
                            "acme/judge:ok:200");
        }
        assertPickersAreLeft(1);
    }

    /** Here the question is called off, before it is late. */
    @Test
    void anotherThatWinsMeanwhileEndsTheQuestionToo() throws Exception {
        int asked = PICKERS.requests().size();
        STUB.on(r -> exchange -> {
            PICKERS.awaitRequests(asked + 1);
            Scripts.chat("quick").play(exchange);
        });
        try (RequestLog log = new RequestLog()) {
            assertThat(ask("rotation/won", "won-meanwhile")).contains("quick");
            Map<String, String> line = log.await("won-meanwhile");
            assertThat(line).containsEntry("provider", "acme");
            assertThat(line.get("tried")).contains("acme/quick:ok:200").doesNotContain("chatter");
        }
        assertPickersAreLeft(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"racing", "judging"})
    void severalThatAreAskedAtOnceAreAllLeft(String autoselect) throws Exception {
        try (RequestLog log = new RequestLog()) {
            assertThat(ask("autoselect/" + autoselect, "late-" + autoselect)).contains("chatter");
            Map<String, String> line = log.await("late-" + autoselect);
            assertThat(line)
                    .containsEntry("outcome", "OK")
                    .containsEntry("in", String.valueOf(Scripts.PROMPT_TOKENS))
                    .containsEntry("attempts", "3");
            assertThat(line.get("tried"))
                    .contains("first/picker:client_gone", "second/picker:client_gone", "acme/chatter:ok:200");
        }
        assertPickersAreLeft(2);
    }
}
