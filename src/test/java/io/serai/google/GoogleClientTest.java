package io.serai.google;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.SseException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.serai.broker.TestBroker;
import io.serai.stub.GoogleRules;
import io.serai.stub.Scripts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users of OpenAI's own client get from Gemini. */
final class GoogleClientTest {
    private static final String MODEL = "gemini-3-flash-preview";
    private static final String SIGNATURE = "CpsBAcu98PDb8Xp0vJ1Z";
    private static final String CALLS = Gemini.answer(
            "{\"functionCall\":{\"name\":\"get_weather\",\"args\":{\"city\":\"Paris\"}},\"thoughtSignature\":\""
                    + SIGNATURE + "\"},{\"functionCall\":{\"name\":\"get_weather\",\"args\":{\"city\":\"Rome\"}}}",
            "STOP");

    private Gemini gemini;
    private TestBroker broker;
    private OpenAIClient client;

    @BeforeEach
    void start() throws Exception {
        gemini = new Gemini();
        broker = gemini.broker().set("serai.retry.max-wait", "0").start();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(broker.url("/v1"))
                .apiKey("none")
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        broker.close();
        gemini.close();
    }

    private static ChatCompletionCreateParams.Builder asking() {
        return ChatCompletionCreateParams.builder()
                .model("google/" + MODEL)
                .addUserMessage("The weather in Paris and Rome?")
                .addTool(ChatCompletionFunctionTool.builder()
                        .function(FunctionDefinition.builder()
                                .name("get_weather")
                                .strict(true)
                                .parameters(FunctionParameters.builder()
                                        .putAdditionalProperty("type", JsonValue.from("object"))
                                        .putAdditionalProperty(
                                                "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                        .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                        .build())
                                .build())
                        .build());
    }

    private static List<ChatCompletionMessageFunctionToolCall> calls(ChatCompletion completion) {
        return completion.choices().get(0).message().toolCalls().orElse(List.of()).stream()
                .map(call -> call.asFunction())
                .toList();
    }

    private ChatCompletion streamed(ChatCompletionCreateParams params) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(params)) {
            response.stream().forEach(whole::accumulate);
        }
        return whole.chatCompletion();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void toolsAreCalledOverTwoTurns(boolean stream) throws Exception {
        gemini.on(MODEL, stream ? Scripts.events("data: " + CALLS + "\n\n") : Scripts.status(200, CALLS));
        ChatCompletionCreateParams.Builder params = asking();
        ChatCompletion first =
                stream ? streamed(params.build()) : client.chat().completions().create(params.build());
        assertThat(calls(first))
                .extracting(c -> c.function().arguments())
                .containsExactly("{\"city\":\"Paris\"}", "{\"city\":\"Rome\"}");
        gemini.on(MODEL, Scripts.status(200, Gemini.HELLO));
        params.addMessage(first.choices().get(0).message());
        for (ChatCompletionMessageFunctionToolCall call : calls(first)) {
            params.addMessage(ChatCompletionToolMessageParam.builder()
                    .toolCallId(call.id())
                    .content("mild")
                    .build());
        }

        ChatCompletion second = client.chat().completions().create(params.build());

        assertThat(second.choices().get(0).message().content()).hasValue("Hello.");
        JsonNode parts = gemini.sent().path("contents").path(1).path("parts");
        assertThat(parts.path(0).path("thoughtSignature").asText()).isEqualTo(SIGNATURE);
        assertThat(parts.path(1).has("thoughtSignature")).isFalse();
        assertThat(gemini.sent().path("contents").path(2).path("parts").findValuesAsText("name"))
                .containsExactly("get_weather", "get_weather");
    }

    @Test
    void theSignatureStandsInTheStreamToo() {
        gemini.on(MODEL, Scripts.events("data: " + CALLS + "\n\n"));
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(asking().build())) {
            List<JsonValue> extras = response.stream()
                    .flatMap(c -> c.choices().stream())
                    .flatMap(c -> c.delta().toolCalls().stream().flatMap(List::stream))
                    .map(t -> t._additionalProperties().get("extra_content"))
                    .filter(e -> e != null)
                    .toList();

            assertThat(extras)
                    .containsExactly(JsonValue.from(Map.of("google", Map.of("thought_signature", SIGNATURE))));
        }
    }

    @Test
    void errorsAreTyped() {
        gemini.on(MODEL, Scripts.status(404, GoogleRules.error(404, "models/x is not found", "NOT_FOUND", "", "")));
        NotFoundException missing = catchThrowableOfType(
                NotFoundException.class, () -> client.chat().completions().create(asking().build()));
        assertThat(missing.code()).hasValue("model_not_found");
        gemini.on(MODEL, Scripts.status(429, GoogleRules.error(429, "Slow down.", "RESOURCE_EXHAUSTED", "", "")));
        RateLimitException limited = catchThrowableOfType(RateLimitException.class, () -> streamed(asking().build()));
        assertThat(limited.headers().values("retry-after")).hasSize(1);
    }

    @Test
    void anErrorInAStreamIsRaised() {
        String event = "data: "
                + Gemini.answer("{\"text\":\"The capital\"}", "").replace("\"finishReason\":\"\",", "") + "\n\n";
        gemini.on(
                MODEL,
                Scripts.events(
                        event,
                        "data: " + GoogleRules.error(503, "The model is overloaded.", "UNAVAILABLE", "", "") + "\n\n"));
        assertThat(catchThrowableOfType(SseException.class, () -> streamed(asking().build())))
                .hasMessageContaining("overloaded");
    }

    @Test
    void aStreamThatTheClientClosesIsClosedAtGoogle() {
        byte[] event = ("data: " + Gemini.answer("{\"text\":\"on \"}", "").replace("\"finishReason\":\"\",", "")
                        + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
        gemini.on(MODEL, exchange -> {
            exchange.startChunks(200, "content-type", "text/event-stream");
            while (true) {
                exchange.chunk(event);
                exchange.pause(Duration.ofMillis(10));
            }
        });
        try (StreamResponse<ChatCompletionChunk> response =
                client.chat().completions().createStreaming(asking().build())) {
            assertThat(response.stream().limit(3)).hasSize(3);
        }
        gemini.stub.lastRequest().awaitPeerClosed(Duration.ofSeconds(1));
    }

    @Test
    void textsBecomeVectors() {
        gemini.on(
                "gemini-embedding-001",
                Scripts.status(200, "{\"embeddings\":[{\"values\":[0.5,-1]},{\"values\":[0.25,3]}]}"));

        CreateEmbeddingResponse answer = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("google/gemini-embedding-001")
                        .inputOfArrayOfStrings(List.of("one", "two"))
                        .dimensions(2)
                        .build());

        assertThat(answer.data().get(0).embedding()).containsExactly(0.5f, -1f);
        assertThat(answer.data().get(1).embedding()).containsExactly(0.25f, 3f);
        assertThat(answer.usage().promptTokens()).isPositive();
        assertThat(gemini.sent().path("requests").path(1).toString())
                .isEqualTo("{\"model\":\"models/gemini-embedding-001\",\"content\":{\"parts\":[{\"text\":\"two\"}]},"
                        + "\"outputDimensionality\":2}");
    }
}
