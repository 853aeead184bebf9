package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sensitive prompts, and who is sent them: in every way of choosing only models with the flag. */
final class ClassifyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PRIVATE = "Pay it to DE96 7002 0270 0064 0275 31, the account of my landlord.";
    private static final String ACCOUNT = "7002 0270";
    private static final String SEXUAL = "Write an erotic story about two strangers in a hotel.";
    private static final String BOTH = SEXUAL + " " + PRIVATE;
    private static final String HARMLESS = "Which city is the capital of France?";

    private static final StubUpstream CLOUD = new StubUpstream().on(r -> answer("cloud", r));
    private static final StubUpstream HOME = new StubUpstream().on(r -> answer("home", r));
    private static final StubUpstream CLUB = new StubUpstream().on(r -> answer("club", r));
    private static final StubUpstream CELLAR = new StubUpstream().on(r -> answer("cellar", r));
    private static final Map<StubUpstream, Integer> MARKS = new HashMap<>();
    private static TestBroker broker;
    private static RequestLog log;

    @BeforeAll
    static void start() throws Exception {
        log = new RequestLog();
        broker = TestBroker.with()
                .set("serai.classify.nsfw", "true")
                .set("serai.classify.privacy", "true")
                .set("serai.autoselect.timeout", "30s")
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .provider("cloud", CLOUD)
                .provider("home", HOME, "privacy: true")
                .provider("club", CLUB, "nsfw: true")
                .provider("cellar", CELLAR, "nsfw: true", "privacy: true")
                .provider("house", HOME, "privacy: true", "models: [{name: open}, {name: sealed, privacy: false}]")
                .provider("short", HOME, "privacy: true", "default_max_request_tokens: 1000")
                .file("config/rotations.yaml", """
                        rotations:
                          mixed:
                            providers:
                              - {provider_id: cloud, models: [{name: c, weight: 9}]}
                              - {provider_id: home, models: [{name: h}]}
                              - {provider_id: club, models: [{name: n}]}
                              - {provider_id: cellar, models: [{name: b}]}
                          outer: {providers: [{provider_id: rotation/mixed}]}
                          priority: {strategy: priority, providers: [{provider_id: cloud, models: [{name: c, weight: 9}]}, {provider_id: home, models: [{name: h}]}]}
                          clouds: {notifyerrors: true, providers: [{provider_id: cloud, models: [{name: c}, {name: d}]}]}
                          hedged: {strategy: hedge, hedge_after: 1, providers: [{provider_id: cloud, models: [{name: c, weight: 9}]}, {provider_id: home, models: [{name: h}]}, {provider_id: cellar, models: [{name: b}]}]}
                          raced: {strategy: race, providers: [{provider_id: cloud, models: [{name: c}]}, {provider_id: home, models: [{name: h}]}, {provider_id: cellar, models: [{name: b}]}]}
                          panel: {strategy: panel, judge: cloud/judge, providers: [{provider_id: cloud, models: [{name: c}]}, {provider_id: home, models: [{name: h}]}, {provider_id: cellar, models: [{name: b}]}]}
                          judged: {strategy: panel, judge: cellar/judge, providers: [{provider_id: home, models: [{name: h}]}, {provider_id: cellar, models: [{name: b}]}]}
                          granted: {providers: [{provider_id: home, models: [{name: h, privacy: false}]}, {provider_id: club, models: [{name: trusted, privacy: true}]}]}
                          vouched: {privacy: true, providers: [{provider_id: club, models: [{name: any}]}, {provider_id: house, models: [{name: sealed}]}]}
                        """)
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          both-places: {backends: [{provider: cloud, model_id: c, priority: 1}, {provider: home, model_id: h, priority: 2}]}
                          cloud-only: {backends: [{provider: cloud, model_id: c, priority: 1}]}
                          vectors: {capabilities: [embeddings], backends: [{provider: cloud, model_id: e, priority: 1}, {provider: home, model_id: e, priority: 2}]}
                        """)
                .file("config/autoselect.yaml", """
                        asking:
                          selection_model: cloud/picker
                          fallback: home/fallback
                          available_models:
                            - {model_id: cloud/c, description: Programming}
                            - {model_id: home/h, description: Everything else}
                            - {model_id: cellar/b, description: Money}
                        meaning:
                          classify_semantic: true
                          fallback: cloud/c
                          available_models:
                            - {model_id: cloud/c, description: "Banking: accounts, payments, landlords"}
                            - {model_id: home/h, description: "Cooking"}
                            - {model_id: cellar/b, description: "Gardening"}
                        trusting:
                          fallback: home/fallback
                          available_models: [{model_id: club/any, description: Everything, privacy: true}]
                        refusing:
                          fallback: cellar/fallback
                          available_models:
                            - {model_id: home/h, description: Everything, privacy: false}
                            - {model_id: cloud/c, description: Everything}
                        lost:
                          fallback: cloud/c
                          available_models: [{model_id: cloud/c, description: Everything}]
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        log.close();
        for (StubUpstream each : List.of(CLOUD, HOME, CLUB, CELLAR)) {
            each.close();
        }
    }

    @BeforeEach
    void mark() {
        List.of(CLOUD, HOME, CLUB, CELLAR)
                .forEach(each -> MARKS.put(each, each.requests().size()));
    }

    /** Since the test began. */
    private static List<RecordedRequest> asked(StubUpstream upstream) {
        List<RecordedRequest> all = upstream.requests();
        return all.subList(MARKS.get(upstream), all.size());
    }

    /** Whatever a test is about: this holds. */
    @AfterEach
    void nobodyWithoutTheFlagHasSeenAnyOfIt() {
        await().until(() -> broker.broker().view().getInFlight() == 0);
        assertThat(CLOUD.requests()).extracting(RecordedRequest::text).noneMatch(t -> t.contains(ACCOUNT));
        assertThat(CLOUD.requests()).extracting(RecordedRequest::text).noneMatch(t -> t.contains("erotic"));
        assertThat(HOME.requests()).extracting(RecordedRequest::text).noneMatch(t -> t.contains("erotic"));
    }

    private static Script answer(String who, RecordedRequest request) {
        String model = String.valueOf(request.model());
        if (request.path().endsWith("/embeddings")) {
            return Scripts.status(
                    200,
                    "{\"object\":\"list\",\"model\":\"" + who
                            + "\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[1]}],"
                            + "\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}",
                    "content-type",
                    "application/json");
        }
        if (request.path().endsWith("/speech")) {
            return Scripts.raw(new byte[] {1, 2, 3});
        }
        if (request.path().endsWith("/generations")) {
            return Scripts.status(
                    200, "{\"created\":1,\"data\":[{\"url\":\"" + who + "\"}]}", "content-type", "application/json");
        }
        return model.equals("picker")
                ? Scripts.chat("<aisbf_model_autoselection>cloud/c</aisbf_model_autoselection>")
                : Scripts.chat(who + "/" + model);
    }

    private static HttpResponse<String> post(String model, String... saidByUser) throws Exception {
        return broker.post("/v1/chat/completions", body(model, saidByUser));
    }

    private static String body(String model, String... saidByUser) throws Exception {
        StringBuilder messages = new StringBuilder();
        for (String said : saidByUser) {
            messages.append(messages.isEmpty() ? "" : ",{\"role\":\"assistant\",\"content\":\"Yes.\"},")
                    .append(JSON.writeValueAsString(Map.of("role", "user", "content", said)));
        }
        return "{\"model\":\"" + model + "\",\"messages\":[" + messages + "]}";
    }

    private static String ask(String model, String... saidByUser) throws Exception {
        HttpResponse<String> answer = post(model, saidByUser);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).at("/choices/0/message/content").asText();
    }

    private static JsonNode error(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
        assertThat(answer.body()).doesNotContain(ACCOUNT);
        return JSON.readTree(answer.body()).path("error");
    }

    @Test
    void aModelWithoutTheFlagIsNotAskedAndTheClientHearsWhyButNotWhat() throws Exception {
        JsonNode error = error(post("cloud/c", PRIVATE));

        assertThat(error.path("code").asText()).isEqualTo("no_suitable_model");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("param").asText()).isEqualTo("model");
        assertThat(error.path("message").asText()).contains("cloud/c", "privacy:iban");
        assertThat(asked(CLOUD)).isEmpty();
    }

    @Test
    void whatIsHarmlessGoesAnywhere() throws Exception {
        assertThat(ask("cloud/c", HARMLESS)).isEqualTo("cloud/c");
        assertThat(ask("rotation/priority", HARMLESS)).isEqualTo("cloud/c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "home/h",
                "rotation/mixed",
                "rotation/outer",
                "rotation/priority",
                "rotation/hedged",
                "rotation/raced",
                "rotation/panel",
                "rotation/judged",
                "both-places",
                "auto",
                "autocheapest",
                "autobest",
                "autoselect/asking",
                "autoselect/meaning" // whose fallback lacks it
            })
    void privateDataStaysWithThoseThatHaveTheFlag(String model) throws Exception {
        Set<String> by = new TreeSet<>();
        for (int i = 0; i < 12; i++) {
            by.add(ask(model, PRIVATE).replaceAll("/.*", ""));
        }

        assertThat(by).isNotEmpty().isSubsetOf("home", "cellar");
        assertThat(asked(CLUB)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rotation/mixed", "rotation/raced", "cellar/b"})
    void whatIsBothGoesOnlyWhereBothFlagsAre(String model) throws Exception {
        for (int i = 0; i < 6; i++) {
            assertThat(ask(model, BOTH)).startsWith("cellar/");
        }
        assertThat(asked(CLUB)).isEmpty();
        assertThat(asked(HOME)).isEmpty();
    }

    @Test
    void sexualContentIsAnotherFlag() throws Exception {
        assertThat(ask("club/n", SEXUAL)).isEqualTo("club/n");
        assertThat(error(post("home/h", SEXUAL)).path("message").asText()).contains("nsfw:sexual");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rotation/clouds", "cloud-only", "autoselect/lost", "house/sealed"})
    void whereNobodyHasTheFlagTheAnswerIs404(String model) throws Exception {
        assertThat(post(model, PRIVATE).statusCode()).isEqualTo(404);
    }

    @Test
    void whoHasTheFlagIsStillTheOnlyOneWhenItFails() throws Exception {
        HOME.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        try {
            assertThat(post("rotation/priority", PRIVATE).statusCode()).isEqualTo(502);
        } finally {
            HOME.on(r -> answer("home", r));
            broker.post("/api/providers/home/enable", "{}");
        }
        assertThat(asked(CLOUD)).isEmpty();
    }

    @Test
    void theMostSpecificPlaceThatSaysSomethingCounts() throws Exception {
        assertThat(ask("house/open", PRIVATE)).isEqualTo("home/open");
        assertThat(ask("rotation/granted", PRIVATE)).isEqualTo("club/trusted");
        assertThat(ask("rotation/vouched", PRIVATE)).isEqualTo("club/any");
        assertThat(ask("autoselect/trusting", PRIVATE)).isEqualTo("club/any");
        assertThat(ask("autoselect/refusing", PRIVATE)).isEqualTo("cellar/fallback");
        mark();
        assertThat(post("club/any", PRIVATE).statusCode()).isEqualTo(404);
        assertThat(asked(CLUB)).isEmpty();
    }

    @Test
    void aJudgeAndASelectionModelAreAskedByTheirOwnFlags() throws Exception {
        ask("rotation/panel", PRIVATE);
        ask("autoselect/asking", PRIVATE);
        assertThat(asked(CLOUD)).isEmpty();

        assertThat(ask("autoselect/asking", HARMLESS)).isEqualTo("cloud/c");
        assertThat(asked(CLOUD)).extracting(RecordedRequest::model).contains("picker");
    }

    @Test
    void theLastThreeMessagesOfTheUserAreReadAndOnlyTheirs() throws Exception {
        assertThat(ask("rotation/priority", PRIVATE, "Two", "Three")).isEqualTo("home/h");
        assertThat(post("home/h", "One " + PRIVATE, "Two", "Three", "Four").statusCode())
                .isEqualTo(200);
        JsonNode later = explain("cloud/c", PRIVATE, "Two", "Three", "Four");
        assertThat(later.at("/sensitive/privacy/found").asBoolean()).isFalse();
        String parts = body("cloud/c", "x")
                .replace(
                        "\"x\"",
                        "[{\"type\":\"text\",\"text\":\"" + PRIVATE
                                + "\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]");
        assertThat(broker.post("/v1/chat/completions", parts).statusCode()).isEqualTo(404);
        String system =
                body("cloud/c", HARMLESS).replace("[{", "[{\"role\":\"system\",\"content\":\"info: a.b@web.de\"},{");
        assertThat(broker.post("/v1/chat/completions", system).statusCode()).isEqualTo(200);
    }

    @Test
    void aLongMessageIsReadToItsEnd() throws Exception {
        assertThat(post("cloud/c", "word ".repeat(20_000) + PRIVATE).statusCode())
                .isEqualTo(404);
    }

    @Test
    void streamsAndTheOtherDoorsAreReadToo() throws Exception {
        String stream = body("cloud/c", PRIVATE).replace("\"messages\"", "\"stream\":true,\"messages\"");
        assertThat(broker.post("/v1/chat/completions", stream).statusCode()).isEqualTo(404);
        assertThat(broker.post("/v1/completions", "{\"model\":\"cloud/c\",\"prompt\":[\"Hello\",\"" + PRIVATE + "\"]}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(broker.post("/v1/embeddings", "{\"model\":\"cloud/e\",\"input\":[\"Hello\",\"" + PRIVATE + "\"]}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(broker.post("/v1/embeddings", "{\"model\":\"vectors\",\"input\":\"" + PRIVATE + "\"}")
                        .body())
                .contains("home");
        assertThat(broker.post(
                                "/v1/audio/speech",
                                "{\"model\":\"cloud/s\",\"voice\":\"alloy\",\"input\":\"" + PRIVATE + "\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(broker.post("/v1/images/generations", "{\"model\":\"home/i\",\"prompt\":\"" + SEXUAL + "\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(broker.post("/v1/images/generations", "{\"model\":\"club/i\",\"prompt\":\"" + SEXUAL + "\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void numbersInPlaceOfWordsCannotBeReadAndAreTakenForPrivate() throws Exception {
        HttpResponse<String> tokens = broker.post("/v1/embeddings", "{\"model\":\"cloud/e\",\"input\":[15339,1917]}");

        assertThat(error(tokens).path("message").asText()).contains("privacy:unchecked");
        assertThat(broker.post("/v1/embeddings", "{\"model\":\"home/e\",\"input\":[15339,1917]}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aSplitRequestKeepsInAllItsPartsToWhoMaySeeIt() throws Exception {
        String text = ("Section about the house and its rooms and the garden.\n").repeat(600) + PRIVATE;

        assertThat(post("short/m", text).headers().firstValue("x-serai-split")).isPresent();
        assertThat(asked(HOME).size()).isGreaterThan(2);
        assertThat(asked(CLOUD)).isEmpty();
    }

    @Test
    void explainShowsWhatWasFoundAndWhoIsLeftOut() throws Exception {
        JsonNode why = explain("rotation/priority", PRIVATE);

        assertThat(why.at("/sensitive/privacy/found").asBoolean()).isTrue();
        assertThat(why.at("/sensitive/privacy/score").asDouble()).isGreaterThan(0.9);
        assertThat(why.at("/sensitive/privacy/categories/0").asText()).isEqualTo("iban");
        assertThat(why.at("/sensitive/nsfw/found").asBoolean()).isFalse();
        assertThat(why.path("candidates").findValuesAsText("provider")).containsExactly("home");
        assertThat(why.at("/skipped/0/provider").asText()).isEqualTo("cloud");
        assertThat(why.at("/skipped/0/reason").asText()).isEqualTo("not_for_privacy");
        assertThat(explain("cloud/c", PRIVATE).at("/skipped/0/reason").asText()).isEqualTo("not_for_privacy");
        assertThat(explain("autoselect/trusting", PRIVATE).path("candidates").findValuesAsText("provider"))
                .containsExactly("club");
        assertThat(why.toString()).doesNotContain(ACCOUNT);
    }

    private static JsonNode explain(String model, String... saidByUser) throws Exception {
        return JSON.readTree(
                broker.post("/v1/route/explain", body(model, saidByUser)).body());
    }

    @Test
    void theLogAndTheMetricsHaveTheCategoriesAndNoneOfTheWords() throws Exception {
        try (LogWatch watch = new LogWatch(Level.INFO)) {
            broker.post("/v1/chat/completions", body("rotation/priority", PRIVATE), "x-request-id", "classified-1");
            broker.post("/v1/chat/completions", body("rotation/clouds", BOTH), "x-request-id", "classified-2");

            assertThat(log.await("classified-1"))
                    .containsEntry("sensitive", "privacy:iban")
                    .extractingByKey("skipped")
                    .asString()
                    .contains("cloud/c:not_for_privacy");
            assertThat(log.await("classified-2"))
                    .containsEntry("status", "404")
                    .containsEntry("error", "no_suitable_model")
                    .extractingByKey("sensitive")
                    .asString()
                    .contains("privacy:iban", "nsfw:sexual");
            assertThat(watch.text()).contains("classified-1 is taken for sensitive: privacy:iban");
            assertThat(watch.text()).doesNotContain(ACCOUNT, "hotel");
        }
        await().untilAsserted(() -> assertThat(broker.get("/metrics").body())
                .containsPattern("serai_sensitive_total\\{category=\"iban\",kind=\"privacy\"} [1-9]"));
    }
}
