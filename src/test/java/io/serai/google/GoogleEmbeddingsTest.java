package io.serai.google;

import static io.serai.google.Gemini.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code /v1/embeddings} at Google. */
final class GoogleEmbeddingsTest {
    private static Gemini gemini;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        gemini = new Gemini()
                .on(
                        "gemini-embedding-001",
                        Scripts.status(
                                200,
                                "{\"embeddings\":[{\"values\":[0.5,-1]}],\"usageMetadata\":{\"promptTokenCount\":4}}"));
        broker = gemini.broker().set("serai.retry.max-wait", "0").start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        gemini.close();
    }

    private static HttpResponse<String> embed(String fields) throws Exception {
        return broker.post("/v1/embeddings", "{\"model\":\"google/gemini-embedding-001\"," + fields + "}");
    }

    @Test
    void numbersComeInOpenAisList() throws Exception {
        HttpResponse<String> answer = embed("\"input\":\"Hello\",\"task_type\":\"RETRIEVAL_QUERY\",\"user\":\"u1\"");

        assertThat(json(answer))
                .isEqualTo(
                        json(
                                "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,-1.0]}],"
                                        + "\"model\":\"gemini-embedding-001\",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}"));
        assertThat(Gemini.adapted(answer)).containsExactly("user");
        assertThat(gemini.stub.lastRequest().target())
                .isEqualTo("/v1beta/models/gemini-embedding-001:batchEmbedContents");
        assertThat(gemini.sent().path("requests").path(0).path("taskType").asText())
                .isEqualTo("RETRIEVAL_QUERY");
    }

    @Test
    void base64IsMadeForThoseWhoWantIt() throws Exception {
        HttpResponse<String> answer = embed("\"input\":[\"Hello\"],\"encoding_format\":\"base64\"");

        // 0.5 and -1 as little-endian floats: 00 00 00 3f, 00 00 80 bf
        assertThat(json(answer).path("data").path(0).path("embedding").asText()).isEqualTo("AAAAPwAAgL8=");
    }

    @Test
    void tokensAreRefused() throws Exception {
        HttpResponse<String> answer = embed("\"input\":[[1,2,3]]");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").path("param").asText()).isEqualTo("input");
    }

    @Test
    void moreThanAHundredTextsAreRefused() throws Exception {
        HttpResponse<String> answer = embed("\"input\":[" + "\"x\",".repeat(100) + "\"x\"]");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").path("message").asText()).contains("100");
    }

    @Test
    void anAnswerWithoutVectorsIsBroken() throws Exception {
        gemini.stub.enqueue(Scripts.status(200, "{}"));
        try (TestBroker once = gemini.broker().set("serai.retry.attempts", "1").start()) {
            HttpResponse<String> answer =
                    once.post("/v1/embeddings", "{\"model\":\"google/gemini-embedding-001\",\"input\":\"Hello\"}");

            assertThat(answer.statusCode()).isEqualTo(502);
        }
    }
}
