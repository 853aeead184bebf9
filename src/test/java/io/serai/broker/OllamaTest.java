package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.OllamaRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chats through the real broker to a stub as strict as Ollama. What each request becomes stands in the translation matrix; here
 * is what depends on settings, on earlier answers and on what goes wrong. Shapes: docs/api.md and docs/api/errors.mdx of
 * github.com/ollama/ollama.
 */
final class OllamaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OllamaRules RULES = new OllamaRules("m", "deepseek-r1", "gemma:2b");
    private static final String DONE =
            "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":26,\"eval_count\":5}";
    private static StubUpstream stub;
    private static TestBroker broker;
    private static volatile Script answer = Scripts.stall();

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream().on(request -> RULES.apply(request).orElse(answer));
        TestBroker.Setup setup = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.retry.attempts-per-key", "2")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .provider("ollama", "sized", stub.origin(), "models: [{name: m, context_size: 16384}]");
        for (String id : new String[] {"ollama", "limited", "unsigned", "busy", "spent"}) {
            setup.provider("ollama", id, stub.origin());
        }
        broker = setup.start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static String message(String fields) {
        return "{\"model\":\"m\",\"created_at\":\"2023-12-12T14:13:43.416799Z\",\"message\":{\"role\":\"assistant\","
                + fields + "},";
    }

    private static String line(String fields) {
        return message(fields) + "\"done\":false}\n";
    }

    private static String last() {
        return message("\"content\":\"\"") + DONE + "\n";
    }

    private static Script lines(String... lines) {
        return Scripts.events(lines).headers("content-type", "application/x-ndjson");
    }

    private static Script plain(String fields) {
        return Scripts.status(200, message(fields) + DONE);
    }

    private static JsonNode error(HttpResponse<String> reply) throws Exception {
        return JSON.readTree(reply.body()).path("error");
    }

    private static JsonNode sent() {
        return stub.lastRequest().json();
    }

    // ---- the request

    @Test
    void theContextSizeThatTheOperatorSaidIsAskedFor() throws Exception {
        answer = plain("\"content\":\"Hi\"");
        assertThat(broker.chat("sized/m").statusCode()).isEqualTo(200);
        assertThat(sent().at("/options/num_ctx").asInt()).isEqualTo(16384);
        broker.chat("sized/m", "\"options\":{\"num_ctx\":8192}");
        assertThat(sent().at("/options/num_ctx").asInt()).isEqualTo(8192);
        broker.chat("ollama/m");
        assertThat(sent().has("options")).isFalse();
    }

    @Test
    void ollamasOwnFieldsGoThrough() throws Exception {
        answer = plain("\"content\":\"Hi\"");
        HttpResponse<String> reply = broker.chat(
                "ollama/m",
                "\"keep_alive\":\"10m\",\"options\":{\"num_gpu\":1,\"mirostat\":2},\"think\":false,\"truncate\":true,"
                        + "\"top_k\":7,\"min_p\":0.05");
        assertThat(reply.headers().firstValue("x-serai-params-adapted")).isEmpty();
        assertThat(sent().path("keep_alive").asText()).isEqualTo("10m");
        assertThat(sent().path("options"))
                .isEqualTo(JSON.readTree("{\"num_gpu\":1,\"mirostat\":2,\"top_k\":7,\"min_p\":0.05}"));
        assertThat(sent().path("think").isBoolean()).isTrue();
        assertThat(sent().path("truncate").asBoolean()).isTrue();
    }

    @Test
    void ofTwoWordsForTheSameOptionOpenAisCountsAndTheOtherIsNamed() throws Exception {
        answer = plain("\"content\":\"Hi\"");
        HttpResponse<String> reply =
                broker.chat("ollama/m", "\"temperature\":0.5,\"options\":{\"temperature\":1,\"seed\":3},\"seed\":3");
        assertThat(reply.headers().firstValue("x-serai-params-adapted")).hasValue("options.temperature");
        assertThat(sent().path("options")).isEqualTo(JSON.readTree("{\"temperature\":0.5,\"seed\":3}"));
    }

    @ParameterizedTest
    @CsvSource({
        "none,false,",
        "minimal,low,reasoning_effort",
        "medium,medium,",
        "xhigh,max,reasoning_effort",
        "max,max,"
    })
    void anEffortIsALevelOfThinking(String effort, String think, String adapted) throws Exception {
        answer = plain("\"content\":\"Hi\"");
        HttpResponse<String> reply = broker.chat("ollama/m", "\"reasoning_effort\":\"" + effort + "\"");
        assertThat(sent().path("think").asText()).isEqualTo(think);
        assertThat(reply.headers().firstValue("x-serai-params-adapted").orElse(null))
                .isEqualTo(adapted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"functions\":[{\"name\":\"f\"}]|functions",
                "\"modalities\":[\"text\",\"audio\"]|modalities",
                "\"options\":7|options",
                "\"reasoning_effort\":\"much\"|reasoning_effort",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}|response_format.json_schema.schema",
                "\"tools\":[{\"type\":\"web_search\"}]|tools[0]",
            })
    void whatCanNeitherBeSaidNorLeftOutIsRefused(String field, String param) throws Exception {
        int before = stub.requests().size();
        HttpResponse<String> reply = broker.chat("ollama/m", field);
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(error(reply).path("param").asText()).isEqualTo(param);
        assertThat(stub.requests()).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"file\",\"file\":{\"file_data\":\"data:application/pdf;base64,JVBERg==\"}}|.file",
                "{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}|.input_audio",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:application/pdf;base64,JVBERg==\"}}|.image_url.url",
                "{\"type\":\"video\"}|''",
            })
    void aPartThatIsNeitherTextNorPictureIsRefusedByItsPlace(String part, String param) throws Exception {
        HttpResponse<String> reply = broker.post(
                "/v1/chat/completions",
                "{\"model\":\"ollama/m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":["
                        + part + "]}]}");
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(error(reply).path("param").asText()).isEqualTo("messages[1].content[0]" + param);
    }

    @Test
    void argumentsThatAreNoObjectAreTheClientsMistake() throws Exception {
        HttpResponse<String> reply = broker.post(
                "/v1/chat/completions",
                "{\"model\":\"ollama/m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"city\"}}]}]}");
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(error(reply).path("param").asText()).isEqualTo("messages[0].tool_calls[0].function.arguments");
        assertThat(error(reply).path("code").asText()).isEqualTo("invalid_value");
    }

    @Test
    void aResultNamesTheToolOfTheNearestCallWithItsId() throws Exception {
        answer = plain("\"content\":\"Hi\"");
        String call = "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"call_0\",\"type\":\"function\",\"function\":"
                + "{\"name\":\"%s\",\"arguments\":\"\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"call_0\",\"content\":\"x\"},";
        broker.post(
                "/v1/chat/completions",
                "{\"model\":\"ollama/m\",\"messages\":[" + call.formatted("first") + call.formatted("second")
                        + "{\"role\":\"user\",\"content\":\"go on\"}]}");
        assertThat(sent().at("/messages/1/tool_name").asText()).isEqualTo("first");
        assertThat(sent().at("/messages/3/tool_name").asText()).isEqualTo("second");
        assertThat(sent().at("/messages/0/tool_calls/0/function/arguments").isObject())
                .isTrue();
    }

    @Test
    void inStrictModeWhatCanNotBeSaidIsRefused() throws Exception {
        try (TestBroker strict = TestBroker.with()
                .set("serai.params", "strict")
                .provider("ollama", "ollama", stub.origin())
                .start()) {
            for (String field : new String[] {"n", "frobnicate", "logit_bias", "parallel_tool_calls", "tool_choice"}) {
                String value = field.equals("logit_bias")
                        ? "{\"50256\":-100}"
                        : field.equals("parallel_tool_calls") ? "false" : field.equals("n") ? "2" : "\"required\"";
                HttpResponse<String> reply = strict.chat("ollama/m", "\"" + field + "\":" + value);
                assertThat(reply.statusCode()).as(field).isEqualTo(400);
                assertThat(error(reply).path("param").asText()).isEqualTo(field);
            }
            answer = plain("\"content\":\"Hi\"");
            assertThat(strict.chat("ollama/m", "\"n\":1,\"store\":false,\"logit_bias\":{},\"parallel_tool_calls\":true")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    // ---- the answer

    @Test
    void aCallWithoutAnIdGetsOneThatNoOtherHas() throws Exception {
        answer = plain("\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}},"
                + "{\"function\":{\"name\":\"f\",\"arguments\":{}}}]");
        JsonNode calls = JSON.readTree(broker.chat("ollama/m").body()).at("/choices/0/message/tool_calls");
        assertThat(calls).hasSize(2).allSatisfy(c -> {
            assertThat(c.path("id").asText()).matches("call_[0-9a-f]{32}");
            assertThat(c.at("/function/arguments").asText()).isEqualTo("{}");
        });
        assertThat(calls.at("/0/id")).isNotEqualTo(calls.at("/1/id"));
    }

    @Test
    void likelihoodsHaveOpenAisShape() throws Exception {
        answer = Scripts.status(
                200,
                message("\"content\":\"Hi\"")
                        + "\"logprobs\":[{\"token\":\"Hi\",\"logprob\":-0.5,\"bytes\":[72,105],\"top_logprobs\":[{\"token\":\"Hi\","
                        + "\"logprob\":-0.5}]}]," + DONE);
        HttpResponse<String> reply = broker.chat("ollama/m", "\"logprobs\":true,\"top_logprobs\":1");
        assertThat(sent().path("logprobs").asBoolean()).isTrue();
        assertThat(sent().path("top_logprobs").asInt()).isEqualTo(1);
        String shape =
                "{\"content\":[{\"token\":\"Hi\",\"logprob\":-0.5,\"bytes\":[72,105],\"top_logprobs\":[{\"token\":\"Hi\","
                        + "\"logprob\":-0.5,\"bytes\":null}]}],\"refusal\":null}";
        assertThat(JSON.readTree(reply.body()).at("/choices/0/logprobs")).isEqualTo(JSON.readTree(shape));

        answer = lines(
                message("\"content\":\"Hi\"")
                        + "\"logprobs\":[{\"token\":\"Hi\",\"logprob\":-0.5,\"bytes\":[72,105],\"top_logprobs\":[{\"token\":\"Hi\","
                        + "\"logprob\":-0.5}]}],\"done\":false}\n",
                last());
        assertThat(broker.chat("ollama/m", "\"stream\":true").body())
                .contains("\"delta\":{\"content\":\"Hi\"},\"logprobs\":" + shape);
    }

    @Test
    void aCountThatAStreamDoesNotSayIsEstimated() throws Exception {
        try (RequestLog log = new RequestLog()) {
            answer = lines(
                    line("\"content\":\"Hi\""),
                    message("\"content\":\"\"") + "\"done\":true,\"done_reason\":\"stop\",\"eval_count\":3}\n");
            HttpResponse<String> reply = broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("ollama/m", "\"stream\":true,\"stream_options\":{\"include_usage\":true}"),
                    "content-type",
                    "application/json",
                    "x-request-id",
                    "no-count-streamed");
            assertThat(reply.body())
                    .contains("\"completion_tokens\":3,")
                    .containsPattern("\"prompt_tokens\":[1-9]")
                    .containsOnlyOnce("\"prompt_tokens\"");
            assertThat(log.await("no-count-streamed")).containsEntry("out", "3");
        }
    }

    @Test
    void aCountThatIsNotSaidIsEstimated() throws Exception {
        try (RequestLog log = new RequestLog()) {
            answer = Scripts.status(
                    200,
                    message("\"content\":\"Hi\"") + "\"done\":true,\"eval_count\":3}"); // its prompt was in the cache
            HttpResponse<String> reply = broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("ollama/m"),
                    "content-type",
                    "application/json",
                    "x-request-id",
                    "no-count");
            JsonNode usage = JSON.readTree(reply.body()).path("usage");
            assertThat(usage.path("completion_tokens").asInt()).isEqualTo(3);
            assertThat(usage.path("prompt_tokens").asInt()).isPositive();
            assertThat(log.await("no-count")).containsEntry("out", "3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theModelIsCalledWhatTheClientCalledItWhereThatIsSet(boolean counted) throws Exception {
        try (TestBroker echoing = TestBroker.with()
                        .set("serai.response.echo-model", "true")
                        .provider("ollama", "o", stub.origin())
                        .start();
                RequestLog log = new RequestLog()) {
            String end = counted ? last() : message("\"content\":\"\"") + "\"done\":true,\"done_reason\":\"stop\"}\n";
            answer = lines(
                    line("\"content\":\"Hi\"").replace("\"m\"", "\"m:latest\""), end.replace("\"m\"", "\"m:latest\""));
            HttpResponse<String> reply = echoing.post(
                    "/v1/chat/completions",
                    TestBroker.body("o/m", "\"stream\":true,\"stream_options\":{\"include_usage\":true}"),
                    "content-type",
                    "application/json",
                    "x-request-id",
                    "echoed");
            assertThat(reply.body())
                    .contains("\"model\":\"o/m\"")
                    .contains("\"prompt_tokens\"")
                    .doesNotContain("latest");
            log.await("echoed");
        }
    }

    // ---- what goes wrong

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // server/routes.go
                "ollama|400|does not know|400|invalid_request_error|",
                "ollama|400|\"gemma:2b\" does not support tools|400|invalid_request_error|invalid_value",
                "ollama|404|model \"x\" not found, try pulling it first|404|invalid_request_error|model_not_found",
                "ollama|403|ollama cloud is disabled|404|invalid_request_error|model_not_found",
                "ollama|500|model requires more system memory (8 GiB) than is available (4 GiB)|502|api_error|upstream_error",
                "ollama|500|option \"seed\" must be of type integer|400|invalid_request_error|invalid_value",
                "ollama|502|cannot reach the cloud|502|api_error|upstream_error",
                "unsigned|401|unauthorized|502|api_error|upstream_credentials_exhausted",
                "spent|402|payment required|429|insufficient_quota|insufficient_quota",
                "limited|429|too many requests|429|rate_limit_error|rate_limit_exceeded",
                // server/sched.go, ErrMaxQueue
                "busy|503|server busy, please try again.  maximum pending requests exceeded|503|api_error|no_available_target",
                // llm/llama_server.go
                "ollama|400|the prompt is longer than the context length currently available to the model|400|"
                        + "invalid_request_error|context_length_exceeded",
                "ollama|400|request (302 tokens) exceeds the available context size (256 tokens), try increasing it|400|"
                        + "invalid_request_error|context_length_exceeded",
                "ollama|500|the input length exceeds the context length|400|invalid_request_error|context_length_exceeded",
            })
    void anErrorIsKnownByItsStatusAndWhereItHasNoneByItsWords(
            String provider, int status, String words, int told, String type, String code) throws Exception {
        answer = OllamaRules.error(status, words);
        for (String stream : new String[] {"false", "true"}) {
            HttpResponse<String> reply = broker.chat(provider + "/m", "\"stream\":" + stream);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(told);
            assertThat(error(reply).path("type").asText()).isEqualTo(type);
            assertThat(error(reply).path("code").asText(null)).isEqualTo(code);
            if (told == status && told < 429) { // of a limit or a credential only the broker speaks
                assertThat(error(reply).path("message").asText()).contains(words);
            }
        }
    }

    @Test
    void aModelThatOllamaDoesNotHaveIsNotFound() throws Exception {
        HttpResponse<String> reply = broker.chat("ollama/nosuch");
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(error(reply).path("message").asText()).contains("model 'nosuch' not found");
    }

    @Test
    void anAddressWhereNoOllamaIsBreaksTheAnswer() throws Exception {
        answer = Scripts.status(404, "404 page not found", "content-type", "text/plain");
        HttpResponse<String> reply = broker.chat("ollama/m");
        assertThat(reply.statusCode()).isEqualTo(502);
    }

    @Test
    void aModelThatCanNotThinkIsAskedAgainWithoutAndItIsNamed() throws Exception {
        stub.enqueue(OllamaRules.error(400, "\"m\" does not support thinking"));
        answer = plain("\"content\":\"Hi\"");
        HttpResponse<String> reply = broker.chat("ollama/m", "\"reasoning_effort\":\"high\"");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("x-serai-params-adapted")).hasValue("reasoning_effort");
        assertThat(sent().has("think")).isFalse();
    }

    @Test
    void anErrorAsTheFirstLineHasItsOwnStatus() throws Exception {
        answer = lines("{\"error\":\"an error was encountered while running the model\"}\n");
        assertThat(broker.chat("ollama/m", "\"stream\":true").statusCode()).isEqualTo(502);
    }

    @Test
    void anErrorAfterTextIsTheLastEvent() throws Exception {
        answer = lines(
                line("\"content\":\" Yes\""), "{\"error\":\"an error was encountered while running the model\"}\n");
        String body = broker.chat("ollama/m", "\"stream\":true").body();
        assertThat(body).contains("\"content\":\" Yes\"", "data: {\"error\":").doesNotContain("[DONE]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<html></html>",
                "{\"model\":\"m\"}",
                "[]",
                "{\"message\":{\"content\":\"Hi\"},\"done\":false}",
                "{\"mess"
            })
    void anAnswerThatIsNoneIsNotPassedOn(String body) throws Exception {
        answer = Scripts.status(200, body);
        HttpResponse<String> reply = broker.chat("ollama/m");
        assertThat(reply.statusCode()).isEqualTo(502);
        assertThat(error(reply).path("code").asText()).isEqualTo("upstream_error");
    }

    // ---- a client that leaves

    @ParameterizedTest
    @CsvSource({"true,headers", "true,first", "true,middle", "false,headers", "false,first"})
    void ollamaStopsWhenTheClientLeaves(boolean stream, String phase) throws Exception {
        CompletableFuture<Void> there = new CompletableFuture<>();
        answer = exchange -> {
            if (!phase.equals("headers")) {
                exchange.startChunks(200, "content-type", stream ? "application/x-ndjson" : "application/json");
            }
            if (phase.equals("middle")) {
                exchange.chunk(line("\"content\":\"one\"").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            there.complete(null);
            exchange.awaitPeerClosed();
        };
        try (RequestLog log = new RequestLog()) {
            String id = "left-ollama-" + stream + phase;
            int before = stub.requests().size();
            RawClient client = new RawClient(broker).chat(id, TestBroker.body("ollama/m", "\"stream\":" + stream));
            RecordedRequest request = stub.awaitRequests(before + 1).get(before);
            there.join();
            if (phase.equals("middle")) {
                client.awaitText("one");
            }
            client.close();
            request.awaitPeerClosed(Duration.ofSeconds(1));
            assertThat(log.await(id)).containsEntry("outcome", "CLIENT_CANCELLED");
        }
    }

    // ---- embeddings

    @Test
    void embeddingsComeBackInOpenAisShape() throws Exception {
        // docs/api.md, Generate Embeddings
        answer = Scripts.status(
                200,
                "{\"model\":\"m\",\"embeddings\":[[0.010071029, -0.5],[1,2e-3]],\"total_duration\":14143917,\"prompt_eval_count\":8}");
        HttpResponse<String> reply = broker.post(
                "/v1/embeddings",
                "{\"model\":\"ollama/m\",\"input\":[\"Why is the sky blue?\",\"Why is the grass green?\"],\"dimensions\":2,"
                        + "\"user\":\"u\"}");
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(JSON.readTree(reply.body()))
                .isEqualTo(JSON.readTree(
                        "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":"
                                + "[0.010071029,-0.5]},{\"object\":\"embedding\",\"index\":1,\"embedding\":[1,2e-3]}],\"model\":\"m\","
                                + "\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}"));
        assertThat(reply.headers().firstValue("x-serai-params-adapted")).hasValue("user");
        assertThat(stub.lastRequest().path()).isEqualTo("/api/embed");
        assertThat(sent())
                .isEqualTo(JSON.readTree(
                        "{\"model\":\"m\",\"input\":[\"Why is the sky blue?\",\"Why is the grass green?\"],"
                                + "\"dimensions\":2,\"truncate\":false}"));
    }

    @Test
    void embeddingsComeAsBase64WhenAskedForSo() throws Exception {
        answer = Scripts.status(200, "{\"model\":\"m\",\"embeddings\":[[1,-2]]}");
        HttpResponse<String> reply = broker.post(
                "/v1/embeddings", "{\"model\":\"ollama/m\",\"input\":\"a\",\"encoding_format\":\"base64\"}");
        // 1.0 and -2.0 as little-endian floats: 00 00 80 3f 00 00 00 c0
        assertThat(JSON.readTree(reply.body()).at("/data/0/embedding").asText()).isEqualTo("AACAPwAAAMA=");
        assertThat(sent().path("input")).isEqualTo(JSON.readTree("[\"a\"]"));
    }

    @Test
    void tokensCanNotBeEmbedded() throws Exception {
        HttpResponse<String> reply = broker.post("/v1/embeddings", "{\"model\":\"ollama/m\",\"input\":[[1,2],[3]]}");
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(error(reply).path("param").asText()).isEqualTo("input");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"embeddings\":[]}",
                "{\"embeddings\":[[1],[2]]}",
                "{\"embeddings\":[[1",
                "{\"embeddings\":7}",
                "7"
            })
    void anAnswerWithoutAVectorForEachInputIsNotPassedOn(String body) throws Exception {
        answer = Scripts.status(200, body);
        assertThat(broker.post("/v1/embeddings", "{\"model\":\"ollama/m\",\"input\":\"a\"}")
                        .statusCode())
                .isEqualTo(502);
    }
}
