package io.serai.provider.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Usage;
import io.serai.stream.ChunkFacts;
import io.serai.stream.ChunkSink;
import io.serai.stream.MediaDecoder;
import io.serai.stream.StreamTranslator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream of audio, of a transcript or of pictures as it is. Events keep their {@code event:} type and end as the provider's
 * end; of each only the few facts are read that the engine needs. What is no event is passed on untouched, and is complete when
 * the answer is.
 */
final class OpenAiMedia implements StreamTranslator {
    private final ObjectMapper json;
    private final ObjectReader parts;
    private final Attempt attempt;
    private final ChunkFacts facts = new ChunkFacts();
    private boolean endsWithEvent;
    private boolean finished;
    private int pictures;
    private String type = "";
    private @Nullable JsonNode error;
    private @Nullable JsonNode usage;
    private final PassingJson whole;

    OpenAiMedia(ObjectMapper json, Attempt attempt) {
        this.json = json;
        this.whole = new PassingJson(json, Set.of("error", "usage", "duration"));
        this.parts = json.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.attempt = attempt;
    }

    @Override
    public void event(@Nullable String name, byte[] data, int from, int to, ChunkSink sink) {
        facts.clear();
        facts.meaningful = to > from;
        if (!MediaDecoder.isEvents(attempt)) {
            piece(data, from, to, sink);
            return;
        }
        if (OpenAiChunks.isDone(data, from, to)) {
            byte[] framed = framed(name, data, from, to);
            facts.finished = true;
            sink.piece(framed, 0, framed.length, facts);
            sink.done();
            return;
        }
        read(data, from, to);
        JsonNode failed = error;
        if (failed != null) {
            fail(failed, sink);
            return;
        }
        endsWithEvent |= type.endsWith(".delta") || type.endsWith(".partial_image");
        finished |= type.endsWith(".done") || type.endsWith(".completed");
        facts.finished = finished;
        if (type.endsWith(".completed")) {
            attempt.reported(new Usage.Builder().images(++pictures).build());
        }
        facts.usage = usage == null ? null : MediaUsage.of(attempt, usage);
        byte[] framed = framed(name, data, from, to);
        sink.piece(framed, 0, framed.length, facts);
    }

    /** A part of sound, or of a transcript that is not streamed although it was asked for so. */
    private void piece(byte[] data, int from, int to, ChunkSink sink) {
        if (OpenAiAnswers.isJson(attempt.streamType())) {
            whole.feed(data, from, to);
            if (whole.get("error").isObject()) {
                fail(whole.get("error"), sink);
                return;
            }
            facts.usage = MediaUsage.ofTranscript(attempt, whole.get("usage"), whole.get("duration"));
        }
        sink.piece(data, from, to, facts);
    }

    private void fail(JsonNode error, ChunkSink sink) {
        ObjectNode body = json.createObjectNode();
        body.set("error", error);
        sink.failed(new OpenAiErrors(json).ofBody(attempt, OpenAiErrors.statusIn(error), Map.of(), body));
    }

    /** Complete, unless it began as a stream of OpenAI's own events, whose last one did not come. */
    @Override
    public void end(ChunkSink sink) {
        if (!endsWithEvent || finished) {
            sink.done();
        }
    }

    /** The few fields that matter; a picture of megabytes is skipped. What is no JSON has none. */
    private void read(byte[] data, int from, int to) {
        type = "";
        error = null;
        usage = null;
        try (JsonParser parser = json.getFactory().createParser(data, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (field) {
                    case "type" -> type = value == JsonToken.VALUE_STRING ? parser.getText() : "";
                    case "error" -> error = value == JsonToken.VALUE_NULL ? null : parts.readTree(parser);
                    case "usage" -> usage = value == JsonToken.VALUE_NULL ? null : parts.readTree(parser);
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            facts.outputChars = to - from; // some servers send bare text
        }
    }

    private static byte[] framed(@Nullable String name, byte[] data, int from, int to) {
        ByteArrayOutputStream event = new ByteArrayOutputStream(to - from + 64);
        if (name != null) {
            event.writeBytes(("event: " + name + "\n").getBytes(StandardCharsets.UTF_8));
        }
        int begin = from;
        for (int i = from; i <= to; i++) {
            if (i == to || data[i] == '\n') {
                event.writeBytes("data: ".getBytes(StandardCharsets.UTF_8));
                event.write(data, begin, i - begin);
                event.write('\n');
                begin = i + 1;
            }
        }
        event.write('\n');
        return event.toByteArray();
    }
}
