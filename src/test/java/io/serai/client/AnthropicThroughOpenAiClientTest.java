package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.SseException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ReasoningEffort;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import io.serai.broker.TestBroker;
import io.serai.stub.AnthropicRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's own client in front, Anthropic behind, and nothing configured but the key in the environment. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AnthropicThroughOpenAiClientTest {
    private static final String MODEL = "anthropic/claude-haiku-4-5";
    private final StubUpstream stub = new StubUpstream();
    private final AnthropicRules rules = new AnthropicRules();
    private volatile Script answer = Scripts.stall();
    private TestBroker broker;
    private OpenAIClient client;

    @BeforeAll
    void start() throws Exception {
        broker = TestBroker.with()
                .env("ANTHROPIC_API_KEY", "sk-ant-from-the-environment")
                .env("ANTHROPIC_BASE_URL", stub.origin())
                .set("serai.retry.max-wait", "0")
                .start();
        stub.on(request -> rules.apply(request).orElse(answer));
        client = OpenAIOkHttpClient.builder()
                .baseUrl(broker.url("/v1"))
                .apiKey("not-needed-here")
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        broker.close();
        stub.close();
    }

    private static Script message(String blocks, String stop) {
        return Scripts.status(
                200,
                "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-haiku-4-5\",\"content\":["
                        + blocks + "],\"stop_reason\":\"" + stop
                        + "\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":12,\"output_tokens\":6}}");
    }

    private static Script stream(String name) throws Exception {
        try (InputStream in =
                AnthropicThroughOpenAiClientTest.class.getResourceAsStream("/streams/anthropic/" + name + ".sse")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Scripts.events(
                    Arrays.stream(text.split("\n\n")).map(e -> e + "\n\n").toArray(String[]::new));
        }
    }

    private static ChatCompletionCreateParams.Builder asking(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("What is the weather in Paris?");
    }

    private static ChatCompletionFunctionTool tool() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .build())
                        .build())
                .build();
    }

    private ChatCompletion streamed(ChatCompletionCreateParams.Builder params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params.build())) {
            response.stream().forEach(chunks::add);
        }
        chunks.forEach(accumulator::accumulate);
        return accumulator.chatCompletion();
    }

    @Test
    void toolsAndSignedThinkingSurviveATurn() throws Exception {
        answer = message(
                "{\"type\":\"thinking\",\"thinking\":\"I have to\\n look.\",\"signature\":\"EqQB+sig/==\"},"
                        + "{\"type\":\"tool_use\",\"id\":\"toolu_01A\",\"name\":\"get_weather\",\"input\":{\"city\":\"Paris\"}}",
                "tool_use");
        ChatCompletionCreateParams.Builder params =
                asking(MODEL).addTool(tool()).reasoningEffort(ReasoningEffort.LOW);
        ChatCompletionMessage said = client.chat()
                .completions()
                .create(params.build())
                .choices()
                .get(0)
                .message();
        var call = said.toolCalls().orElseThrow().get(0).asFunction();
        assertThat(call.function().arguments()).isEqualTo("{\"city\":\"Paris\"}");
        assertThat(said._additionalProperties()).containsKeys("reasoning_content", "thinking_blocks");

        answer = message("{\"type\":\"text\",\"text\":\"Mild.\"}", "end_turn");
        // the client leaves out what it does not know, unless it is told to keep it
        params.addMessage(said.toParam().toBuilder()
                        .putAdditionalProperty(
                                "thinking_blocks", said._additionalProperties().get("thinking_blocks"))
                        .build())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("21 degrees")
                        .build());
        ChatCompletion second = client.chat().completions().create(params.build());

        assertThat(second.choices().get(0).message().content()).hasValue("Mild.");
        JsonNode sent = stub.lastRequest().json();
        assertThat(sent.path("thinking").path("type").asText()).isEqualTo("enabled");
        assertThat(sent.path("messages").path(1).path("content")).isEqualTo(new ObjectMapper().readTree("""
                [{"type":"thinking","thinking":"I have to\\n look.","signature":"EqQB+sig/=="},
                 {"type":"tool_use","id":"toolu_01A","name":"get_weather","input":{"city":"Paris"}}]"""));
        assertThat(sent.at("/messages/2/content/0/tool_use_id").asText()).isEqualTo("toolu_01A");
    }

    @Test
    void parallelToolsAreStreamedEachToItsOwn() throws Exception {
        answer = stream("parallel-tools");

        ChatCompletion whole = streamed(asking(MODEL)
                .addTool(tool())
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build()));

        var calls = whole.choices().get(0).message().toolCalls().orElseThrow();
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0).asFunction().function().arguments()).isEqualTo("{\"city\": \"Paris\"}");
        assertThat(calls.get(1).asFunction().id()).isEqualTo("toolu_01B");
        assertThat(calls.get(1).asFunction().function().arguments()).isEqualTo("{}");
        assertThat(whole.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(whole.usage().orElseThrow().promptTokens()).isEqualTo(410);
        assertThat(stub.lastRequest().header("x-api-key")).isEqualTo("sk-ant-from-the-environment");
    }

    @Test
    void aNameOfTheCatalogueReachesAnthropic() {
        answer = message("{\"type\":\"text\",\"text\":\"Hi.\"}", "end_turn");

        ChatCompletion reply =
                client.chat().completions().create(asking("claude-opus-4.8").build());

        assertThat(reply.choices().get(0).message().content()).hasValue("Hi.");
        assertThat(stub.lastRequest().model()).isEqualTo("claude-opus-4-8");
        assertThat(stub.lastRequest().json().path("max_tokens").asInt()).isEqualTo(128000);
    }

    @Test
    void anErrorOfTheVendorsIsTheClientsException() {
        answer = AnthropicRules.error(404, "not_found_error", "model: claude-nope");

        NotFoundException e = catchThrowableOfType(
                NotFoundException.class,
                () -> client.chat()
                        .completions()
                        .create(asking("anthropic/claude-nope").build()));

        assertThat(e.code()).hasValue("model_not_found");
    }

    @Test
    void anErrorInTheMiddleIsRaised() throws Exception {
        answer = stream("overloaded.error");

        SseException e = catchThrowableOfType(SseException.class, () -> streamed(asking(MODEL)));

        assertThat(e).hasMessageContaining("Overloaded");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theVendorIsToldWhenTheClientLeaves(boolean stream) throws Exception {
        CompletableFuture<Void> there = new CompletableFuture<>();
        answer = exchange -> {
            exchange.startChunks(200, "content-type", stream ? "text/event-stream" : "application/json");
            if (stream) {
                exchange.chunk(("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                                + "\"delta\":{\"type\":\"text_delta\",\"text\":\"one\"}}\n\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
            there.complete(null);
            exchange.awaitPeerClosed();
        };
        int before = stub.requests().size();
        var call = broker.http()
                .sendAsync(
                        broker.request("/v1/chat/completions")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                        TestBroker.body(MODEL, "\"stream\":" + stream)))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        there.join();
        RecordedRequest request = stub.requests().get(before);

        call.cancel(true);

        request.awaitPeerClosed(Duration.ofSeconds(5));
    }
}
