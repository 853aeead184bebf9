package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several models answer, and a judge makes one answer of theirs. */
final class PanelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Script BROKEN = Scripts.error(500, "Broken.", "server_error", null);

    private final StubUpstream one = new StubUpstream().on(r -> Scripts.chat("Paris, says one."));
    private final StubUpstream two = new StubUpstream().on(r -> Scripts.chat("Paris, says two."));
    private final StubUpstream judge = new StubUpstream().on(r -> Scripts.chat("It is Paris."));

    @AfterEach
    void stop() {
        one.close();
        two.close();
        judge.close();
    }

    private TestBroker.Setup setup() throws Exception {
        return TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .provider("one", one)
                .provider("two", two)
                .provider("wise", judge)
                .file("config/rotations.yaml", """
                        rotations:
                          p:
                            strategy: panel
                            judge: wise/j
                            providers:
                              - {provider_id: one, models: [{name: a, weight: 2}]}
                              - {provider_id: two, models: [{name: b}]}
                        """);
    }

    @Test
    void theJudgeReadsEveryAnswerAndTheUsageIsTheSum() throws Exception {
        try (TestBroker broker = setup().start()) {
            HttpResponse<String> answer = broker.chat("rotation/p");
            JsonNode body = JSON.readTree(answer.body());
            assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("It is Paris.");
            assertThat(body.at("/usage/prompt_tokens").asInt()).isEqualTo(3 * Scripts.PROMPT_TOKENS);
            assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(3 * Scripts.COMPLETION_TOKENS);
            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("3");
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("wise");
            assertThat(answer.headers().firstValue("x-serai-fallback")).hasValue("false");
            JsonNode asked = judge.lastRequest().json();
            assertThat(asked.at("/messages/0/content").asText()).isEqualTo("Hello");
            assertThat(asked.at("/messages/1/content").asText())
                    .contains("Answer 1:\n\nParis, says one.", "Answer 2:\n\nParis, says two.")
                    .doesNotContain("{{", "<!--");
        }
    }

    @Test
    void openAisClientGetsTheJudgesWordsAsAStream() throws Exception {
        judge.on(r -> Scripts.stream("It ", "is ", "Paris."));
        try (TestBroker broker = setup().start()) {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .apiKey("not-needed-here")
                    .baseUrl(broker.url("/v1"))
                    .maxRetries(0)
                    .build();
            ChatCompletionCreateParams params = ChatCompletionCreateParams.builder()
                    .model("rotation/p")
                    .addUserMessage("Which city?")
                    .streamOptions(ChatCompletionStreamOptions.builder()
                            .includeUsage(true)
                            .build())
                    .build();
            ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
            try (StreamResponse<ChatCompletionChunk> chunks =
                    client.chat().completions().createStreaming(params)) {
                chunks.stream().forEach(whole::accumulate);
            }
            assertThat(whole.chatCompletion().choices().get(0).message().content())
                    .hasValue("It is Paris.");
            assertThat(whole.chatCompletion().usage().orElseThrow().promptTokens())
                    .isEqualTo(3L * Scripts.PROMPT_TOKENS);
            assertThat(one.lastRequest().streaming()).isFalse();
            assertThat(one.lastRequest().json().has("stream_options")).isFalse();
            assertThat(judge.lastRequest().streaming()).isTrue();
            client.close();
        }
    }

    @Test
    void aMemberThatFailsIsLeftOut() throws Exception {
        one.on(r -> BROKEN);
        try (TestBroker broker = setup().start()) {
            assertThat(broker.chat("rotation/p").body()).contains("It is Paris.");
            assertThat(judge.lastRequest().json().at("/messages/1/content").asText())
                    .contains("Answer 1:\n\nParis, says two.")
                    .doesNotContain("Answer 2");
        }
    }

    @Test
    void whenEveryMemberFailsTheJudgeIsNotAsked() throws Exception {
        one.on(r -> BROKEN);
        two.on(r -> BROKEN);
        try (TestBroker broker = setup().start()) {
            HttpResponse<String> answer = broker.chat("rotation/p");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(JSON.readTree(answer.body()).at("/error/attempts").findValuesAsText("provider"))
                    .containsExactlyInAnyOrder("one", "two");
            assertThat(judge.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutItsJudgeThePanelAnswersItself(boolean streamed) throws Exception {
        judge.on(r -> BROKEN);
        try (TestBroker broker = setup().start()) {
            HttpResponse<String> answer = broker.chat("rotation/p", "\"stream\":" + streamed);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("Paris, says one.");
            assertThat(one.requests()).hasSize(streamed ? 2 : 1); // an answer that came whole is no stream
            if (!streamed) {
                assertThat(JSON.readTree(answer.body())
                                .at("/usage/prompt_tokens")
                                .asInt())
                        .isEqualTo(2 * Scripts.PROMPT_TOKENS);
            }
        }
    }

    @Test
    void overTheSpendingCapOneIsAsked() throws Exception {
        try (TestBroker broker =
                setup().set("serai.hedging.max-usd-per-hour", "0.05").start()) {
            HttpResponse<String> answer = broker.chat("rotation/p", "\"stream\":true");
            assertThat(answer.body()).contains("Paris, says one.", "[DONE]");
            assertThat(two.requests()).isEmpty();
            assertThat(judge.requests()).isEmpty();
        }
    }

    @Test
    void theOperatorsWordsGoToTheJudge() throws Exception {
        try (TestBroker broker = setup().file("config/prompts/panel_judge.md", "Vote among these.\n{{answers}}")
                .start()) {
            broker.chat("rotation/p");
            assertThat(judge.lastRequest().json().at("/messages/1/content").asText())
                    .startsWith("Vote among these.\nAnswer 1:");
        }
    }

    /** An operator's own step refuses what the judge says, when it has begun to speak: the members are asked in its place. */
    @Test
    void aJudgeWhoIsNotHeardDoesNotSpeakOn() throws Exception {
        judge.on(r -> Scripts.endlessStream("word ", 20));
        one.on(r -> r.streaming() ? Scripts.stream("Paris, ", "says one.") : Scripts.chat("Paris, says one."));
        TestBroker.Setup setup = setup().file("routes/custom/after-reply.camel.yaml", """
                - route:
                    id: after-reply
                    description: Has no judges.
                    errorHandler: {noErrorHandler: {}}
                    from:
                      uri: direct:after-reply
                      steps:
                        - choice:
                            when:
                              - simple: "${exchangeProperty.call.model} == 'wise/j'"
                                steps:
                                  - throwException: {exceptionType: java.lang.IllegalStateException, message: no}
                """);
        try (TestBroker broker = setup.start()) {
            HttpResponse<String> answer = broker.chat("rotation/p", "\"stream\":true");

            assertThat(answer.body()).contains("says one.").doesNotContain("word ");
            judge.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
        }
    }
}
