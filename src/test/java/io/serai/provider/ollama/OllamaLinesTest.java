package io.serai.provider.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.call.Target;
import io.serai.call.UpstreamFailure;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.stream.ChunkFacts;
import io.serai.stream.ChunkSink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A stream's lines are read on the event loop. */
final class OllamaLinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Attempt attempt() throws Exception {
        Call call = new Call("req_1", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "test");
        ObjectNode body = JSON.createObjectNode();
        call.admitted(Operation.CHAT, body, 2, "ollama/m", true, true);
        Instance ollama = Instance.of(
                Objects.requireNonNull(new ConfigLoader()
                        .load(new ConfigSource(null, Map.of("OPENAI_API_KEY", "k"), Map.of()))
                        .providers()
                        .get("openai")),
                0,
                null);
        return new Attempt(call, 1, new Target(ollama, "m", null, Duration.ofMinutes(5)), body);
    }

    @Test
    void aPromptThatIsNotCountedByOllamaIsNotCountedThere() throws Exception {
        Attempt attempt = attempt();
        attempt.countedBy(new Attempt.Counter() {
            @Override
            public long counted() {
                throw new IllegalStateException("Other streams wait for this");
            }

            @Override
            public long guessed() {
                return 1;
            }
        });
        AtomicBoolean done = new AtomicBoolean();
        OllamaLines lines = new OllamaLines(JSON, new OllamaErrors(JSON), attempt, null);
        byte[] line =
                "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":true,\"eval_count\":3}"
                        .getBytes(StandardCharsets.UTF_8);

        lines.event(null, line, 0, line.length, new ChunkSink() {
            @Override
            public void chunk(byte[] data, int from, int to, ChunkFacts facts) {
                assertThat(facts.usage).isNull();
            }

            @Override
            public void done() {
                done.set(true);
            }

            @Override
            public void failed(UpstreamFailure failure) {
                throw new AssertionError(failure);
            }
        });

        assertThat(done).isTrue();
        assertThat(attempt.estimate(40, 2).toOpenAi().path("completion_tokens").asInt())
                .as("what it did count")
                .isEqualTo(3);
    }
}
