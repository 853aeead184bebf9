package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.serai.provider.Vectors;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings of several clients: one request to the provider, and to each client its own vectors. */
final class BatchEmbeddingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOOR = "/v1/embeddings";
    /** The window never ends within a test: a batch goes when it is full. */
    private static final String FULL = "full/e";
    /** Batches go when the window ends. */
    private static final String TIMED = "timed/e";

    /** The same, for requests that have to meet in one. */
    private static final String PATIENT = "patient/e";

    /** Words of a token each. */
    private static final String SHORT = "a ".repeat(10).strip();

    private static final String LONG = "international ".repeat(50).strip();
    private static StubUpstream stub;
    private static TestBroker broker;
    private static RequestLog log;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("full", stub)
                .provider("timed", stub)
                .provider("patient", stub)
                .set("serai.batching.enabled", "true")
                .set("serai.batching.window-ms", "60000")
                .set("serai.batching.max-batch-size", "3")
                .set(
                        "serai.batching.provider-settings",
                        "{\"timed\": {\"window_ms\": 1000, \"max-batch-size\": 100},"
                                + "\"patient\": {\"window_ms\": 5000, \"max-batch-size\": 100}}")
                .set("serai.retry.max-wait", "0")
                .start();
        log = new RequestLog();
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
        stub.on(BatchEmbeddingsTest::vectors);
    }

    /** A vector holds the length of its text; every word is a token. The last one comes first. */
    private static Script vectors(RecordedRequest request) {
        ObjectNode answer = JSON.createObjectNode().put("object", "list").put("model", "served");
        JsonNode input = request.json().path("input");
        JsonNode list = input.isArray() && !input.path(0).isNumber()
                ? input
                : JSON.createArrayNode().add(input);
        ArrayNode data = answer.putArray("data");
        int tokens = 0;
        for (int i = list.size() - 1; i >= 0; i--) {
            int length = list.get(i).isArray()
                    ? list.get(i).size()
                    : list.get(i).asText().length();
            tokens += list.get(i).isArray() ? length : list.get(i).asText().split(" ").length;
            float[] vector = {length, 0.5f};
            ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
            item.set("embedding", Vectors.node(vector, (ObjectNode) request.json()));
        }
        answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return Scripts.status(200, answer.toString());
    }

    private static String body(String model, String input, String... more) {
        return "{\"model\":\"" + model + "\",\"input\":" + input + String.join("", more) + "}";
    }

    private static CompletableFuture<HttpResponse<String>> ask(String id, String body) {
        return Together.send(broker, DOOR, body, "x-request-id", id);
    }

    private static float[] vector(HttpResponse<String> answer, int index) throws Exception {
        for (JsonNode item : JSON.readTree(answer.body()).path("data")) {
            if (item.path("index").asInt() == index) {
                return Vectors.floats(item.path("embedding"));
            }
        }
        throw new AssertionError(answer.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"encoding_format\":\"base64\"", ",\"dimensions\":2"})
    void inputsGoOutTogetherAndVectorsComeBackApart(String more) throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();
        String id = "merged" + more.length();
        long merged = broker.broker().view().getBatchedCalls();

        List<CompletableFuture<HttpResponse<String>>> answers = List.of(
                ask(id + "-0", body(FULL, "\"" + SHORT + "\"", more)),
                ask(id + "-1", body(FULL, "[\"" + LONG + "\",\"cat\"]", more)));

        long in = 0;
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> answer = answers.get(i).join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-batched")).hasValue("2");
            JsonNode tree = JSON.readTree(answer.body());
            assertThat(tree.path("data")).hasSize(i + 1);
            assertThat(tree.at("/data/" + i + "/index").asInt()).isEqualTo(i);
            assertThat(tree.path("model").asText()).isEqualTo("served");
            // by tokens; by characters the first would pay 1 of the 61
            assertThat(tree.at("/usage/prompt_tokens").asInt()).isCloseTo(i == 0 ? 10 : 51, within(2));
            assertThat(tree.at("/usage/total_tokens").asInt())
                    .isEqualTo(tree.at("/usage/prompt_tokens").asInt());
            in += Long.parseLong(log.await(id + "-" + i).get("in"));
        }
        assertThat(vector(answers.get(0).join(), 0)).containsExactly(SHORT.length(), 0.5f);
        assertThat(vector(answers.get(1).join(), 0)).containsExactly(LONG.length(), 0.5f);
        assertThat(vector(answers.get(1).join(), 1)).containsExactly(3, 0.5f);
        assertThat(in).isEqualTo(61);
        assertThat(stub.requests()).hasSize(before + 1);
        assertThat(stub.lastRequest().json().path("input")).hasSize(3);
        assertThat(broker.broker().view().getBatchedCalls() - merged).isEqualTo(1);
    }

    @Test
    void aBatchGoesWhenTheWindowEnds() throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();

        var one = ask("timed-0", body(PATIENT, "\"four\""));
        var two = ask("timed-1", body(PATIENT, "\"sevenxx\""));

        assertThat(vector(one.join(), 0)).containsExactly(4, 0.5f);
        assertThat(vector(two.join(), 0)).containsExactly(7, 0.5f);
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @Test
    void oneThatFindsNobodyGoesAsItCame() throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);

        HttpResponse<String> answer = ask("lonely", body(TIMED, "\"four\"")).join();

        assertThat(answer.headers().firstValue("x-serai-batched")).isEmpty();
        assertThat(stub.lastRequest().json().path("input").asText()).isEqualTo("four");
    }

    @ParameterizedTest
    @ValueSource(strings = {",\"dimensions\":3", ",\"encoding_format\":\"base64\"", ",\"user\":\"b\""})
    void otherParametersGoBySomeoneElse(String other) throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();

        var one = ask("other-0", body(TIMED, "\"four\""));
        var two = ask("other-1", body(TIMED, "\"sevenxx\"", other));

        assertThat(one.join().headers().firstValue("x-serai-batched")).isEmpty();
        assertThat(two.join().statusCode()).isEqualTo(200);
        assertThat(stub.requests()).hasSize(before + 2);
    }

    @Test
    void tokensAndTextsDoNotMix() throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();

        var texts = ask("kind-0", body(PATIENT, "\"four\""));
        var tokens = ask("kind-1", body(PATIENT, "[1,2,3]"));
        var lists = ask("kind-2", body(PATIENT, "[[1,2],[3]]"));

        assertThat(vector(texts.join(), 0)).containsExactly(4, 0.5f);
        assertThat(vector(tokens.join(), 0)).containsExactly(3, 0.5f);
        assertThat(vector(lists.join(), 1)).containsExactly(1, 0.5f);
        assertThat(stub.requests()).hasSize(before + 2);
    }

    @Test
    void noBatchIsLargerThanItMayBe() throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();

        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            answers.add(ask("many-" + i, body(FULL, "\"" + "x".repeat(i + 1) + "\"")));
        }

        for (int i = 0; i < 9; i++) {
            assertThat(vector(answers.get(i).join(), 0)).containsExactly(i + 1, 0.5f);
        }
        assertThat(stub.requests().subList(before, before + 3))
                .allSatisfy(r -> assertThat(r.json().path("input")).hasSize(3));
        assertThat(stub.requests()).hasSize(before + 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"400", "500", "short"})
    void whenABatchFailsEachIsAskedForAlone(String how) throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();
        stub.enqueue(
                how.equals("short")
                        ? Scripts.status(200, "{\"data\":[{\"index\":0,\"embedding\":[1]}]}")
                        : Scripts.error(Integer.parseInt(how), "No.", "invalid_request_error", "no"));

        var one = ask("failed-0" + how, body(FULL, "\"a\""));
        var two = ask("failed-1" + how, body(FULL, "[\"bbb\",\"cc\"]"));

        assertThat(vector(one.join(), 0)).containsExactly(1, 0.5f);
        assertThat(vector(two.join(), 1)).containsExactly(2, 0.5f);
        assertThat(one.join().headers().firstValue("x-serai-batched")).isEmpty();
        assertThat(one.join().headers().firstValue("x-serai-attempts")).hasValue("1");
        assertThat(stub.requests()).hasSize(before + 3);
        assertThat(log.await("failed-1" + how)).containsEntry("in", "2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void oneThatLeavesWhileTheProviderWorksCancelsNobody(int leaving) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        int before = stub.requests().size();
        stub.enqueue(exchange -> {
            gate.join();
            vectors(exchange.request()).play(exchange);
        });
        String id = "working" + leaving;
        var answers = new ArrayList<>(List.of(ask(id + "-0", body(FULL, "\"a\""))));
        Together.await(1);
        answers.add(ask(id + "-1", body(FULL, "[\"bb\",\"ccc\"]")));
        stub.awaitRequests(before + 1);
        try (Together.Leavings leavings = new Together.Leavings()) {
            answers.get(leaving).cancel(true);
            leavings.await(id + "-" + leaving, 1);
            gate.complete(null);

            HttpResponse<String> other = answers.get(1 - leaving).join();
            assertThat(other.statusCode()).as(other.body()).isEqualTo(200);
            assertThat(vector(other, 0)).containsExactly(2 - leaving, 0.5f);
            assertThat(other.headers().firstValue("x-serai-batched")).hasValue("2");
        }
        assertThat(log.await(id + "-" + leaving))
                .containsEntry("outcome", "CLIENT_CANCELLED")
                .containsEntry("in", String.valueOf(leaving + 1)); // its part all the same
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @Test
    void oneThatLeavesWithinTheWindowIsNotAskedFor() throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        int before = stub.requests().size();
        var one = ask("window-0", body(FULL, "\"a\""));
        Together.await(1);
        var two = ask("window-1", body(FULL, "\"bb\""));
        Together.await(2);

        one.cancel(true);
        gone(before);
        var three = ask("window-2", body(FULL, "\"ccc\""));

        assertThat(vector(two.join(), 0)).containsExactly(2, 0.5f);
        assertThat(vector(three.join(), 0)).containsExactly(3, 0.5f);
        assertThat(stub.lastRequest().json().path("input")).hasSize(2);
        assertThat(log.await("window-0"))
                .containsEntry("outcome", "CLIENT_CANCELLED")
                .containsEntry("in", "0");
    }

    /** The broker has heard that a client is gone: it counts as inside no more. */
    private static void gone(int before) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (broker.broker().view().getInFlight() != 1 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(stub.requests()).hasSize(before);
    }

    @Test
    void aReloadWithinTheWindowLosesNobody() throws Exception {
        stub.on(BatchEmbeddingsTest::vectors);
        var one = ask("reload-0", body(PATIENT, "\"four\""));
        var two = ask("reload-1", body(PATIENT, "\"sevenxx\""));
        Together.await(2);
        Files.writeString(broker.home().resolve("config/application.properties"), "serai.error-cooldown=299s\n");

        assertThat(broker.broker().reload()).isTrue();

        assertThat(vector(one.join(), 0)).containsExactly(4, 0.5f);
        assertThat(vector(two.join(), 0)).containsExactly(7, 0.5f);
        assertThat(one.join().headers().firstValue("x-serai-batched")).hasValue("2");
    }

    @Test
    void theOfficialClientSeesNoDifference() {
        stub.on(BatchEmbeddingsTest::vectors);
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(broker.url("/v1"))
                .maxRetries(0)
                .build();
        try {
            List<CompletableFuture<CreateEmbeddingResponse>> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(client.async()
                        .embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model(FULL)
                                .input("x".repeat(i + 2))
                                .build()));
            }
            for (int i = 0; i < 3; i++) {
                CreateEmbeddingResponse answer = answers.get(i).join();
                assertThat(answer.data()).hasSize(1);
                assertThat(answer.data().get(0).index()).isZero();
                assertThat(answer.data().get(0).embedding()).containsExactly(i + 2f, 0.5f);
                assertThat(answer.usage().promptTokens()).isEqualTo(1);
            }
        } finally {
            client.close();
        }
    }
}
