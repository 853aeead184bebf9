package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.serai.broker.TestBroker;
import io.serai.stub.OllamaRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users of OpenAI's own client get from a model at Ollama. Answers: docs/api.md of github.com/ollama/ollama. */
final class OllamaClientTest {
    private static final OllamaRules RULES = new OllamaRules("llama3.2");
    private static final String END =
            "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":26,\"eval_count\":5}\n";
    private static StubUpstream stub;
    private static TestBroker broker;
    private static OpenAIClient client;
    private static volatile Script answer = Scripts.stall();

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream().on(request -> RULES.apply(request).orElse(answer));
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .provider("ollama", "ollama", stub.origin())
                .start();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(broker.url("/v1"))
                .apiKey("not-needed-here")
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
        stub.close();
    }

    private static String message(String fields) {
        return "{\"model\":\"llama3.2\",\"created_at\":\"2025-07-07T20:22:19.184789Z\",\"message\":{\"role\":\"assistant\","
                + fields + "},";
    }

    private static Script stream(String... messages) {
        String[] lines = new String[messages.length + 1];
        for (int i = 0; i < messages.length; i++) {
            lines[i] = message(messages[i]) + "\"done\":false}\n";
        }
        lines[messages.length] = message("\"content\":\"\"") + END;
        return Scripts.events(lines).headers("content-type", "application/x-ndjson");
    }

    private static ChatCompletionCreateParams.Builder asking(String prompt) {
        return ChatCompletionCreateParams.builder().model("ollama/llama3.2").addUserMessage(prompt);
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

    private static ChatCompletion whole(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params)) {
            response.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static List<ChatCompletionMessageFunctionToolCall> calls(ChatCompletion completion) {
        return completion.choices().get(0).message().toolCalls().orElse(List.of()).stream()
                .map(call -> call.asFunction())
                .toList();
    }

    @Test
    void aStreamOfTextArrivesInOrder() {
        answer = stream("\"content\":\"Good \"", "\"content\":\"morning\"");
        ChatCompletion completion = whole(asking("Hello").build());
        assertThat(completion.choices().get(0).message().content()).hasValue("Good morning");
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
    }

    @Test
    void aToolIsCalledAnsweredAndTalkedAbout() {
        answer = stream(
                "\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Tokyo\"}}}]",
                "\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"get_weather\",\"arguments\":{\"city\":\"K\u00f6ln\"}}}]");
        ChatCompletion first = whole(asking("Weather?").addTool(tool()).build());
        assertThat(first.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(calls(first))
                .extracting(c -> c.function().arguments())
                .containsExactly("{\"city\":\"Tokyo\"}", "{\"city\":\"K\u00f6ln\"}");

        answer = Scripts.status(200, message("\"content\":\"It is mild.\"") + END);
        ChatCompletionCreateParams.Builder next = asking("Weather?")
                .addTool(tool())
                .addMessage(first.choices().get(0).message());
        calls(first)
                .forEach(c -> next.addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(c.id())
                        .content("21 degrees")
                        .build()));
        ChatCompletion second = client.chat().completions().create(next.build());
        assertThat(second.choices().get(0).message().content()).hasValue("It is mild.");
        JsonNode sent = stub.lastRequest().json().path("messages");
        assertThat(sent.at("/1/tool_calls/1/function/arguments/city").asText()).isEqualTo("K\u00f6ln");
        assertThat(sent.at("/2/tool_name").asText()).isEqualTo("get_weather");
        assertThat(sent.at("/3/tool_call_id").asText())
                .isEqualTo(calls(first).get(1).id());
    }

    @Test
    void aPictureReachesTheModel() {
        answer = Scripts.status(200, message("\"content\":\"A pixel.\"") + END);
        client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model("ollama/llama3.2")
                        .addUserMessageOfArrayOfContentParts(
                                List.of(ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                                        .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                                .url("data:image/png;base64,iVBORw0KGgo=")
                                                .build())
                                        .build())))
                        .build());
        assertThat(stub.lastRequest().json().at("/messages/0/images/0").asText())
                .isEqualTo("iVBORw0KGgo=");
    }

    @Test
    void errorsAreTheClientsOwnExceptions() {
        NotFoundException unknown = catchThrowableOfType(
                NotFoundException.class,
                () -> client.chat()
                        .completions()
                        .create(asking("Hello").model("ollama/nosuch").build()));
        assertThat(unknown.code()).hasValue("model_not_found");
        answer = OllamaRules.error(400, "the input length exceeds the context length");
        BadRequestException tooLong = catchThrowableOfType(
                BadRequestException.class, () -> whole(asking("Hello").build()));
        assertThat(tooLong.code()).hasValue("context_length_exceeded");
    }

    @Test
    void vectorsArriveAsNumbers() {
        answer = Scripts.status(200, "{\"model\":\"llama3.2\",\"embeddings\":[[0.5,-2]],\"prompt_eval_count\":8}");
        CreateEmbeddingResponse response = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("ollama/llama3.2")
                        .input("Hello")
                        .build());
        assertThat(response.data().get(0).embedding()).containsExactly(0.5f, -2f);
        assertThat(response.usage().promptTokens()).isEqualTo(8);
    }

    @Test
    void aStreamThatTheClientClosesIsClosedAtOllama() {
        answer = exchange -> {
            exchange.startChunks(200, "content-type", "application/x-ndjson");
            exchange.chunk((message("\"content\":\"one\"") + "\"done\":false}\n")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exchange.awaitPeerClosed();
        };
        int before = stub.requests().size();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(asking("Hello").build())) {
            assertThat(response.stream().findFirst()).isPresent();
        }
        RecordedRequest request = stub.awaitRequests(before + 1).get(before);
        request.awaitPeerClosed(Duration.ofSeconds(2));
    }
}
