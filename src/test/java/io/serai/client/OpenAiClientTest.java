package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.models.Model;
import com.openai.models.moderations.ModerationCreateParams;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users of OpenAI's own client get from the broker, with a provider behind it and with the built-in model. */
final class OpenAiClientTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCHEMA = """
            {"type":"object","properties":{"zebra":{"type":"string"},"apple":{"type":"number","minimum":1.0},\
            "$nested":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/deep"}]}},"required":["zebra","apple"],\
            "additionalProperties":false,"$defs":{"deep":{"type":"array","items":{"type":"integer"}}}}""";

    private StubUpstream stub;
    private TestBroker broker;
    private OpenAIClient client;

    @BeforeEach
    void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .provider("acme", stub, "models: [{name: m}, {name: some/deep/model}]")
                .start();
        client = client("not-needed-here");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        broker.close();
        stub.close();
    }

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(broker.url("/v1"))
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private static ChatCompletionCreateParams.Builder asking(String model, String prompt) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(prompt);
    }

    private static String text(ChatCompletion completion) {
        return completion.choices().get(0).message().content().orElse("");
    }

    private static ChatCompletionFunctionTool tool() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .description("The weather of a city.")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                .build())
                        .build())
                .build();
    }

    private static ResponseFormatJsonSchema format() throws IOException {
        ResponseFormatJsonSchema.JsonSchema.Schema.Builder schema =
                ResponseFormatJsonSchema.JsonSchema.Schema.builder();
        JSON.readTree(SCHEMA)
                .properties()
                .forEach(p -> schema.putAdditionalProperty(p.getKey(), JsonValue.fromJsonNode(p.getValue())));
        return ResponseFormatJsonSchema.builder()
                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                        .name("fruit")
                        .strict(true)
                        .schema(schema.build())
                        .build())
                .build();
    }

    private List<ChatCompletionChunk> stream(ChatCompletionCreateParams.Builder params) {
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params.build())) {
            response.stream().forEach(chunks::add);
        }
        return chunks;
    }

    private static ChatCompletion whole(List<ChatCompletionChunk> chunks) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        chunks.forEach(accumulator::accumulate);
        return accumulator.chatCompletion();
    }

    private static List<ChatCompletionMessageFunctionToolCall> calls(ChatCompletion completion) {
        return completion.choices().get(0).message().toolCalls().orElse(List.of()).stream()
                .map(call -> call.asFunction())
                .toList();
    }

    // ---- with a provider

    @Test
    void aChatIsAnswered() {
        stub.enqueue(Scripts.completion("Good morning"));
        ChatCompletion answer =
                client.chat().completions().create(asking("acme/m", "Hello").build());
        assertThat(text(answer)).isEqualTo("Good morning");
        assertThat(answer.model()).isEqualTo("m");
        assertThat(answer.usage().map(CompletionUsage::promptTokens)).hasValue((long) Scripts.PROMPT_TOKENS);
        assertThat(answer.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    }

    @Test
    void aStreamArrivesInOrder() {
        stub.enqueue(Scripts.stream("Good ", "morning", ", world"));
        List<ChatCompletionChunk> chunks = stream(asking("acme/m", "Hello"));
        List<String> words = chunks.stream()
                .flatMap(c -> c.choices().stream())
                .flatMap(c -> c.delta().content().stream())
                .filter(w -> !w.isEmpty())
                .toList();
        assertThat(words).containsExactly("Good ", "morning", ", world");
        assertThat(text(whole(chunks))).isEqualTo("Good morning, world");
        assertThat(chunks).allMatch(c -> c.usage().isEmpty());
    }

    @Test
    void aStreamBringsUsageToThoseWhoAsk() {
        stub.enqueue(Scripts.stream("Hello"));
        List<ChatCompletionChunk> chunks = stream(asking("acme/m", "Hello")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build()));
        ChatCompletionChunk last = chunks.get(chunks.size() - 1);
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage().map(CompletionUsage::completionTokens)).hasValue((long) Scripts.COMPLETION_TOKENS);
    }

    @Test
    void aToolCallArrivesWhole() {
        stub.enqueue(Scripts.toolCall("get_weather", "{\"city\":\"K\u00f6ln\"}"));
        ChatCompletion answer = client.chat()
                .completions()
                .create(asking("acme/m", "Weather?").addTool(tool()).build());
        assertThat(calls(answer)).hasSize(1);
        assertThat(calls(answer).get(0).id()).isEqualTo(Scripts.CALL_ID);
        assertThat(calls(answer).get(0).function().name()).isEqualTo("get_weather");
        assertThat(calls(answer).get(0).function().arguments()).isEqualTo("{\"city\":\"K\u00f6ln\"}");
        assertThat(answer.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
    }

    @Test
    void aToolIsOfferedToTheProviderAsTheClientDescribedIt() {
        client.chat()
                .completions()
                .create(asking("acme/m", "Weather?")
                        .addTool(tool())
                        .parallelToolCalls(false)
                        .build());
        JsonNode sent = stub.lastRequest().json();
        JsonNode parameters = sent.path("tools").path(0).path("function").path("parameters");
        assertThat(parameters.path("additionalProperties").isBoolean()).isTrue();
        assertThat(parameters.path("properties").path("city").path("type").asText())
                .isEqualTo("string");
        assertThat(sent.path("parallel_tool_calls").isBoolean()).isTrue();
    }

    @Test
    void aStreamedToolCallArrivesWhole() {
        stub.enqueue(Scripts.streamToolCall("get_weather", "{\"ci", "ty\":\"K\u00f6", "ln\"}"));
        ChatCompletion answer = whole(stream(asking("acme/m", "Weather?").addTool(tool())));
        assertThat(calls(answer)).hasSize(1);
        assertThat(calls(answer).get(0).function().name()).isEqualTo("get_weather");
        assertThat(calls(answer).get(0).function().arguments()).isEqualTo("{\"city\":\"K\u00f6ln\"}");
    }

    @Test
    void parallelToolCallsArriveEachWhole() {
        String message =
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"finish_reason\":\"tool_calls\",\"logprobs\":null,\"message\":{\"role\":\"assistant\",\"content\":null,"
                        + "\"refusal\":null,\"tool_calls\":[" + call(null, "a", "{\\\"city\\\":\\\"Rome\\\"}") + ","
                        + call(null, "b", "{\\\"city\\\":\\\"Oslo\\\"}") + "]}}]}";
        stub.enqueue(Scripts.status(200, message));
        ChatCompletion answer = client.chat()
                .completions()
                .create(asking("acme/m", "Weather?")
                        .addTool(tool())
                        .parallelToolCalls(true)
                        .build());
        assertThat(calls(answer))
                .extracting(c -> c.function().arguments())
                .containsExactly("{\"city\":\"Rome\"}", "{\"city\":\"Oslo\"}");
    }

    @Test
    void parallelToolCallsOfAStreamArriveEachWhole() {
        stub.enqueue(Scripts.events(
                chunk(call(0, "a", "") + "," + call(1, "b", "")),
                chunk("{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}"),
                chunk("{\"index\":1,\"function\":{\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                chunk("{\"index\":0,\"function\":{\"arguments\":\"\\\"Rome\\\"}\"}}"),
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
                "data: [DONE]\n\n"));
        ChatCompletion answer = whole(stream(asking("acme/m", "Weather?").addTool(tool())));
        assertThat(calls(answer))
                .extracting(c -> c.function().arguments())
                .containsExactly("{\"city\":\"Rome\"}", "{\"city\":\"Oslo\"}");
    }

    private static String call(Integer index, String id, String arguments) {
        return "{" + (index == null ? "" : "\"index\":" + index + ",") + "\"id\":\"" + id
                + "\",\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"arguments\":\"" + arguments
                + "\"}}";
    }

    private static String chunk(String calls) {
        return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"delta\":{\"tool_calls\":[" + calls + "]},\"finish_reason\":null}]}\n\n";
    }

    @Test
    void aJsonSchemaReachesTheProviderAsItWasWritten() throws Exception {
        stub.enqueue(Scripts.completion("{\"zebra\":\"z\",\"apple\":1}"));
        ChatCompletion answer = client.chat()
                .completions()
                .create(asking("acme/m", "Fruit?").responseFormat(format()).build());
        assertThat(text(answer)).isEqualTo("{\"zebra\":\"z\",\"apple\":1}");
        assertThat(stub.lastRequest().text()).contains("\"schema\":" + SCHEMA);
        assertThat(stub.lastRequest().text()).contains("\"strict\":true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:image/png;base64,iVBORw0KGgo=", "https://example.com/cat.png?a=1&b=%20"})
    void anImageReachesTheProviderAsItWasSent(String url) {
        client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model("acme/m")
                        .addUserMessageOfArrayOfContentParts(List.of(
                                ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                        .text("What is this?")
                                        .build()),
                                ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                                        .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                                .url(url)
                                                .detail(ChatCompletionContentPartImage.ImageUrl.Detail.LOW)
                                                .build())
                                        .build())))
                        .build());
        JsonNode parts = stub.lastRequest().json().path("messages").path(0).path("content");
        assertThat(parts.path(0).path("text").asText()).isEqualTo("What is this?");
        assertThat(parts.path(1).path("image_url").path("url").asText()).isEqualTo(url);
        assertThat(parts.path(1).path("image_url").path("detail").asText()).isEqualTo("low");
    }

    @Test
    void aFieldThatTheClientLibraryDoesNotKnowReachesTheProvider() {
        client.chat()
                .completions()
                .create(asking("acme/m", "Hello")
                        .putAdditionalBodyProperty("top_k", JsonValue.from(7))
                        .build());
        assertThat(stub.lastRequest().json().path("top_k").asInt()).isEqualTo(7);
    }

    // ---- models

    @Test
    void modelsAreListed() {
        List<Model> models = client.models().list().data();
        assertThat(models).extracting(Model::id).contains("acme/m", "acme/some/deep/model", "local/echo");
        assertThat(models).allMatch(m -> m.created() > 0 && !m.ownedBy().isEmpty());
    }

    @Test
    void aModelWithSlashesInItsIdIsFound() {
        Model model = client.models().retrieve("acme/some/deep/model");
        assertThat(model.id()).isEqualTo("acme/some/deep/model");
    }

    @Test
    void aModelThatIsNotThereIsNotFound() {
        NotFoundException error = catchThrowableOfType(
                NotFoundException.class, () -> client.models().retrieve("acme/none"));
        assertThat(error.code()).hasValue("model_not_found");
    }

    // ---- errors

    private <E extends OpenAIServiceException> E failing(Class<E> type, String model) {
        return catchThrowableOfType(
                type,
                () -> client.chat().completions().create(asking(model, "Hello").build()));
    }

    @Test
    void anAddressThatTheBrokerDoesNotHaveIsNotFoundInTheUsualShape() {
        NotFoundException error = catchThrowableOfType(
                NotFoundException.class,
                () -> client.moderations()
                        .create(ModerationCreateParams.builder().input("Hello").build()));
        assertThat(error.code()).hasValue("unknown_url");
        assertThat(error.type()).hasValue("invalid_request_error");
    }

    @Test
    void anUnknownModelIsNotFound() {
        NotFoundException error = failing(NotFoundException.class, "acme/mm");
        assertThat(error.code()).hasValue("model_not_found");
        assertThat(error.getMessage()).contains("Did you mean m?");
    }

    @Test
    void aRejectedRequestIsABadRequest() {
        stub.enqueue(
                Scripts.status(
                        400,
                        "{\"error\":{\"message\":\"'n' must be 1.\",\"type\":\"invalid_request_error\",\"param\":\"n\",\"code\":null}}"));
        BadRequestException error = failing(BadRequestException.class, "acme/m");
        assertThat(error.param()).hasValue("n");
        assertThat(error.getMessage()).contains("'n' must be 1.");
    }

    @Test
    void aWrongKeyIsUnauthorized() throws Exception {
        try (TestBroker locked = TestBroker.with()
                        .set("serai.auth.keys", "sk-the-right-one-0001")
                        .provider("acme", stub)
                        .start();
                OpenAIClientCloser wrong = new OpenAIClientCloser(OpenAIOkHttpClient.builder()
                        .baseUrl(locked.url("/v1"))
                        .apiKey("sk-a-wrong-one")
                        .maxRetries(0)
                        .build())) {
            UnauthorizedException error = catchThrowableOfType(
                    UnauthorizedException.class,
                    () -> wrong.client()
                            .chat()
                            .completions()
                            .create(asking("acme/m", "Hello").build()));
            assertThat(error.code()).hasValue("invalid_api_key");
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void theRightKeyOpensTheDoorAndGoesNoFurther() throws Exception {
        try (TestBroker locked = TestBroker.with()
                        .set("serai.auth.keys", "sk-the-right-one-0001")
                        .provider("acme", stub)
                        .start();
                OpenAIClientCloser right = new OpenAIClientCloser(OpenAIOkHttpClient.builder()
                        .baseUrl(locked.url("/v1"))
                        .apiKey("sk-the-right-one-0001")
                        .maxRetries(0)
                        .build())) {
            right.client().chat().completions().create(asking("acme/m", "Hello").build());
            assertThat(stub.lastRequest().headers().toString()).doesNotContain("sk-the-right-one-0001");
        }
    }

    private record OpenAIClientCloser(OpenAIClient client) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }

    @Test
    void aRateLimitSaysWhenToComeBack() {
        stub.enqueue(Scripts.rateLimited(17));
        RateLimitException error = failing(RateLimitException.class, "acme/m");
        assertThat(error.headers().values("retry-after")).containsExactly("17");
        assertThat(error.code()).hasValue("rate_limit_exceeded");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503})
    void aFailingProviderIsAnInternalServerError(int status) {
        stub.enqueue(Scripts.error(status, "Broken.", "server_error", null));
        InternalServerException error = failing(InternalServerException.class, "acme/m");
        assertThat(error.statusCode()).isEqualTo(status == 500 ? 502 : 503);
        assertThat(error.code()).hasValue(status == 500 ? "upstream_error" : "no_available_target");
    }

    @Test
    void aProviderThatTakesTooLongIsAnInternalServerError() throws Exception {
        try (TestBroker hasty = TestBroker.with()
                        .provider("acme", stub, "timeouts: {total: 0.2}")
                        .start();
                OpenAIClientCloser closer = new OpenAIClientCloser(OpenAIOkHttpClient.builder()
                        .baseUrl(hasty.url("/v1"))
                        .apiKey("none")
                        .maxRetries(0)
                        .build())) {
            stub.enqueue(Scripts.stall());
            InternalServerException error = catchThrowableOfType(
                    InternalServerException.class,
                    () -> closer.client()
                            .chat()
                            .completions()
                            .create(asking("acme/m", "Hello").build()));
            assertThat(error.statusCode()).isEqualTo(504);
        }
    }

    @Test
    void theProvidersBadKeyIsNotTheClients() {
        stub.enqueue(Scripts.error(401, "Incorrect API key.", "invalid_request_error", "invalid_api_key"));
        InternalServerException error = failing(InternalServerException.class, "acme/m");
        assertThat(error.statusCode()).isEqualTo(502);
        assertThat(error.code()).hasValue("upstream_credentials_exhausted");
    }

    @Test
    void anErrorBeforeTheFirstWordOfAStreamIsTyped() {
        stub.enqueue(Scripts.rateLimited(17));
        RateLimitException error =
                catchThrowableOfType(RateLimitException.class, () -> stream(asking("acme/m", "Hello")));
        assertThat(error.headers().values("retry-after")).containsExactly("17");
    }

    @Test
    void anErrorInAStreamIsRaisedAfterWhatCameBefore() {
        stub.enqueue(Scripts.streamErrorEvent(3));
        List<String> words = new ArrayList<>();
        SseException error = catchThrowableOfType(SseException.class, () -> {
            try (StreamResponse<ChatCompletionChunk> response = client.chat()
                    .completions()
                    .createStreaming(asking("acme/m", "Hello").build())) {
                response.stream()
                        .flatMap(c -> c.choices().stream())
                        .flatMap(c -> c.delta().content().stream())
                        .filter(w -> !w.isEmpty())
                        .forEach(words::add);
            }
        });
        assertThat(words).containsExactly("one ", "two ");
        assertThat(error.code()).hasValue("upstream_error");
    }

    @Test
    void aStreamThatTheClientClosesIsClosedAtTheProvider() {
        stub.enqueue(Scripts.endlessStream("on ", 10));
        try (StreamResponse<ChatCompletionChunk> response = client.chat()
                .completions()
                .createStreaming(asking("acme/m", "Hello").build())) {
            assertThat(response.stream().limit(3)).hasSize(3);
        }
        stub.lastRequest().awaitPeerClosed(Duration.ofSeconds(1));
    }

    // ---- with the built-in model

    @Test
    void theBuiltInModelAnswers() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(asking("local/echo", "Good morning").build());
        assertThat(text(answer)).isEqualTo("You said: Good morning");
        assertThat(answer.usage().map(CompletionUsage::completionTokens)).hasValue(4L);
        assertThat(answer.usage().map(CompletionUsage::promptTokens)).hasValue(2L);
    }

    @Test
    void theBuiltInModelStreams() {
        List<ChatCompletionChunk> chunks = stream(asking("local/echo", "Good morning"));
        assertThat(text(whole(chunks))).isEqualTo("You said: Good morning");
        assertThat(chunks.size()).isGreaterThan(4);
        assertThat(chunks).allMatch(c -> c.usage().isEmpty());
    }

    @Test
    void theBuiltInModelStreamsUsageToThoseWhoAsk() {
        List<ChatCompletionChunk> chunks = stream(asking("local/echo", "Good morning")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build()));
        assertThat(chunks.get(chunks.size() - 1).usage().map(CompletionUsage::completionTokens))
                .hasValue(4L);
    }

    @Test
    void theBuiltInModelCallsTheToolWhenTold() throws Exception {
        ChatCompletion answer = client.chat()
                .completions()
                .create(asking("local/echo", "Please use the tool.")
                        .addTool(tool())
                        .build());
        assertThat(calls(answer).get(0).function().name()).isEqualTo("get_weather");
        assertThat(JSON.readTree(calls(answer).get(0).function().arguments())
                        .path("city")
                        .isTextual())
                .isTrue();
    }

    @Test
    void theBuiltInModelCallsTheToolInAStream() throws Exception {
        ChatCompletion answer =
                whole(stream(asking("local/echo", "Please use the tool.").addTool(tool())));
        assertThat(calls(answer).get(0).function().name()).isEqualTo("get_weather");
        assertThat(JSON.readTree(calls(answer).get(0).function().arguments())
                        .path("city")
                        .isTextual())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBuiltInModelAnswersByTheSchema(boolean streamed) throws Exception {
        ChatCompletionCreateParams.Builder params =
                asking("local/echo", "Fruit?").responseFormat(format());
        ChatCompletion answer =
                streamed ? whole(stream(params)) : client.chat().completions().create(params.build());
        JsonNode fruit = JSON.readTree(text(answer));
        assertThat(fruit.path("zebra").isTextual()).isTrue();
        assertThat(fruit.path("apple").isNumber()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBuiltInModelFailsWhenTold(boolean streamed) {
        ChatCompletionCreateParams.Builder params = asking("local/echo", "Please fail with 429.");
        Consumer<ChatCompletionCreateParams.Builder> ask =
                p -> client.chat().completions().create(p.build());
        RateLimitException error = catchThrowableOfType(
                RateLimitException.class,
                () -> (streamed ? (Consumer<ChatCompletionCreateParams.Builder>) this::stream : ask).accept(params));
        assertThat(error.headers().values("retry-after")).hasSize(1);
    }

    @Test
    void theBuiltInModelBreaksOffWhenTold() {
        OpenAIException error =
                catchThrowableOfType(OpenAIException.class, () -> stream(asking("local/echo", "Please break off.")));
        assertThat(error).isInstanceOf(SseException.class);
    }
}
