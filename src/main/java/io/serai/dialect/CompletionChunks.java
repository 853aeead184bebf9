package io.serai.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Dialect;
import io.serai.call.JsonBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;

/** A chat's chunks as those of a legacy completion. A chunk that has no text for the client brings none. */
final class CompletionChunks implements Dialect.Chunks {
    private final ObjectMapper json;
    private final Completions dialect;
    private final boolean usageWanted;
    private final BitSet echoed = new BitSet();

    CompletionChunks(ObjectMapper json, Completions dialect, boolean usageWanted) {
        this.json = json;
        this.dialect = dialect;
        this.usageWanted = usageWanted;
    }

    @Override
    public void chunk(byte[] bytes, int from, int to, Dialect.Events events) {
        ObjectNode chunk = read(bytes, from, to);
        JsonNode usage = chunk.path("usage");
        boolean telling = usageWanted && usage.isObject();
        ObjectNode out = dialect.head(chunk);
        ArrayNode choices = out.putArray("choices");
        for (JsonNode choice : chunk.path("choices")) {
            say(choice, choices);
        }
        if (choices.isEmpty() && !telling) {
            return;
        }
        if (usageWanted) {
            out.set("usage", telling ? usage : json.nullNode());
        }
        byte[] event = JsonBytes.of(json, out);
        events.event(event, 0, event.length);
    }

    private void say(JsonNode choice, ArrayNode choices) {
        int index = choice.path("index").asInt();
        String text = Completions.text(choice.path("delta"));
        JsonNode finish = choice.path("finish_reason");
        if (text.isEmpty() && !finish.isTextual()) {
            return;
        }
        if (!echoed.get(index)) {
            echoed.set(index);
            text = dialect.echoed(index) + text;
        }
        choices.add(dialect.choice(index, text, finish));
    }

    private ObjectNode read(byte[] bytes, int from, int to) {
        try {
            return (ObjectNode) json.readTree(bytes, from, to - from);
        } catch (IOException e) {
            throw new UncheckedIOException("It was read before", e);
        }
    }
}
