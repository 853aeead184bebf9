package io.serai.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One request for one kind, as its two files say; {@code matrix/README.md} describes the fields. */
record Cell(Kind kind, String name, ObjectNode request, ObjectNode file) {
    private static final Set<String> FIELDS = Set.of(
            "comment",
            "model",
            "upstream",
            "upstream_stream",
            "answer",
            "status",
            "stream",
            "reply",
            "reply_stream",
            "head",
            "adapted",
            "attempts",
            "refused");
    private static final String SAME = "=";

    Cell {
        Set<String> unknown = new TreeSet<>();
        file.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(FIELDS);
        if (!unknown.isEmpty()) {
            throw new AssertionError(kind.name() + "/" + name + ".json: unknown " + unknown);
        }
    }

    /** What the client sends. */
    ObjectNode body(boolean streamed) {
        ObjectNode body = request.deepCopy();
        body.put("model", kind.name() + "/" + model());
        if (streamed) {
            body.put("stream", true);
        } else {
            body.remove("stream_options"); // "only when you set stream: true"
        }
        return body;
    }

    /** The model's name at the vendor. */
    String model() {
        return file.path("model").asText("m");
    }

    boolean refused() {
        return file.has("refused");
    }

    JsonNode refusal() {
        return file.path("refused");
    }

    /** Whether the vendor gets to see the request. */
    boolean asked() {
        return file.has("upstream");
    }

    /** What the vendor has to receive. */
    JsonNode upstream(boolean streamed) {
        if (streamed && file.has("upstream_stream")) {
            return file.path("upstream_stream");
        }
        ObjectNode body = file.path("upstream").asText().equals(SAME)
                ? this.<ObjectNode>need("upstream", plainRequest())
                : (ObjectNode) file.path("upstream").deepCopy();
        return streamed ? kind.streamFlags().apply(body) : body;
    }

    private ObjectNode plainRequest() {
        return body(false).put("model", model());
    }

    @SuppressWarnings("unchecked")
    private <T extends JsonNode> T need(String field, JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            throw new AssertionError(kind.name() + "/" + name + ".json: no `" + field + "`");
        }
        return (T) value;
    }

    int status() {
        return file.path("status").asInt(200);
    }

    /** The vendor's plain answer. */
    JsonNode answer() {
        return need("answer", file.path("answer"));
    }

    /** The vendor's stream, event by event as on the wire. */
    String[] events() {
        JsonNode stream = need("stream", file.path("stream"));
        List<String> events = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        Iterable<JsonNode> items = stream.isTextual()
                ? stream.textValue().lines().<JsonNode>map(Golden.JSON.getNodeFactory()::textNode)::iterator
                : stream;
        for (JsonNode item : items) {
            if (!item.isTextual()) {
                events.add(kind.framing().apply(item));
                continue;
            }
            lines.append(item.textValue()).append('\n');
            if (item.textValue().isEmpty() || kind.streamType().equals(Kind.NDJSON)) {
                events.add(lines.toString());
                lines.setLength(0);
            }
        }
        if (!lines.isEmpty()) {
            events.add(lines.append('\n').toString());
        }
        return events.toArray(String[]::new);
    }

    /** What the client has to get. */
    JsonNode reply() {
        JsonNode reply = need("reply", file.path("reply"));
        return told(reply.asText().equals(SAME) ? answer() : reply);
    }

    /** The broker says in every usage what the model had to read, and no file has to. */
    private static JsonNode told(JsonNode reply) {
        if (!reply.path("usage").has("prompt_tokens")) {
            return reply;
        }
        ObjectNode told = reply.deepCopy();
        ((ObjectNode) told.path("usage")).set("effective_context", reply.at("/usage/prompt_tokens"));
        return told;
    }

    /** The chunks that the client has to get. */
    List<JsonNode> chunks() {
        JsonNode wanted = need("reply_stream", file.path("reply_stream"));
        List<JsonNode> chunks = new ArrayList<>();
        if (wanted.asText().equals(SAME)) {
            for (JsonNode event : file.path("stream")) {
                if (event.isObject()) {
                    chunks.add(told(event));
                }
            }
            return chunks;
        }
        wanted.forEach(chunk -> chunks.add(told(written((ObjectNode) chunk))));
        return chunks;
    }

    /** {@code {"delta": ..., "finish": ..., "index": ...}} written out, with the head that all chunks have. */
    private JsonNode written(ObjectNode chunk) {
        ObjectNode whole = Golden.JSON.createObjectNode();
        if (file.get("head") instanceof ObjectNode head) {
            whole.setAll(head);
        }
        whole.setAll(chunk);
        if (chunk.has("delta")) {
            ArrayNode choices = whole.putArray("choices");
            ObjectNode choice = choices.addObject();
            choice.put("index", chunk.path("index").asInt(0));
            choice.set("delta", chunk.path("delta"));
            choice.set("finish_reason", chunk.path("finish").isMissingNode() ? null : chunk.path("finish"));
            whole.remove(List.of("delta", "index", "finish"));
        }
        return whole;
    }

    /** The names in {@code x-serai-params-adapted}. */
    Set<String> adapted() {
        Set<String> names = new TreeSet<>();
        file.path("adapted").forEach(n -> names.add(n.asText()));
        return names;
    }

    int attempts() {
        return file.path("attempts").asInt(1);
    }
}
