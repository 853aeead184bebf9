package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.provider.Vectors;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Embeddings at both paths, in both forms, and what is refused. */
final class EmbeddingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOOR = "/v1/embeddings";
    private static final String ANSWER = """
            {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10000000000000001, -2.5e-3,3]},
            {"object":"embedding","index":1,"embedding":[1,2,3]}],
            "model":"e-served","usage":{"prompt_tokens":7,"total_tokens":7},"extra":{"kept":1.0}}""";
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .provider(
                        "azure",
                        stub,
                        "chat_path: \"/deployments/{model}/chat/completions\"",
                        "query: {api-version: \"2024-10-21\"}")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .file("config/models.yaml", """
                        models:
                          vectors: {capabilities: [embeddings], backends: [{provider: acme, model_id: e1, priority: 1}]}
                          talker: {backends: [{provider: acme, model_id: m1, priority: 1}]}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static void answers(String body) {
        stub.enqueue(Scripts.status(200, body, "content-type", "application/json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/embeddings", "/api/v1/embeddings"})
    void vectorsComeBackDigitForDigit(String door) throws Exception {
        answers(ANSWER);

        HttpResponse<String> answer =
                broker.post(door, "{\"model\":\"acme/e\",\"input\":[\"a\",\"b\"],\"dimensions\":3,\"other\":1.50}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("acme");
        assertThat(answer.body()).contains("[0.10000000000000001, -2.5e-3,3]").contains("\"extra\":{\"kept\":1.0}");
        assertThat(JSON.readTree(answer.body()).path("model").asText()).isEqualTo("e-served");
        assertThat(stub.lastRequest().path()).isEqualTo("/v1/embeddings");
        assertThat(stub.lastRequest().text())
                .isEqualTo("{\"model\":\"e\",\"input\":[\"a\",\"b\"],\"dimensions\":3,\"other\":1.50}");
    }

    @Test
    void base64IsPassedOnAndPassedBack() throws Exception {
        String vector = Vectors.base64(new float[] {0.5f, -1});
        answers(ANSWER.replaceFirst("\\[0\\.1[^]]*]", "\"" + vector + "\""));

        HttpResponse<String> answer =
                broker.post(DOOR, "{\"model\":\"acme/e\",\"input\":[1,2],\"encoding_format\":\"base64\"}");

        assertThat(stub.lastRequest().json().path("encoding_format").asText()).isEqualTo("base64");
        JsonNode data = JSON.readTree(answer.body()).path("data");
        assertThat(data.at("/0/embedding").asText()).isEqualTo(vector);
        // a provider that knows numbers only is translated
        assertThat(Vectors.floats(data.at("/1/embedding"))).containsExactly(1, 2, 3);
        assertThat(data.at("/1/embedding").asText()).isEqualTo("AACAPwAAAEAAAEBA");
    }

    @Test
    void aDeploymentsEmbeddingsStandBesideItsChats() throws Exception {
        answers(ANSWER);

        broker.post(DOOR, "{\"model\":\"azure/text emb\",\"input\":[[1,2],[3]]}");

        assertThat(stub.lastRequest().target())
                .isEqualTo("/v1/deployments/text%20emb/embeddings?api-version=2024-10-21");
    }

    @Test
    void usageStandsInTheLog() throws Exception {
        answers(ANSWER);
        try (RequestLog log = new RequestLog()) {
            broker.post(DOOR, "{\"model\":\"vectors\",\"input\":\"a\"}", "x-request-id", "emb-1");

            Map<String, String> line = log.await("emb-1");
            assertThat(line).containsEntry("in", "7").containsEntry("out", "0").containsEntry("outcome", "OK");
            assertThat(stub.lastRequest().model()).isEqualTo("e1");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"input":"a"}                                                 | missing_required_parameter | model
            {"model":"acme/e"}                                            | missing_required_parameter | input
            {"model":"acme/e","input":null}                               | missing_required_parameter | input
            {"model":"acme/e","input":7}                                  | invalid_type               | input
            {"model":"acme/e","input":""}                                 | invalid_value              | input
            {"model":"acme/e","input":[]}                                 | invalid_value              | input
            {"model":"acme/e","input":["a",1]}                            | invalid_type               | input[1]
            {"model":"acme/e","input":[[1],[]]}                           | invalid_type               | input[1]
            {"model":"acme/e","input":"a","encoding_format":"int8"}       | invalid_value              | encoding_format
            {"model":"acme/e","input":"a","dimensions":0}                 | invalid_type               | dimensions
            {"model":"talker","input":"a"}                                | model_not_supported        | model
            {"model":"local/echo","input":"a"}                            | operation_not_supported    | model
            """)
    void whatCanNotBeDoneIsRefusedAndNamed(String body, String code, String param) throws Exception {
        HttpResponse<String> answer = broker.post(DOOR, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("param").asText()).isEqualTo(param);
    }

    @Test
    void aModelOfVectorsDoesNotChat() throws Exception {
        HttpResponse<String> answer = broker.chat("vectors");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("'vectors' does no chat; it is for embeddings");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":[{\"embedding\":[1,",
                "{\"data\":[]}",
                "{\"data\":[{\"embedding\":true}]}",
                "[]",
                "{} {}"
            })
    void anAnswerWithoutVectorsIsBroken(String body) throws Exception {
        stub.enqueue(Scripts.status(200, body, "content-type", "application/json"));
        stub.enqueue(Scripts.status(400, Scripts.errorBody("no", "invalid_request_error", "bad_input")));

        HttpResponse<String> answer = broker.post(
                DOOR,
                "{\"model\":\"acme/e\",\"input\":\"a\""
                        + (body.contains("true") ? ",\"encoding_format\":\"base64\"}" : "}"));

        assertThat(JSON.readTree(answer.body()).at("/error/attempts/0/reason").asText())
                .isEqualTo("broken_answer");
    }
}
