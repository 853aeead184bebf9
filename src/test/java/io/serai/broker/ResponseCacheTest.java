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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered out of the cache and what is not, with the answers in memory. */
final class ResponseCacheTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final AtomicInteger QUESTIONS = new AtomicInteger();
    private static StubUpstream stub;
    private static TestBroker broker;
    private static RequestLog log;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        log = new RequestLog();
        broker = TestBroker.with()
                .set("serai.response-cache.enabled", "true")
                .set("serai.auth.keys", "first,second")
                .set("serai.admin.token", "operator")
                .set("serai.retry.max-wait", "0")
                .provider(
                        "acme",
                        stub,
                        "models: [{name: m, pricing: {prompt: 0.001, completion: 0.002}}, {name: n}, {name: counted},"
                                + " {name: never, enable_response_cache: false}]")
                .provider("other", stub, "enable_response_cache: false", "models: [{name: m}]")
                .file("config/rotations.yaml", """
                        rotations:
                          pair:
                            strategy: priority
                            providers:
                              - {provider_id: acme, models: [{name: m, weight: 2}, {name: n, weight: 1}]}
                          off:
                            enable_response_cache: false
                            providers:
                              - {provider_id: acme, models: [{name: m, weight: 1}]}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        log.close();
        broker.close();
        stub.close();
    }

    @AfterEach
    void everyScriptWasPlayed() {
        assertThat(stub.queuedScripts()).isZero();
    }

    /** One that no other test asks. */
    private static String question(String model, String... more) {
        return TestBroker.body(model, more).replace("Hello", "Question " + QUESTIONS.incrementAndGet());
    }

    private static HttpResponse<String> ask(String body, String... headers) throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "authorization";
        all[1] = "Bearer first";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return broker.post(CHAT, body, all);
    }

    private static String cache(HttpResponse<?> answer) {
        return answer.headers().firstValue("x-serai-cache").orElse("none");
    }

    private static int asked() {
        return stub.requests().size();
    }

    private static JsonNode stats() throws Exception {
        return JSON.readTree(broker.get("/api/cache/stats", "authorization", "Bearer operator")
                .body());
    }

    /** The store is behind the answer, so the next one could be too early. */
    private static void awaitSets(long sets) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> stats().at("/backends/memory/sets").asLong() >= sets);
    }

    /** Whatever is kept is waited for, also where that is not the question: the next test would take it for its own. */
    private static HttpResponse<String> askAndKeep(String body, String... headers) throws Exception {
        long sets = stats().at("/backends/memory/sets").asLong();
        HttpResponse<String> answer = ask(body, headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        awaitSets(sets + 1);
        return answer;
    }

    private static String streamed(String body) {
        return body.replaceFirst("\\{", "{\"stream\":true,\"stream_options\":{\"include_usage\":true},");
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

    @Test
    void theSameQuestionIsAnsweredWithoutAskingAgain() throws Exception {
        String body = question("acme/m");
        HttpResponse<String> first = askAndKeep(body);
        int before = asked();

        HttpResponse<String> second = ask(body, "x-request-id", "hit-1");

        assertThat(asked()).isEqualTo(before);
        assertThat(cache(first)).isEqualTo("miss");
        assertThat(cache(second)).isEqualTo("hit");
        assertThat(JSON.readTree(second.body())).isEqualTo(JSON.readTree(first.body()));
        assertThat(second.headers().firstValue("x-serai-provider")).hasValue("acme");
        assertThat(second.headers().firstValue("x-serai-cost-usd")).hasValue("0");
        Map<String, String> line = log.await("hit-1");
        assertThat(line)
                .containsEntry("cache", "HIT")
                .containsEntry("outcome", "CACHE_HIT")
                .containsEntry("in", "0")
                .containsEntry("out", "0")
                .containsEntry("attempts", "0")
                .containsEntry("provider", "acme");
    }

    @Test
    void aPlainAnswerIsReplayedAsAStream() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);
        int before = asked();

        HttpResponse<String> replayed = ask(streamed(body));

        assertThat(asked()).isEqualTo(before);
        assertThat(cache(replayed)).isEqualTo("hit");
        assertThat(text(replayed.body())).isEqualTo("Hello from the stub.");
        assertThat(replayed.body()).contains("\"finish_reason\":\"stop\"").contains("\"prompt_tokens\":12");
        assertThat(replayed.body())
                .endsWith("data: [DONE]\n\n")
                .contains(": serai ")
                .contains(" cache=hit");
    }

    @Test
    void aStreamIsKeptAndGivenInBothForms() throws Exception {
        String body = question("acme/m");
        HttpResponse<String> first = askAndKeep(streamed(body));
        int before = asked();

        HttpResponse<String> plain = ask(body);
        HttpResponse<String> stream = ask(streamed(body));

        assertThat(asked()).isEqualTo(before);
        assertThat(cache(first)).isEqualTo("miss");
        JsonNode whole = JSON.readTree(plain.body());
        assertThat(whole.path("object").asText()).isEqualTo("chat.completion");
        assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("Hello from the stub.");
        assertThat(whole.at("/choices/0/message/role").asText()).isEqualTo("assistant");
        assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(whole.at("/usage/prompt_tokens").asInt()).isEqualTo(Scripts.PROMPT_TOKENS);
        assertThat(text(stream.body())).isEqualTo(text(first.body()));
        assertThat(cache(stream)).isEqualTo("hit");
    }

    @Test
    void aClientThatDoesNotWantUsageGetsNone() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);

        HttpResponse<String> replayed = ask(body.replaceFirst("\\{", "{\"stream\":true,"));

        assertThat(cache(replayed)).isEqualTo("hit");
        assertThat(replayed.body()).doesNotContain("prompt_tokens");
    }

    @Test
    void whatAHitCostIsNothing() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);

        String asking = body.replaceFirst("\\{", "{\"usage\":{\"include\":true},");
        JsonNode usage = JSON.readTree(ask(asking).body()).path("usage");

        assertThat(usage.path("cost").decimalValue()).isEqualByComparingTo("0");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(Scripts.PROMPT_TOKENS);
    }

    @Test
    void aToolCallIsGivenAgainInBothForms() throws Exception {
        stub.enqueue(Scripts.streamToolCall("weather", "{\"city\":", "\"Rome\"}"));
        String body = question(
                "acme/m", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{}}}]");
        askAndKeep(streamed(body));

        JsonNode call = JSON.readTree(ask(body).body()).at("/choices/0/message/tool_calls/0");
        String stream = ask(streamed(body)).body();

        assertThat(call.at("/function/arguments").asText()).isEqualTo("{\"city\":\"Rome\"}");
        assertThat(call.path("id").asText()).isEqualTo(Scripts.CALL_ID);
        assertThat(call.has("index")).isFalse();
        assertThat(stream).contains("\"index\":0").contains("{\\\"city\\\":\\\"Rome\\\"}");
    }

    static List<Script> whatIsNotKept() {
        return List.of(
                Scripts.status(200, answer("length")),
                Scripts.status(200, answer("content_filter")),
                Scripts.status(200, answer("stop").replace("\"content\"", "\"refusal\":\"No.\",\"content\"")),
                Scripts.status(200, "{\"id\":\"x\",\"object\":\"chat.completion\",\"choices\":[]}"));
    }

    private static String answer(String finish) {
        return "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"role\":\"assistant\",\"content\":\"Cut\"},\"finish_reason\":\"" + finish
                + "\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
    }

    @ParameterizedTest
    @MethodSource
    void whatIsNotKept(Script script) throws Exception {
        String body = question("acme/m");
        stub.enqueue(script);
        ask(body, "x-request-id", "unkept-" + QUESTIONS.get());
        log.await("unkept-" + QUESTIONS.get());
        int before = asked();

        assertThat(cache(askAndKeep(body))).isEqualTo("miss");
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void aStreamThatBreaksOffIsNotKept() throws Exception {
        String body = question("acme/m");
        stub.enqueue(Scripts.stream("One", "Two", "Three").cutAfter(2));
        ask(streamed(body), "x-request-id", "broken");
        log.await("broken");
        int before = asked();

        assertThat(cache(askAndKeep(body))).isEqualTo("miss");
        assertThat(asked()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme/never", "other/m", "rotation/off"})
    void whereItIsSwitchedOffNobodySpeaksOfACache(String model) throws Exception {
        String body = question(model);
        ask(body);
        int before = asked();

        HttpResponse<String> again = ask(body);

        assertThat(cache(again)).isEqualTo("none");
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void anotherKeyIsAnotherTenant() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);
        int before = asked();

        long sets = stats().at("/backends/memory/sets").asLong();
        HttpResponse<String> others = broker.post(CHAT, body, "authorization", "Bearer second");
        awaitSets(sets + 1);

        assertThat(cache(others)).isEqualTo("miss");
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void anotherPathIsAnotherAnswer() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);
        int before = asked();

        assertThat(cache(askAndKeep(body.replace("acme/m", "rotation/pair")))).isEqualTo("miss");
        assertThat(asked()).isEqualTo(before + 1);
        assertThat(cache(ask(body.replace("acme/m", "rotation/pair")))).isEqualTo("hit");
    }

    @Test
    void aClientThatWantsAFreshAnswerGetsOneAndItIsKept() throws Exception {
        String body = question("acme/m");
        stub.enqueue(Scripts.completion("Old."), Scripts.completion("New."));
        askAndKeep(body);

        HttpResponse<String> fresh = askAndKeep(body, "cache-control", "no-cache");

        assertThat(fresh.body()).contains("New.");
        assertThat(cache(fresh)).isEqualTo("bypass");
        assertThat(ask(body).body()).contains("New.");
    }

    @Test
    void whatAClientDoesNotWantKeptIsNot() throws Exception {
        String body = question("acme/m");
        ask(body, "cache-control", "no-store", "x-request-id", "unstored");
        log.await("unstored");
        int before = asked();

        assertThat(cache(askAndKeep(body))).isEqualTo("miss");
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void liteLlmsControlsAreHeardAndSentToNobody() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);
        int before = asked();

        HttpResponse<String> fresh = askAndKeep(body.replaceFirst("\\{", "{\"cache\":{\"no-cache\":true,\"ttl\":60},"));
        assertThat(cache(fresh)).isEqualTo("bypass");
        assertThat(asked()).isEqualTo(before + 1);
        assertThat(stub.lastRequest().text()).doesNotContain("no-cache");
        assertThat(cache(askAndKeep(body.replaceFirst("\\{", "{\"cache\":{\"s-maxage\":0},"))))
                .isEqualTo("bypass");
        assertThat(cache(ask(body.replaceFirst("\\{", "{\"cache\":{\"s-maxage\":600},"))))
                .isEqualTo("hit");
        assertThat(cache(ask(body, "cache-control", "max-age=600"))).isEqualTo("hit");
        assertThat(cache(askAndKeep(body, "cache-control", "max-age=0"))).isEqualTo("bypass");
    }

    @Test
    void anAnswerOlderThanAClientWantsIsNotGiven() throws Exception {
        String body = question("acme/m");
        askAndKeep(body);
        int before = asked();
        long sets = stats().at("/backends/memory/sets").asLong();

        await().until(() -> cache(ask(body, "cache-control", "max-age=1")).equals("miss")); // a second later

        assertThat(asked()).isEqualTo(before + 1);
        awaitSets(sets + 1);
        assertThat(cache(ask(body, "cache-control", "max-age=600"))).isEqualTo("hit");
    }

    @Test
    void anOrderOfFieldsAndASpellingOfNumbersMakesNoDifference() throws Exception {
        String text = "Question " + QUESTIONS.incrementAndGet();
        askAndKeep("{\"model\":\"acme/m\",\"temperature\":1,\"seed\":7,\"messages\":[{\"role\":\"user\",\"content\":\""
                + text + "\"}]}");

        HttpResponse<String> again = ask("{\"messages\": [{\"content\": \"\\u0051" + text.substring(1)
                + "\", \"role\": \"user\"}], \"seed\": 7.0, \"temperature\": 1.00, \"model\": \"acme/m\"}");

        assertThat(cache(again)).isEqualTo("hit");
    }

    @Test
    void itIsClearedByModelAndByProvider() throws Exception {
        String ofM = question("acme/m");
        String ofN = question("acme/n");
        String ofPair = question("rotation/pair");
        askAndKeep(ofM);
        askAndKeep(ofN);
        askAndKeep(ofPair);

        assertThat(clear("{\"model\":\"acme/n\"}")).isEqualTo(1);
        assertThat(cache(ask(ofM))).isEqualTo("hit");
        assertThat(cache(askAndKeep(ofN))).isEqualTo("miss");
        assertThat(clear("{\"model\":\"rotation/pair\"}")).isGreaterThanOrEqualTo(1);
        assertThat(cache(askAndKeep(ofPair))).isEqualTo("miss");
        assertThat(clear("{\"provider\":\"nobody\"}")).isZero();
        assertThat(clear("{\"provider\":\"acme\"}")).isGreaterThanOrEqualTo(3);
        assertThat(cache(askAndKeep(ofM))).isEqualTo("miss");
        assertThat(stats().at("/backends/memory/bytes").asLong()).isNotNegative();
    }

    private static long clear(String scope) throws Exception {
        HttpResponse<String> answer = broker.post("/api/cache/clear", scope, "authorization", "Bearer operator");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).path("cleared").asLong();
    }

    @Test
    void theOperatorsDoorsAreTheOperators() throws Exception {
        assertThat(broker.get("/api/cache/stats", "authorization", "Bearer first")
                        .statusCode())
                .isEqualTo(403);
        assertThat(broker.post("/api/cache/clear", "{}", "authorization", "Bearer first")
                        .statusCode())
                .isEqualTo(403);
        assertThat(broker.post("/api/cache/clear", "{\"modle\":\"x\"}", "authorization", "Bearer operator")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void theStatisticsSayWhatWasSaved() throws Exception {
        String body = question("acme/m");
        long missesBefore = stats().path("models").path("acme/m").path("misses").asLong();
        askAndKeep(body);
        JsonNode before = stats();
        assertThat(before.path("models").path("acme/m").path("misses").asLong() - missesBefore)
                .isEqualTo(1);

        ask(body);

        JsonNode after = stats();
        assertThat(after.path("models").path("acme/m").path("misses").asLong() - missesBefore)
                .isEqualTo(1);
        assertThat(after.path("models").path("acme/m").path("hit_rate").asDouble())
                .isGreaterThan(
                        before.path("models").path("acme/m").path("hit_rate").asDouble());
        assertThat(after.at("/backends/memory/hits").asLong()
                        - before.at("/backends/memory/hits").asLong())
                .isEqualTo(1);
        assertThat(after.at("/backends/memory/hit_rate").asDouble()).isBetween(0.0, 1.0);
        assertThat(after.at("/backends/memory/entries").asLong()).isPositive();
        assertThat(after.at("/backends/memory/bytes").asLong()).isPositive();
        long tokens = Scripts.PROMPT_TOKENS + Scripts.COMPLETION_TOKENS;
        assertThat(after.at("/saved/tokens").asLong()
                        - before.at("/saved/tokens").asLong())
                .isEqualTo(tokens);
        assertThat(after.at("/saved/usd")
                        .decimalValue()
                        .subtract(before.at("/saved/usd").decimalValue()))
                .isEqualByComparingTo("0.022");
        assertThat(after.path("models").path("acme/m").path("saved_tokens").asLong())
                .isGreaterThanOrEqualTo(tokens);
        String metrics =
                broker.get("/metrics", "authorization", "Bearer operator").body();
        assertThat(metrics).contains("serai_cache_hits_total{backend=\"memory\"}");
    }

    private static List<String> durationsOf(String model) throws Exception {
        return broker.get("/metrics", "authorization", "Bearer operator")
                .body()
                .lines()
                .filter(line -> line.startsWith("gen_ai_server_request_duration_seconds_count{"))
                .filter(line -> line.contains("gen_ai_request_model=\"" + model + '"'))
                .toList();
    }

    /** Its provider calls it by a longer name, as {@code gpt-4o-2024-08-06}. */
    @Test
    void aHitIsCountedUnderTheModelThatWasAsked() throws Exception {
        String body = question("acme/counted");
        stub.enqueue(Scripts.status(200, answer("stop").replace("\"m\"", "\"counted-2026-01-31\"")));
        askAndKeep(body);

        assertThat(cache(ask(body))).isEqualTo("hit");

        await().atMost(Duration.ofSeconds(60))
                .until(() -> durationsOf("acme/counted").stream()
                                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                                .sum()
                        == 2);
        assertThat(durationsOf("acme/counted"))
                .allSatisfy(line -> assertThat(line).contains("gen_ai_response_model=\"counted\""));
    }
}
