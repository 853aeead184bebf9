package io.serai.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a stream says, joined from the events that its client gets: the message of each choice, of a transcription its text.
 * It keeps so many characters and no more. One event loop.
 */
public final class Transcript {
    private static final List<String> SPOKEN = List.of("content", "reasoning_content", "refusal");

    private final ObjectMapper json;
    private final EventDecoder events = new SseParser(UpstreamStream.MAX_EVENT_BYTES);
    private final Map<Integer, Message> choices = new TreeMap<>();
    private int room;

    private static final class Message {
        private final Map<String, StringBuilder> spoken = new TreeMap<>();
        private final Map<Integer, Map<String, StringBuilder>> tools = new TreeMap<>();
    }

    /** @param longest characters that are kept */
    public Transcript(ObjectMapper json, int longest) {
        this.json = json;
        this.room = longest;
    }

    /** The next bytes as they go to the client. */
    public void add(Buffer bytes) {
        if (room <= 0) {
            return;
        }
        byte[] raw = bytes.getBytes();
        try {
            events.feed(raw, 0, raw.length, (type, data, from, to) -> event(data, from, to));
        } catch (EventTooLargeException e) {
            room = 0;
        }
    }

    private void event(byte[] data, int from, int to) {
        try {
            JsonNode event = json.readTree(data, from, to - from);
            for (JsonNode choice : event.path("choices")) {
                Message message = choices.computeIfAbsent(choice.path("index").asInt(), i -> new Message());
                JsonNode delta = choice.path("delta");
                SPOKEN.forEach(field -> add(message.spoken, field, delta.path(field)));
                add(message.spoken, "content", choice.path("text"));
                for (JsonNode tool : delta.path("tool_calls")) {
                    Map<String, StringBuilder> call =
                            message.tools.computeIfAbsent(tool.path("index").asInt(), i -> new TreeMap<>());
                    add(call, "name", tool.path("function").path("name"));
                    add(call, "arguments", tool.path("function").path("arguments"));
                }
            }
            if (event.path("type").asText().equals("transcript.text.delta")) {
                add(choices.computeIfAbsent(0, i -> new Message()).spoken, "content", event.path("delta"));
            }
        } catch (IOException e) {
            // whoever made the stream has passed it on as it was; here it says nothing
        }
    }

    private void add(Map<String, StringBuilder> to, String field, JsonNode piece) {
        String text = piece.textValue();
        if (text != null && !text.isEmpty() && room > 0) {
            String kept = text.length() > room ? text.substring(0, room) : text;
            to.computeIfAbsent(field, f -> new StringBuilder()).append(kept);
            room -= text.length();
        }
    }

    /** {@code [{content, reasoning_content, refusal, tool_calls: [{function: {name, arguments}}]}]}, of each what there is. */
    public ArrayNode messages() {
        ArrayNode messages = json.createArrayNode();
        choices.values().forEach(choice -> {
            ObjectNode message = messages.addObject().put("role", "assistant");
            choice.spoken.forEach((field, text) -> message.put(field, text.toString()));
            if (!choice.tools.isEmpty()) {
                ArrayNode calls = message.putArray("tool_calls");
                choice.tools.values().forEach(tool -> {
                    ObjectNode function =
                            calls.addObject().put("type", "function").putObject("function");
                    tool.forEach((field, text) -> function.put(field, text.toString()));
                });
            }
        });
        return messages;
    }
}
