package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tool names that are longer than OpenAI takes, 64 characters: the first 55 go out with a hash behind them, as LiteLLM does it,
 * and become whole again in the answer.
 */
final class ToolNames {
    private static final int LONGEST = 64;
    private static final int KEPT = 55;
    private static final int HASH_BYTES = 4;

    private final Map<String, String> whole = new HashMap<>();

    private ToolNames() {}

    /** Null when no name in the request is too long, as nearly always. */
    static @Nullable ToolNames of(ObjectNode body) {
        ToolNames names = new ToolNames();
        for (JsonNode tool : body.path("tools")) {
            names.note(tool);
        }
        for (JsonNode message : body.path("messages")) {
            JsonNode calls = message.get("tool_calls");
            if (calls != null) {
                calls.forEach(names::note);
            }
        }
        return names.whole.isEmpty() ? null : names;
    }

    private void note(JsonNode tool) {
        String name = tool.path("function").path("name").asText();
        if (name.length() > LONGEST) {
            whole.put(shortened(name), name);
        }
    }

    static String shortened(String name) {
        if (name.length() <= LONGEST) {
            return name;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return name.substring(0, KEPT) + "_" + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** @param body changed in place at its top; what is below it is copied first */
    void shorten(ObjectNode body) {
        if (body.get("tools") instanceof ArrayNode tools) {
            body.set("tools", eachShortened(tools));
        }
        if (body.get("tool_choice") instanceof ObjectNode choice) {
            body.set("tool_choice", shortened(choice));
        }
        if (body.get("messages") instanceof ArrayNode messages) {
            ArrayNode copy = messages.arrayNode(messages.size());
            for (JsonNode message : messages) {
                copy.add(
                        message.get("tool_calls") instanceof ArrayNode calls
                                ? message.<ObjectNode>deepCopy().set("tool_calls", eachShortened(calls))
                                : message);
            }
            body.set("messages", copy);
        }
    }

    private static ArrayNode eachShortened(ArrayNode tools) {
        ArrayNode copy = tools.arrayNode(tools.size());
        tools.forEach(tool -> copy.add(shortened(tool)));
        return copy;
    }

    private static JsonNode shortened(JsonNode tool) {
        JsonNode copy = tool.deepCopy();
        if (copy.get("function") instanceof ObjectNode function) {
            function.put("name", shortened(function.path("name").asText()));
        }
        return copy;
    }

    /**
     * Gives the answer's tool calls their whole names.
     *
     * @param answer a completion or a chunk, changed in place
     */
    void restore(JsonNode answer) {
        for (JsonNode choice : answer.path("choices")) {
            for (String part : new String[] {"message", "delta"}) {
                for (JsonNode call : choice.path(part).path("tool_calls")) {
                    String name = whole.get(call.path("function").path("name").asText());
                    if (name != null) {
                        ((ObjectNode) call.path("function")).put("name", name);
                    }
                }
            }
        }
    }
}
