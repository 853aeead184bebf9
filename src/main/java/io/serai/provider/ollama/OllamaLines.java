package io.serai.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.stream.ChunkSink;
import io.serai.stream.ChunkWriter;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream's lines: thinking, text and whole tool calls, and at last the one that says {@code done}, with the counts. A stream
 * without that one was cut.
 */
final class OllamaLines implements StreamTranslator {
    private final ObjectMapper json;
    private final OllamaErrors errors;
    private final Attempt attempt;
    private final @Nullable String shownModel;
    private final ChunkWriter out;
    private int calls;

    /** @param shownModel what the client is to see as the model; null: what Ollama says */
    OllamaLines(ObjectMapper json, OllamaErrors errors, Attempt attempt, @Nullable String shownModel) {
        this.json = json;
        this.errors = errors;
        this.attempt = attempt;
        this.shownModel = shownModel;
        this.out = new ChunkWriter(
                json,
                OllamaReply.id(attempt),
                shownModel == null ? attempt.target().model() : shownModel,
                attempt.call().usageWanted());
    }

    @Override
    public @Nullable String shownModel() {
        return shownModel;
    }

    @Override
    public void event(@Nullable String type, byte[] data, int from, int to, ChunkSink sink) {
        JsonNode line;
        try {
            line = json.readTree(data, from, to - from);
        } catch (IOException e) {
            sink.failed(new UpstreamFailure.BrokenAnswer(200, "The provider sent a line that is not JSON"));
            return;
        }
        if (line.has("error")) {
            sink.failed(errors.ofBody(attempt, OllamaErrors.UNSAID, Map.of(), line));
            return;
        }
        if (shownModel == null) {
            out.named(null, line.path("model").textValue());
        }
        message(line, line.path("message"), sink);
        if (line.path("done").asBoolean()) {
            out.finish(0, OllamaReply.finish(line.path("done_reason").asText(), calls > 0), sink);
            Usage told = OllamaReply.told(attempt, line);
            if (told != null) { // else the stream's end counts the request, for this is the event loop
                out.usage(told, sink);
            }
        }
        if (shownModel != null && line.path("model").isTextual()) {
            attempt.servedAs(line.path("model").textValue());
        }
        if (line.path("done").asBoolean()) {
            sink.done();
        }
    }

    private void message(JsonNode line, JsonNode message, ChunkSink sink) {
        String thinking = message.path("thinking").asText("");
        out.reasoning(0, thinking, sink);
        String text = message.path("content").asText("");
        out.text(0, text, OllamaReply.logprobs(json, line.path("logprobs")), sink);
        for (JsonNode call : message.path("tool_calls")) {
            String name = call.path("function").path("name").asText();
            String arguments = OllamaReply.arguments(call);
            out.toolCall(0, calls++, OllamaReply.callId(call), name, arguments, null, null, sink);
        }
    }
}
