package io.serai.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> chunks = new ArrayList<>();
    private final List<Boolean> meaningful = new ArrayList<>();
    private final ChunkSink sink = new ChunkSink() {
        @Override
        public void chunk(byte[] json, int from, int to, ChunkFacts facts) {
            try {
                chunks.add(JSON.readTree(json, from, to - from));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            meaningful.add(facts.meaningful);
        }

        @Override
        public void done() {}

        @Override
        public void failed(UpstreamFailure failure) {}
    };

    @Test
    void aChoiceBeginsWithItsRoleAndThatCommitsNothing() {
        ChunkWriter writer = new ChunkWriter(JSON, "id-1", "m", false);
        writer.text(0, "Grüße", sink);
        writer.text(0, "!", sink);
        writer.text(1, "b", sink);
        writer.finish(0, "stop", sink);
        assertThat(chunks.stream()
                        .map(c -> c.path("choices").get(0).path("delta").toString()))
                .containsExactly(
                        "{\"role\":\"assistant\",\"content\":\"\"}",
                        "{\"content\":\"Grüße\"}",
                        "{\"content\":\"!\"}",
                        "{\"role\":\"assistant\",\"content\":\"\"}",
                        "{\"content\":\"b\"}",
                        "{}");
        assertThat(meaningful).containsExactly(false, true, true, false, true, true);
        assertThat(chunks.get(5).path("choices").get(0).path("finish_reason").asText())
                .isEqualTo("stop");
        assertThat(chunks.get(1).has("usage")).isFalse();
    }

    @Test
    void toolArgumentsAndUsageComeInOpenAisShape() {
        ChunkWriter writer = new ChunkWriter(JSON, "id-1", "m", true);
        writer.named("msg_1", "served");
        writer.toolCall(0, 0, "call_1", "look", "", "signature", JSON.createObjectNode(), sink);
        writer.arguments(0, 0, "{\"a\"", sink);
        writer.usage(
                new Usage.Builder()
                        .inFresh(5)
                        .inCacheRead(7)
                        .outText(3)
                        .outReasoning(2)
                        .build(),
                sink);
        assertThat(chunks.get(1)
                        .path("choices")
                        .get(0)
                        .path("delta")
                        .path("tool_calls")
                        .toString())
                .isEqualTo(
                        "[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"look\",\"arguments\":\"\"},\"signature\":{}}]");
        assertThat(chunks.get(2).path("usage").isNull()).isTrue();
        assertThat(chunks.get(3).path("id").asText()).isEqualTo("msg_1");
        assertThat(chunks.get(3).path("choices")).isEmpty();
        assertThat(chunks.get(3).path("usage").toString())
                .isEqualTo("{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":17,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":7},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":2}}");
    }
}
