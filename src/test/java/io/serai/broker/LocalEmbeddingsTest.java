package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What ships makes embeddings without a key and without a network. */
final class LocalEmbeddingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MODEL = "local/all-minilm-l6-v2";
    private static TestBroker broker;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.with().start();
        client = OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(broker.url("/v1"))
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
    }

    private static CreateEmbeddingResponse embed(String... texts) {
        return client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(MODEL)
                        .inputOfArrayOfStrings(List.of(texts))
                        .build());
    }

    private static JsonNode post(String more) throws Exception {
        HttpResponse<String> answer = broker.post("/v1/embeddings", "{\"model\":\"" + MODEL + "\"," + more + "}");
        return ((com.fasterxml.jackson.databind.node.ObjectNode) JSON.readTree(answer.body()))
                .put("status", answer.statusCode())
                .put(
                        "adapted",
                        answer.headers().firstValue("x-serai-params-adapted").orElse(""));
    }

    private static double cosine(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += a.get(i) * (double) b.get(i);
        }
        return sum;
    }

    @Test
    void theOfficialClientGetsVectorsThatMeanSomething() {
        CreateEmbeddingResponse answer = embed("a cat on a mat", "a kitten on a rug", "quarterly tax return");

        assertThat(answer.data()).hasSize(3);
        List<Float> cat = answer.data().get(0).embedding();
        assertThat(cat).hasSize(384);
        assertThat(cosine(cat, answer.data().get(1).embedding()))
                .isGreaterThan(cosine(cat, answer.data().get(2).embedding()) + 0.3);
        assertThat(answer.usage().promptTokens()).isEqualTo(13); // a kitten is two of them: kit, ##ten
    }

    @Test
    void theRequestsTokensAreInTheRecord() throws Exception {
        try (RequestLog log = new RequestLog()) {
            broker.post(
                    "/v1/embeddings",
                    "{\"model\":\"" + MODEL + "\",\"input\":\"one two three\"}",
                    "content-type",
                    "application/json",
                    "x-request-id",
                    "embeds-three");

            assertThat(log.await("embeds-three")).containsEntry("in", "3").containsEntry("provider", "local");
        }
    }

    @Test
    void numbersAndBase64AreTheSameVector() throws Exception {
        JsonNode numbers = post("\"input\":\"hello\"").path("data").path(0).path("embedding");
        JsonNode base64 = post("\"input\":\"hello\",\"encoding_format\":\"base64\"")
                .path("data")
                .path(0)
                .path("embedding");

        float[] decoded = io.serai.provider.Vectors.floats(base64);
        assertThat(numbers.size()).isEqualTo(decoded.length);
        assertThat((float) numbers.get(5).asDouble()).isCloseTo(decoded[5], within(1e-7f));
    }

    @Test
    void otherDimensionsAreAdaptedAndItsOwnAreFine() throws Exception {
        assertThat(post("\"input\":\"x\",\"dimensions\":100").path("adapted").asText())
                .isEqualTo("dimensions");
        assertThat(post("\"input\":\"x\",\"dimensions\":384").path("adapted").asText())
                .isEmpty();
    }

    @Test
    void tokensAreRefusedForItTakesText() throws Exception {
        JsonNode answer = post("\"input\":[1,2,3]");

        assertThat(answer.path("status").asInt()).isEqualTo(400);
        assertThat(answer.path("error").path("param").asText()).isEqualTo("input");
    }

    @Test
    void theListNamesItWithWhatItCanDo() throws Exception {
        JsonNode model = JSON.readTree(broker.get("/v1/models/" + MODEL).body());

        assertThat(model.path("capabilities").toString()).isEqualTo("[\"embeddings\"]");
    }

    @Test
    void itDoesNoChatAndTheOtherNoEmbeddings() throws Exception {
        HttpResponse<String> chat = broker.chat(MODEL);
        HttpResponse<String> stream = broker.chat(MODEL, "\"stream\":true");
        HttpResponse<String> echo = broker.post("/v1/embeddings", "{\"model\":\"local/echo\",\"input\":\"x\"}");

        assertThat(List.of(chat.statusCode(), stream.statusCode(), echo.statusCode()))
                .containsExactly(400, 400, 400);
        assertThat(chat.body()).contains("does no chat");
        assertThat(stream.body()).contains("does no chat");
        assertThat(echo.body()).contains(MODEL);
    }
}
