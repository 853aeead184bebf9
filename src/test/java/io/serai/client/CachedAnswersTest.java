package io.serai.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users of OpenAI's own client get out of the cache: what they would have got from the provider. */
final class CachedAnswersTest {
    private static StubUpstream stub;
    private static TestBroker broker;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.response-cache.enabled", "true")
                .provider("acme", stub)
                .start();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(broker.url("/v1"))
                .apiKey("not-needed-here")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
        stub.close();
    }

    private static ChatCompletionCreateParams question(String text) {
        return ChatCompletionCreateParams.builder()
                .model("acme/m")
                .addUserMessage(text)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
    }

    private static ChatCompletion whole(String text) {
        return client.chat()
                .completions()
                .create(question(text).toBuilder()
                        .streamOptions(java.util.Optional.empty())
                        .build());
    }

    private static ChatCompletion stream(String text) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(question(text))) {
            chunks.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static long kept() throws Exception {
        return new ObjectMapper()
                .readTree(broker.get("/api/cache/stats").body())
                .at("/backends/memory/sets")
                .asLong();
    }

    /** Until the answer is kept, which is behind its back; whoever asked again too early would get another one. */
    private static void awaitKept(long before) {
        await().atMost(Duration.ofSeconds(60)).until(() -> kept() > before);
    }

    @Test
    void aPlainAnswerComesAgainInBothForms() throws Exception {
        long kept = kept();
        stub.enqueue(Scripts.completion("A kept answer."));
        ChatCompletion first = whole("plain");
        awaitKept(kept);
        int before = stub.requests().size();

        ChatCompletion again = whole("plain");
        ChatCompletion streamed = stream("plain");

        assertThat(again).isEqualTo(first);
        assertThat(streamed.choices().get(0).message().content()).hasValue("A kept answer.");
        assertThat(streamed.id()).isEqualTo(first.id());
        assertThat(streamed.usage()).isEqualTo(first.usage());
        assertThat(stub.requests()).hasSize(before);
    }

    @Test
    void aStreamComesAgainInBothForms() throws Exception {
        long kept = kept();
        stub.enqueue(Scripts.stream("A ", "streamed ", "answer."));
        ChatCompletion first = stream("streamed");
        awaitKept(kept);
        int before = stub.requests().size();

        ChatCompletion again = stream("streamed");
        ChatCompletion plain = whole("streamed");

        assertThat(first.choices().get(0).message().content()).hasValue("A streamed answer.");
        assertThat(again.choices().get(0).message().content()).hasValue("A streamed answer.");
        assertThat(plain.choices().get(0).message().content()).hasValue("A streamed answer.");
        assertThat(plain.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(plain.usage()).isEqualTo(first.usage());
        assertThat(stub.requests()).hasSize(before);
    }
}
