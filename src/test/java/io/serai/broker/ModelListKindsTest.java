package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The requests that each kind of provider is asked for its models with, as strict as the vendor is. */
class ModelListKindsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static TestBroker.Setup fetching() throws Exception {
        return TestBroker.with().set("serai.models.refresh", "4h");
    }

    private static JsonNode awaitModel(TestBroker broker, String id) throws Exception {
        await().until(() -> broker.get("/v1/models/" + id).statusCode() == 200);
        HttpResponse<String> answer = broker.get("/v1/models/" + id);
        return JSON.readTree(answer.body());
    }

    @Test
    void anthropicIsAskedWithItsVersionAndItsKey() throws Exception {
        Script list = exchange -> {
            RecordedRequest request = exchange.request();
            boolean good = "2023-06-01".equals(request.header("anthropic-version"))
                    && "sk-upstream-claude".equals(request.header("x-api-key"))
                    && request.header("authorization") == null
                    && request.body().length == 0;
            String page = request.target().contains("after_id")
                    ? "{\"data\":[{\"id\":\"b\"}],\"has_more\":false,\"last_id\":\"b\"}"
                    : "{\"data\":[{\"id\":\"a\",\"max_input_tokens\":9000}],\"has_more\":true,\"last_id\":\"a\"}";
            (good ? Scripts.status(200, page) : Scripts.status(400, "{\"type\":\"error\"}")).play(exchange);
        };
        try (StubUpstream stub = new StubUpstream().onModels(list);
                TestBroker broker = fetching()
                        .provider("anthropic", "claude", stub.origin())
                        .start()) {
            assertThat(awaitModel(broker, "claude/a").path("context_window").asInt())
                    .isEqualTo(9000);
            awaitModel(broker, "claude/b");
            assertThat(stub.requests().stream().map(RecordedRequest::target))
                    .containsExactly("/v1/models?limit=1000", "/v1/models?limit=1000&after_id=a");
        }
    }

    @Test
    void googleIsAskedWithItsKey() throws Exception {
        Script list = exchange -> {
            RecordedRequest request = exchange.request();
            boolean good = "sk-upstream-gem".equals(request.header("x-goog-api-key"));
            String page = request.target().contains("pageToken")
                    ? "{\"models\":[{\"name\":\"models/second\"}]}"
                    : "{\"models\":[{\"name\":\"models/first\",\"outputTokenLimit\":77}],\"nextPageToken\":\"t+/=\"}";
            (good ? Scripts.status(200, page) : Scripts.status(403, "{\"error\":{}}")).play(exchange);
        };
        try (StubUpstream stub = new StubUpstream().onModels(list);
                TestBroker broker =
                        fetching().provider("google", "gem", stub.origin()).start()) {
            assertThat(awaitModel(broker, "gem/first").path("max_output_tokens").asInt())
                    .isEqualTo(77);
            awaitModel(broker, "gem/second");
            assertThat(stub.requests().stream().map(RecordedRequest::target))
                    .containsExactly(
                            "/v1beta/models?pageSize=1000", "/v1beta/models?pageSize=1000&pageToken=t%2B%2F%3D");
        }
    }

    @Test
    void ollamaIsAskedForEachOfItsModels() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(request -> switch (request.method() + " " + request.target()) {
                    case "GET /api/tags" ->
                        Scripts.status(200, "{\"models\":[{\"name\":\"gone\"},{\"name\":\"qwen3:8b\"}]}");
                    case "POST /api/show" ->
                        "qwen3:8b".equals(request.model()) && "application/json".equals(request.header("content-type"))
                                ? Scripts.status(
                                        200,
                                        "{\"model_info\":{\"qwen3.context_length\":40960},\"capabilities\":[\"tools\"]}")
                                : Scripts.status(404, "{\"error\":\"model not found\"}");
                    default -> Scripts.status(404, "{}");
                });
                TestBroker broker = fetching()
                        .provider("ollama", "home", stub.origin(), "api_key: sk-test-o")
                        .start()) {
            JsonNode model = awaitModel(broker, "home/qwen3:8b");
            assertThat(model.path("context_window").asInt()).isEqualTo(40960);
            assertThat(model.path("capabilities").toString()).isEqualTo("[\"tool_calling\"]");
            awaitModel(broker, "home/gone");
            assertThat(stub.malformedRequests()).isEmpty();
        }
    }
}
