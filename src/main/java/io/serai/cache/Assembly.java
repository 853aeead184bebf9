package io.serai.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A whole chat completion out of the chunks of its stream, and the other way round. */
final class Assembly {
    /** Strings that come in pieces; any other is a word that may be repeated. */
    private static final Set<String> PIECES =
            Set.of("content", "reasoning_content", "reasoning", "refusal", "arguments", "text", "thinking", "data");

    private final ObjectMapper json;

    Assembly(ObjectMapper json) {
        this.json = json;
    }

    /** Null for chunks of which nothing whole can be made. */
    @Nullable
    ObjectNode whole(List<byte[]> chunks) throws IOException {
        ObjectNode whole = json.createObjectNode();
        Map<Integer, ObjectNode> choices = new TreeMap<>();
        for (byte[] bytes : chunks) {
            if (!(json.readTree(bytes) instanceof ObjectNode chunk) || chunk.has("error")) {
                return null;
            }
            for (JsonNode choice : chunk.path("choices")) {
                add(choice, choices);
            }
            chunk.remove("choices");
            chunk.properties().forEach(field -> {
                if (!field.getValue().isNull() || !whole.has(field.getKey())) {
                    whole.set(field.getKey(), field.getValue());
                }
            });
        }
        whole.put("object", "chat.completion");
        ArrayNode all = json.createArrayNode();
        choices.values().forEach(choice -> all.add(finished(choice)));
        whole.set("choices", all);
        if (whole.path("usage").isNull()) {
            whole.remove("usage");
        }
        return whole;
    }

    private void add(JsonNode choice, Map<Integer, ObjectNode> choices) {
        int index = choice.path("index").asInt();
        ObjectNode known = choices.computeIfAbsent(
                index, i -> json.createObjectNode().put("index", i).set("message", json.createObjectNode()));
        choice.properties().forEach(field -> {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "index" -> {}
                case "delta" -> merge((ObjectNode) known.path("message"), value);
                case "logprobs" -> {
                    if (value.isObject()) {
                        merge(known.path("logprobs") instanceof ObjectNode o ? o : known.putObject("logprobs"), value);
                    }
                }
                default -> {
                    if (!value.isNull() || !known.has(field.getKey())) {
                        known.set(field.getKey(), value);
                    }
                }
            }
        });
    }

    private static ObjectNode finished(ObjectNode choice) {
        ObjectNode message = (ObjectNode) choice.path("message");
        if (!message.has("role")) {
            message.put("role", "assistant");
        }
        boolean empty = message.path("content").asText("").isEmpty();
        if (empty && (message.has("tool_calls") || message.has("function_call") || !message.has("content"))) {
            message.putNull("content");
        }
        for (JsonNode call : message.path("tool_calls")) {
            ((ObjectNode) call).remove("index");
        }
        return choice;
    }

    /** Pieces are put together, what is in a list with an index goes to its like, everything else takes the place of what was. */
    private void merge(ObjectNode known, JsonNode delta) {
        delta.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            JsonNode before = known.get(name);
            if (before == null || before.isNull()) {
                known.set(name, value instanceof ArrayNode list ? listed(list) : value);
            } else if (value.isTextual() && before.isTextual()) {
                known.put(name, PIECES.contains(name) ? before.textValue() + value.textValue() : value.textValue());
            } else if (value.isObject() && before instanceof ObjectNode object) {
                merge(object, value);
            } else if (value instanceof ArrayNode more && before instanceof ArrayNode list) {
                more.forEach(item -> put(list, item));
            } else if (!value.isNull()) {
                known.set(name, value);
            }
        });
    }

    private ArrayNode listed(ArrayNode list) {
        ArrayNode made = json.createArrayNode();
        list.forEach(item -> put(made, item));
        return made;
    }

    private void put(ArrayNode list, JsonNode item) {
        if (item instanceof ObjectNode && item.path("index").isInt()) {
            for (JsonNode known : list) {
                if (known.path("index").isInt()
                        && known.path("index").intValue() == item.path("index").intValue()) {
                    merge((ObjectNode) known, item);
                    return;
                }
            }
        }
        list.add(item);
    }

    /** The stream that a client would have got: for each choice all that it says and how it ended, then what was used. */
    List<byte[]> chunks(ObjectNode whole) throws IOException {
        ObjectNode head = whole.deepCopy();
        head.put("object", "chat.completion.chunk");
        JsonNode choices = head.remove("choices");
        JsonNode usage = head.remove("usage");
        List<byte[]> chunks = new ArrayList<>();
        for (JsonNode choice : choices) {
            ObjectNode said = choice.deepCopy();
            JsonNode delta = said.remove("message");
            for (int i = 0; i < delta.path("tool_calls").size(); i++) {
                ((ObjectNode) delta.path("tool_calls").get(i)).put("index", i);
            }
            JsonNode finish = said.remove("finish_reason");
            said.set("delta", delta);
            said.putNull("finish_reason");
            chunks.add(chunk(head, said));
            ObjectNode end = json.createObjectNode().set("index", said.path("index"));
            end.set("delta", json.createObjectNode());
            end.set("finish_reason", finish);
            chunks.add(chunk(head, end));
        }
        head.set("choices", json.createArrayNode());
        if (usage != null) {
            head.set("usage", usage);
        }
        chunks.add(json.writeValueAsBytes(head));
        return chunks;
    }

    private byte[] chunk(ObjectNode head, ObjectNode choice) throws IOException {
        head.set("choices", json.createArrayNode().add(choice));
        return json.writeValueAsBytes(head);
    }
}
