package io.serai.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.call.Target;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Timeouts;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream whose provider says nothing of its usage. */
class UnsaidUsageTest {
    private static final byte[] CHUNK =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}".getBytes(StandardCharsets.UTF_8);

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void itsInputIsCountedWhileTheEventLoopServesOthers() throws Exception {
        Attempt attempt = attempt();
        CompletableFuture<Boolean> othersWereServed = new CompletableFuture<>();
        Context loop = vertx.getOrCreateContext();
        attempt.countedBy(new Attempt.Counter() {
            @Override
            public long counted() {
                CompletableFuture<Boolean> other = new CompletableFuture<>();
                loop.runOnContext(v -> other.complete(true));
                othersWereServed.complete(
                        other.completeOnTimeout(false, 60, TimeUnit.SECONDS).join());
                return 4417;
            }

            @Override
            public long guessed() {
                return 1;
            }
        });
        UpstreamStream stream = new UpstreamStream(
                loop, attempt, new SseParser(1000), UnsaidUsageTest::oneChunk, Timeouts.DEFAULT, () -> {});
        Reader reader = new Reader();
        loop.runOnContext(v -> oneChunk(null, CHUNK, 0, CHUNK.length, stream));
        stream.flowTo(reader);

        assertThat(othersWereServed.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.ended.get(60, TimeUnit.SECONDS)).contains("\"Hi\"").contains("\"prompt_tokens\":4417");
        assertThat(Objects.requireNonNull(attempt.usage()).input()).isEqualTo(4417);
    }

    @Test
    void aContextOfNoTokensIsGuessedOnTheEventLoopAndNeverCounted() throws Exception {
        Attempt attempt = attempt();
        attempt.countedBy(new Attempt.Counter() {
            @Override
            public long counted() {
                throw new IllegalStateException("Streams wait for this");
            }

            @Override
            public long guessed() {
                return 77;
            }
        });
        Context loop = vertx.getOrCreateContext();
        UpstreamStream stream = new UpstreamStream(
                loop, attempt, new SseParser(1000), UnsaidUsageTest::oneChunk, Timeouts.DEFAULT, () -> {});
        Reader reader = new Reader();
        loop.runOnContext(v -> {
            ChunkFacts facts = new ChunkFacts();
            facts.meaningful = true;
            facts.finished = true;
            facts.usage = new Usage.Builder().outText(5).build();
            stream.chunk(CHUNK, 0, CHUNK.length, facts);
            stream.done();
        });
        stream.flowTo(reader);

        assertThat(reader.ended.get(60, TimeUnit.SECONDS))
                .contains("\"effective_context\":77", "\"effective_context_estimated\":true");
        assertThat(attempt.effectiveContext()).isEqualTo(77);
    }

    private static void oneChunk(@Nullable String type, byte[] data, int from, int to, ChunkSink sink) {
        ChunkFacts facts = new ChunkFacts();
        facts.meaningful = true;
        facts.finished = true;
        facts.outputChars = 2;
        sink.chunk(data, from, to, facts);
        sink.done();
    }

    private static Attempt attempt() throws Exception {
        Call call = new Call("req_1", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "test");
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        call.admitted(Operation.CHAT, body, 2, "openai/m", true, true);
        Provider openai = Objects.requireNonNull(new ConfigLoader()
                .load(new ConfigSource(null, Map.of("OPENAI_API_KEY", "k"), Map.of()))
                .providers()
                .get("openai"));
        return new Attempt(call, 1, new Target(Instance.of(openai, 0, null), "m", null, Duration.ofMinutes(5)), body);
    }

    /** Has all that was said when it is over. */
    private static final class Reader implements StreamOutlet {
        private final StringBuilder said = new StringBuilder();
        private final CompletableFuture<String> ended = new CompletableFuture<>();

        @Override
        public boolean write(Buffer events) {
            said.append(events);
            return true;
        }

        @Override
        public long unreadMillis() {
            return 0;
        }

        @Override
        public void ended(@Nullable UpstreamFailure failure) {
            ended.complete(said.toString());
        }
    }
}
