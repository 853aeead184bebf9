package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.SseException;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import io.serai.broker.TestBroker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Legacy completions, by OpenAI's own client where it can ask for it. */
final class CompletionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOOR = "/v1/completions";
    private static StubUpstream stub;
    private static TestBroker broker;
    private static OpenAIClient client;
    /** How many requests the stub had seen before the test. */
    private int before;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.minimum", "1000")
                .set("serai.breaker.window", "1000")
                .provider("acme", stub)
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

    @BeforeEach
    void count() {
        before = stub.requests().size();
        stub.on(request ->
                Scripts.chat("re " + request.json().at("/messages/0/content").asText()));
    }

    private static CompletionCreateParams.Builder asking(String prompt) {
        return CompletionCreateParams.builder().model("acme/m").prompt(prompt);
    }

    private static HttpResponse<String> post(String rest) throws Exception {
        return broker.post(DOOR, "{\"model\":\"acme/m\"," + rest + "}");
    }

    private static JsonNode error(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body()).path("error");
    }

    private static List<Completion> streamed(CompletionCreateParams params) {
        List<Completion> chunks = new ArrayList<>();
        try (StreamResponse<Completion> stream = client.completions().createStreaming(params)) {
            stream.stream().forEach(chunk -> chunks.add(chunk));
        }
        return chunks;
    }

    private static String text(List<Completion> chunks) {
        return String.join(
                "",
                chunks.stream()
                        .flatMap(c -> c.choices().stream())
                        .map(CompletionChoice::text)
                        .toList());
    }

    private List<JsonNode> sent() {
        return stub.requests().stream().skip(before).map(r -> r.json()).toList();
    }

    @Test
    void aPromptIsContinued() {
        Completion completion = client.completions()
                .create(asking("Once upon")
                        .maxTokens(7)
                        .temperature(0.3)
                        .stop("\n")
                        .seed(4)
                        .user("u")
                        .build())
                .validate();
        assertThat(completion.choices().get(0).text()).isEqualTo("re Once upon");
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(CompletionChoice.FinishReason.STOP);
        assertThat(completion.choices().get(0).logprobs()).isEmpty();
        assertThat(completion.id()).isEqualTo("cmpl-stub");
        assertThat(completion.model()).isEqualTo("m");
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(17);
        JsonNode chat = sent().get(0);
        assertThat(chat.toString())
                .contains("\"max_tokens\":7", "\"temperature\":0.3", "\"seed\":4", "\"user\":\"u\"")
                .doesNotContain("prompt");
        assertThat(chat.path("messages").toString()).isEqualTo("[{\"role\":\"user\",\"content\":\"Once upon\"}]");
    }

    @Test
    void nothingIsSentThatWasNotAskedFor() throws Exception {
        assertThat(post("\"prompt\":\"a\"").statusCode()).isEqualTo(200);
        List<String> fields = new ArrayList<>();
        sent().get(0).fieldNames().forEachRemaining(fields::add);
        assertThat(fields).containsExactlyInAnyOrder("model", "messages");
    }

    @Test
    void aStreamHasItsOwnShape() {
        stub.enqueue(Scripts.stream("Once ", "upon ", "a time"));
        List<Completion> chunks = streamed(asking("x").build());
        assertThat(text(chunks)).isEqualTo("Once upon a time");
        assertThat(chunks).hasSize(4).allSatisfy(c -> assertThat(c.usage()).isEmpty());
        assertThat(chunks.get(3).choices().get(0).finishReason()).isEqualTo(CompletionChoice.FinishReason.STOP);
    }

    @Test
    void aStreamEndsAsClientsKnowIt() throws Exception {
        HttpResponse<String> answer = post("\"prompt\":\"x\",\"stream\":true");
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(answer.body())
                .contains("\"object\":\"text_completion\"", "\"text\":\"re x\",\"index\":0,\"logprobs\":null")
                .doesNotContain("delta", "chat.completion", "usage")
                .endsWith("data: [DONE]\n\n");
    }

    @Test
    void usageComesAtTheEndOfAStreamThatAsksForIt() {
        List<Completion> chunks = streamed(asking("x")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
        Completion last = chunks.get(chunks.size() - 1);
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage().orElseThrow().completionTokens()).isEqualTo(5);
        assertThat(chunks.get(0)._usage().isNull()).isTrue();
    }

    @Test
    void aStreamThatBreaksEndsInAnError() {
        stub.enqueue(Scripts.stream("Once ", "upon").errorAfter(2));
        SseException broken = catchThrowableOfType(
                SseException.class, () -> streamed(asking("x").build()));
        assertThat(broken.body().toString()).contains("upstream_error");
    }

    @Test
    void aStreamBeginsWithThePromptWhenThatIsEchoed() {
        stub.enqueue(Scripts.stream(" a", " time"));
        assertThat(text(streamed(asking("Once upon").echo(true).build()))).isEqualTo("Once upon a time");
    }

    @Test
    void severalPromptsAreAnsweredInTheirOrder() {
        Completion completion = client.completions()
                .create(CompletionCreateParams.builder()
                        .model("acme/m")
                        .promptOfArrayOfStrings(List.of("a", "b", "c"))
                        .echo(true)
                        .build())
                .validate();
        assertThat(completion.choices()).extracting(CompletionChoice::text).containsExactly("are a", "bre b", "cre c");
        assertThat(completion.choices()).extracting(CompletionChoice::index).containsExactly(0L, 1L, 2L);
        assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(36);
        assertThat(sent()).hasSize(3);
    }

    @Test
    void theChoicesOfEachPromptStandTogether() throws Exception {
        stub.on(request -> {
            String prompt = request.json().at("/messages/0/content").asText();
            return Scripts.status(
                    200,
                    "{\"id\":\"x\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"" + prompt
                            + "0\"},\"finish_reason\":\"length\"},{\"index\":1,\"message\":{\"content\":null,"
                            + "\"tool_calls\":[]},\"finish_reason\":\"tool_calls\"}]}",
                    "content-type",
                    "application/json");
        });
        JsonNode answer = JSON.readTree(post("\"prompt\":[\"a\",\"b\"],\"n\":2").body());
        assertThat(answer.path("choices").toString())
                .isEqualTo("[{\"text\":\"a0\",\"index\":0,\"logprobs\":null,\"finish_reason\":\"length\"},"
                        + "{\"text\":\"\",\"index\":1,\"logprobs\":null,\"finish_reason\":\"stop\"},"
                        + "{\"text\":\"b0\",\"index\":2,\"logprobs\":null,\"finish_reason\":\"length\"},"
                        + "{\"text\":\"\",\"index\":3,\"logprobs\":null,\"finish_reason\":\"stop\"}]");
        assertThat(answer.at("/usage/effective_context_estimated").asBoolean()).isTrue();
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isBetween(14, 20); // of both
    }

    @Test
    void onePromptThatFailsFailsAll() throws Exception {
        stub.on(request -> request.text().contains("bad")
                ? Scripts.error(400, "No such thing.", "invalid_request_error", "odd")
                : Scripts.chat("fine"));
        HttpResponse<String> answer = post("\"prompt\":[\"good\",\"bad\",\"good\"]");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("code").asText()).isEqualTo("odd");
        assertThat(error(answer).path("attempts")).hasSize(2);
        assertThat(sent()).hasSize(2);
    }

    @Test
    void aClientThatLeavesEndsThePromptThatIsUnderWay() throws Exception {
        stub.on(request -> request.text().contains("slow") ? Scripts.stall() : Scripts.chat("fine"));
        CompletableFuture<?> answer = broker.http()
                .sendAsync(
                        broker.request(DOOR)
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"model\":\"acme/m\",\"prompt\":[\"quick\",\"slow\",\"never\"]}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        RecordedRequest slow = stub.awaitRequests(before + 2).get(before + 1);
        answer.cancel(true);
        assertThat(slow.awaitPeerClosed(Duration.ofSeconds(10))).isNotNull();
        assertThat(sent()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"x\":1 | missing_required_parameter | prompt",
                "\"prompt\":null | missing_required_parameter | prompt",
                "\"prompt\":[] | empty_array | prompt",
                "\"prompt\":{} | invalid_type | prompt",
                "\"prompt\":[1,2] | invalid_type | prompt",
                "\"prompt\":[[1,2]] | invalid_type | prompt",
                "\"prompt\":[\"a\",null] | invalid_type | prompt",
                "\"prompt\":\"a\",\"echo\":\"yes\" | invalid_type | echo",
                "\"prompt\":\"a\",\"suffix\":\"end\" | unsupported_parameter | suffix",
                "\"prompt\":[\"a\",\"b\"],\"stream\":true | unsupported_value | stream"
            })
    void whatAChatCannotDoIsRefused(String rest, String code, String param) throws Exception {
        HttpResponse<String> answer = post(rest);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(error(answer).path("code").asText()).isEqualTo(code);
        assertThat(error(answer).path("param").asText()).isEqualTo(param);
        assertThat(sent()).isEmpty();
    }

    @Test
    void tooManyPromptsAreRefused() throws Exception {
        HttpResponse<String> answer = post("\"prompt\":[\"a\"" + ",\"a\"".repeat(256) + "]");
        assertThat(error(answer).path("code").asText()).isEqualTo("invalid_value");
    }

    @Test
    void tokenIdsAreRefusedInClearWords() {
        BadRequestException refused = catchThrowableOfType(
                BadRequestException.class,
                () -> client.completions()
                        .create(CompletionCreateParams.builder()
                                .model("acme/m")
                                .promptOfArrayOfTokens(List.of(1L, 2L))
                                .build()));
        assertThat(refused.getMessage()).contains("token ids");
    }

    @Test
    void whatIsLeftOutIsNamed() throws Exception {
        HttpResponse<String> answer = post("\"prompt\":\"a\",\"logprobs\":0,\"best_of\":3");
        assertThat(answer.headers().firstValue("x-serai-params-adapted")).hasValue("best_of,logprobs");
        assertThat(sent().get(0).has("best_of")).isFalse();
        assertThat(post("\"prompt\":\"a\",\"best_of\":1,\"suffix\":\"\",\"logprobs\":null")
                        .headers()
                        .firstValue("x-serai-params-adapted"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"logprobs\":2", "\"best_of\":2"})
    void strictRefusesInsteadOfLeavingOut(String field) throws Exception {
        try (TestBroker strict = TestBroker.with()
                .set("serai.params", "strict")
                .provider("acme", stub)
                .start()) {
            HttpResponse<String> answer =
                    strict.post("/api/v1/completions", "{\"model\":\"acme/m\",\"prompt\":\"a\"," + field + "}");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(error(answer).path("code").asText()).isEqualTo("unsupported_parameter");
        }
    }
}
