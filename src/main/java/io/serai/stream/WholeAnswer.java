package io.serai.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Dialect;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.vertx.core.buffer.Buffer;

/** A whole answer as the stream that the client has asked for. */
public final class WholeAnswer {
    private WholeAnswer() {}

    /**
     * Role, text, finish, and the usage where it is wanted: zero, for no model has spoken. The stream's ending is not in it.
     *
     * @param answer one choice with text, in OpenAI's shape
     */
    public static Buffer events(ObjectMapper json, Call call, ObjectNode answer) {
        EventFrames frames = new EventFrames();
        Dialect.Chunks dialect = call.dialect().chunks(call);
        ChunkSink sink = new ChunkSink() {
            @Override
            public void chunk(byte[] chunk, int from, int to, ChunkFacts facts) {
                if (dialect == null) {
                    frames.add(chunk, from, to);
                } else {
                    dialect.chunk(chunk, from, to, frames::add);
                }
            }

            @Override
            public void done() {
                throw new IllegalStateException("The whole answer ends outside");
            }

            @Override
            public void failed(UpstreamFailure failure) {
                throw new IllegalStateException("A whole answer is there");
            }
        };
        ChunkWriter chunks = new ChunkWriter(
                json, answer.path("id").asText(), answer.path("model").asText(), call.usageWanted());
        chunks.text(0, answer.at("/choices/0/message/content").asText(), sink);
        chunks.finish(0, answer.at("/choices/0/finish_reason").asText(), sink);
        if (call.usageWanted()) {
            chunks.usage(Usage.NONE, sink);
        }
        return frames.take();
    }
}
