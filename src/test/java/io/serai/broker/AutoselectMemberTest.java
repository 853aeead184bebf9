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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rotation with an autoselect among its members. Each stub model answers with its own name. */
final class AutoselectMemberTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CODE = "Please write and debug some source code: a Python function that sorts a list.";
    private static final String PRIVATE = " I pay it to DE96 7002 0270 0064 0275 31.";
    private static final Map<String, Script> SAYS = new ConcurrentHashMap<>();
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream().on(AutoselectMemberTest::answer);
        broker = TestBroker.with()
                .provider("acme", stub)
                .provider("other", stub)
                .provider("safe", stub, "privacy: true")
                .set("serai.retry.max-wait", "0")
                .set("serai.autoselect.timeout", "30s")
                .set("serai.autoselect.affinity", "off")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .set("serai.error-cooldown", "0")
                .file("config/rotations.yaml", """
                        rotations:
                          legal:
                            strategy: priority
                            providers: [{provider_id: acme, models: [{name: lawyer, weight: 2}, {name: clerk, weight: 1}]}]
                          front:
                            strategy: priority
                            providers: [{provider_id: autoselect/smart, weight: 2}, {provider_id: other, weight: 1, models: [{name: spare}]}]
                          back:
                            strategy: priority
                            providers: [{provider_id: other, weight: 2, models: [{name: spare}]}, {provider_id: asked, weight: 1}]
                          shares:
                            providers: [{provider_id: autoselect/smart, weight: 3}, {provider_id: other, models: [{name: spare, weight: 1}]}]
                          asking: {providers: [{provider_id: autoselect/asked}]}
                          nested: {providers: [{provider_id: outer}]}
                          around: {providers: [{provider_id: rotation/front}]}
                          sole: {providers: [{provider_id: autoselect/sole}]}
                          twice: {providers: [{provider_id: autoselect/twice}]}
                          advised: {providers: [{provider_id: autoselect/advised}]}
                          sighted:
                            strategy: priority
                            providers: [{provider_id: autoselect/sightless, weight: 2}, {provider_id: seeing, weight: 1}]
                          blinded: {providers: [{provider_id: autoselect/sightless}]}
                          discreet:
                            strategy: priority
                            providers: [{provider_id: other, weight: 2, models: [{name: spare}]}, {provider_id: autoselect/careful, weight: 1}]
                          vouched: {providers: [{provider_id: autoselect/vouching}]}
                          forbidden: {privacy: false, providers: [{provider_id: autoselect/vouching}]}
                          allowed: {privacy: true, providers: [{provider_id: autoselect/careful}]}
                          stopped:
                            strategy: priority
                            providers: [{provider_id: autoselect/halted, weight: 2}, {provider_id: other, weight: 1, models: [{name: spare}]}]
                          race: {strategy: race, width: 2, providers: [{provider_id: autoselect/smart}, {provider_id: acme, models: [{name: coder}]}, {provider_id: other, models: [{name: spare}]}]}
                          hedge: {strategy: hedge, hedge_after: 1, providers: [{provider_id: other, weight: 2, models: [{name: spare}]}, {provider_id: autoselect/smart}]}
                          pickers: {strategy: panel, judge: acme/picker, width: 2, providers: [{provider_id: acme, models: [{name: opinion1}, {name: opinion2}]}]}
                          counselled: {strategy: race, width: 2, providers: [{provider_id: autoselect/counselled}, {provider_id: other, models: [{name: spare}]}]}
                          panel: {strategy: panel, judge: acme/judge, width: 2, providers: [{provider_id: autoselect/smart}, {provider_id: other, models: [{name: spare}]}]}
                        """)
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          seeing: {capabilities: [vision, tool_calling], context_window: 200000, backends: [{provider: acme, model_id: seer, priority: 1}]}
                          blind: {capabilities: [json_schema], context_window: 2000, backends: [{provider: acme, model_id: blind, priority: 1}]}
                          deaf: {capabilities: [json_schema], context_window: 2000, backends: [{provider: acme, model_id: deaf, priority: 1}]}
                        """)
                .file("config/autoselect.yaml", """
                        smart:
                          classify_semantic: true
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: "Programming: writes and debugs source code"}
                            - {model_id: rotation/legal, description: "Law: contracts, tenants, rights and courts"}
                        asked:
                          selection_model: acme/picker
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: Programming}
                            - {model_id: legal, description: Law}
                        counselled:
                          selection_model: rotation/pickers
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: Programming}
                            - {model_id: legal, description: Law}
                        sole:
                          fallback: acme/clerk
                          available_models:
                            - {model_id: acme/clerk, description: Law}
                        twice:
                          selection_model: rotation/sole
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: Programming}
                            - {model_id: acme/cook, description: Cooking}
                        counsel:
                          selection_model: acme/picker
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: Programming}
                            - {model_id: acme/clerk, description: Law}
                        advised:
                          selection_model: autoselect/counsel
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: Programming}
                            - {model_id: acme/cook, description: Cooking}
                        outer:
                          classify_semantic: true
                          fallback: acme/chatter
                          available_models:
                            - {model_id: autoselect/smart, description: "Programming: writes and debugs source code"}
                            - {model_id: acme/cook, description: "Cooking recipes"}
                        sightless:
                          classify_semantic: true
                          fallback: deaf
                          available_models:
                            - {model_id: blind, description: "Programming: writes and debugs source code"}
                        careful:
                          classify_semantic: true
                          classify_privacy: true
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: "Programming: writes and debugs source code"}
                            - {model_id: safe/lawyer, description: "Law: contracts, tenants, rights and courts"}
                        vouching:
                          classify_semantic: true
                          classify_privacy: true
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: "Programming: writes and debugs source code"}
                            - {model_id: acme/lawyer, description: "Law: contracts, tenants, rights and courts", privacy: true}
                        halted:
                          classify_semantic: true
                          fallback: acme/chatter
                          available_models:
                            - {model_id: acme/coder, description: "Programming: writes and debugs source code"}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @BeforeEach
    void all() {
        SAYS.clear();
        says("picker", Picking.picks("legal"));
    }

    private static void says(String model, Script script) {
        SAYS.put(model, script);
    }

    private static void breaks(String... models) {
        for (String model : models) {
            says(model, Scripts.error(500, "Broken.", "server_error", null));
        }
    }

    private static Script answer(RecordedRequest request) {
        String model = String.valueOf(request.model());
        Script said = SAYS.get(model);
        return said == null ? Scripts.chat(model) : said;
    }

    private static HttpResponse<String> post(String model, String question, String more) throws Exception {
        return broker.post("/v1/chat/completions", Picking.body(model, more, question));
    }

    /** Who answered. */
    private static String ask(String model, String question) throws Exception {
        return Picking.who(post(model, question, ""));
    }

    private static JsonNode explain(String model, String question, String more) throws Exception {
        return Picking.explain(broker, Picking.body(model, more, question));
    }

    private static List<String> askedFor(String marker) {
        return stub.requests().stream()
                .filter(r -> r.text().contains(marker))
                .map(r -> String.valueOf(r.model()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"front", "around", "nested"})
    void itPicksForEachRequest(String rotation) throws Exception {
        assertThat(ask("rotation/" + rotation, CODE)).isEqualTo("coder");
        assertThat(ask("rotation/" + rotation, rotation.equals("nested") ? CODE : Picking.LAW))
                .isEqualTo(rotation.equals("nested") ? "coder" : "lawyer");
    }

    @Test
    void aStreamIsServedByWhatItPicks() throws Exception {
        assertThat(post("rotation/front", CODE, ",\"stream\":true").body()).contains("coder", "[DONE]");
    }

    @Test
    void whatItCanNotDecideGoesToItsFallback() throws Exception {
        assertThat(ask("rotation/front", "qwxz")).isEqualTo("chatter");
    }

    @Test
    void itIsNotAskedBeforeItsTurnHasCome() throws Exception {
        assertThat(ask("rotation/back", "Whose turn is it, #71?")).isEqualTo("spare");
        assertThat(askedFor("#71")).containsExactly("spare");
    }

    @Test
    void itIsAskedWhenAnotherMemberHasFailed() throws Exception {
        breaks("spare");
        HttpResponse<String> answer = post("rotation/back", "Who is next, #72?", "");

        assertThat(answer.body()).contains("lawyer");
        assertThat(askedFor("#72")).containsExactly("spare", "picker", "lawyer");
        assertThat(answer.headers().firstValue("x-serai-model")).hasValue("lawyer");
    }

    @Test
    void whenItsPickFailsTheNextMemberIsTried() throws Exception {
        breaks("coder");
        assertThat(ask("rotation/front", CODE + " #73")).isEqualTo("spare");
        assertThat(askedFor("#73")).containsExactly("coder", "spare");
    }

    @Test
    void aRotationThatItPicksTriesAllOfItsMembersFirst() throws Exception {
        breaks("lawyer");
        assertThat(ask("rotation/front", Picking.LAW + " #74")).isEqualTo("clerk");
        breaks("clerk");
        assertThat(ask("rotation/front", Picking.LAW + " #75")).isEqualTo("spare");
        assertThat(askedFor("#75")).containsExactly("lawyer", "clerk", "spare");
    }

    @Test
    void theFirstFailureIsToldWhenAllHaveFailed() throws Exception {
        breaks("coder");
        says("spare", Scripts.error(404, "No such model.", "invalid_request_error", "model_not_found"));
        HttpResponse<String> answer = post("rotation/front", CODE, "");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(JSON.readTree(answer.body()).at("/error/attempts"))
                .extracting(tried -> tried.path("model").asText())
                .containsExactly("coder", "spare");
    }

    @Test
    void itsSelectionModelIsOnTheBill() throws Exception {
        try (RequestLog log = new RequestLog()) {
            broker.post(
                    "/v1/chat/completions",
                    Picking.body("rotation/asking", "", "Who pays for this?"),
                    "content-type",
                    "application/json",
                    "x-request-id",
                    "paid-member");
            assertThat(log.await("paid-member"))
                    .containsEntry("in", String.valueOf(Scripts.PROMPT_TOKENS + Picking.QUESTION))
                    .containsEntry("attempts", "2");
        }
    }

    @Test
    void aSelectionModelThatFailsMeansTheFallback() throws Exception {
        breaks("picker");
        assertThat(ask("rotation/asking", "Is it broken?")).isEqualTo("chatter");
    }

    /** Its selection model is a rotation, whose one member is an autoselect again. */
    @Test
    void whomItAsksMayHaveOneAmongItsMembersToo() throws Exception {
        says("clerk", Picking.picks("acme/cook"));
        assertThat(ask("rotation/twice", "What is for dinner, #81?")).isEqualTo("cook");
        assertThat(askedFor("#81")).containsExactly("clerk", "cook");
    }

    @ParameterizedTest
    @CsvSource({"rotation/advised, 82", "autoselect/advised, 83"})
    void whomItAsksMayAskForItself(String model, String marker) throws Exception {
        says("picker", Picking.picks("acme/clerk"));
        says("clerk", Picking.picks("acme/cook"));
        assertThat(ask(model, "What is for dinner, #" + marker + "?")).isEqualTo("cook");
        assertThat(askedFor("#" + marker)).containsExactly("picker", "clerk", "cook");
    }

    @Test
    void sharesHold() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            all.append(ask("rotation/shares", CODE)).append(' ');
        }
        Map<String, Long> served = List.of(all.toString().split(" ")).stream()
                .collect(Collectors.groupingBy(model -> model, Collectors.counting()));
        assertThat(served).containsEntry("coder", 30L).containsEntry("spare", 10L);
    }

    @ParameterizedTest
    @ValueSource(strings = {Picking.TOOLS, ""})
    void itIsPassedOverWhereNothingBehindItCanServeTheRequest(String tools) throws Exception {
        String question = tools.isEmpty() ? CODE + " and so on".repeat(2000) : CODE;
        assertThat(post("rotation/sighted", question, tools).body()).contains("seer");
        JsonNode explained = explain("rotation/sighted", question, tools);
        assertThat(explained.path("candidates")).hasSize(1);
        assertThat(explained.path("skipped"))
                .extracting(
                        s -> s.path("model").asText() + " " + s.path("reason").asText())
                .contains("blind " + (tools.isEmpty() ? "context_too_small" : "no_tools"));
    }

    @Test
    void aRotationOfNothingElseSaysWhyItCanNot() throws Exception {
        HttpResponse<String> answer = post("rotation/blinded", CODE, Picking.TOOLS);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("model_not_supported", "blind (no_tools)", "deaf (no_tools)");
    }

    @Test
    void explainShowsWhatItWouldPickAndAsksNobody() throws Exception {
        int before = stub.requests().size();
        JsonNode explained = explain("rotation/front", Picking.LAW, "");

        assertThat(explained.path("candidates"))
                .extracting(c ->
                        c.path("model").asText() + " " + c.path("autoselect").asText())
                .containsExactly("lawyer smart", "clerk smart", "spare ");
        assertThat(explained.at("/candidates/0/reason").asText()).isEqualTo("priority");
        assertThat(explained.at("/autoselect/scores")).isEmpty();
        assertThat(explained.at("/autoselect/members/0/name").asText()).isEqualTo("smart");
        assertThat(explained.at("/autoselect/members/0/picked").asText()).isEqualTo("rotation/legal");
        assertThat(explain("rotation/nested", CODE, "")
                        .at("/candidates/0/autoselect")
                        .asText())
                .isEqualTo("outer");
        assertThat(stub.requests()).hasSize(before);
    }

    /** What is found counts for members before it as well: they would else have seen what it must not show to its own. */
    @Test
    void whatItHasSearchedForCountsForTheWholeRotation() throws Exception {
        assertThat(ask("rotation/discreet", Picking.LAW)).isEqualTo("spare");
        assertThat(ask("rotation/discreet", Picking.LAW + PRIVATE + " #76")).isEqualTo("lawyer");
        assertThat(askedFor("#76")).containsExactly("lawyer");
        assertThat(explain("rotation/discreet", Picking.LAW + PRIVATE, "").path("candidates"))
                .extracting(c -> c.path("provider").asText())
                .containsExactly("safe");
    }

    @Test
    void itVouchesForWhatItPicksAndTheRotationMayToo() throws Exception {
        assertThat(ask("rotation/vouched", Picking.LAW + PRIVATE)).isEqualTo("lawyer");
        assertThat(ask("rotation/allowed", CODE + PRIVATE)).isEqualTo("coder");
    }

    @Test
    void aRotationThatRefusesIsNotOverruledByIt() throws Exception {
        assertThat(post("rotation/forbidden", Picking.LAW + PRIVATE + " #80", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(askedFor("#80")).isEmpty();
    }

    @Test
    void aStoppedOneIsPassedOver() throws Exception {
        assertThat(ask("rotation/stopped", CODE)).isEqualTo("coder");
        Picking.route("halted", "stop");
        assertThat(ask("rotation/stopped", CODE)).isEqualTo("spare");
    }

    /** The other branch has the model that it picks: its own goes on with the next member. */
    @Test
    void inARaceNobodyIsAskedTwice() throws Exception {
        says("spare", exchange -> exchange.awaitPeerClosed());
        says("coder", exchange -> {
            Awaitility.await().until(() -> askedFor("#77").contains("spare"));
            Scripts.chat("coder").play(exchange);
        });
        assertThat(ask("rotation/race", CODE + " #77")).isEqualTo("coder");
        assertThat(askedFor("#77")).containsExactlyInAnyOrder("coder", "spare");
    }

    @Test
    void inARaceItsSelectionModelMayBeAPanel() throws Exception {
        says("spare", exchange -> exchange.awaitPeerClosed());
        assertThat(ask("rotation/counselled", Picking.LAW + " #95")).isEqualTo("lawyer");
        assertThat(askedFor("#95")).contains("opinion1", "opinion2", "picker");
    }

    @Test
    void itMayBeTheSecondOfAHedge() throws Exception {
        says("spare", exchange -> exchange.awaitPeerClosed());
        assertThat(ask("rotation/hedge", CODE)).isEqualTo("coder");
    }

    @Test
    void itMayGiveAnOpinionInAPanel() throws Exception {
        assertThat(ask("rotation/panel", CODE + " #78")).isEqualTo("judge");
        assertThat(askedFor("#78")).containsExactlyInAnyOrder("coder", "spare", "judge");
    }

    @Test
    void aClientThatLeavesWhileItIsAskedLeavesNothingBehind() throws Exception {
        says("picker", Scripts.stream("never").headersAfter(Duration.ofSeconds(60)));
        CompletableFuture<HttpResponse<String>> asking =
                Picking.begin(broker, Picking.body("rotation/asking", "", "I leave soon, #79"));
        Awaitility.await().until(() -> !askedFor("#79").isEmpty());
        asking.cancel(true);
        stub.lastRequest().awaitPeerClosed(Duration.ofSeconds(10));
        assertThat(ask("rotation/front", CODE)).isEqualTo("coder");
        assertThat(askedFor("#79")).containsExactly("picker");
    }
}
