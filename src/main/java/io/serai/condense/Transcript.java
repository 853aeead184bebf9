package io.serai.condense;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Outline;
import java.util.List;

/** A conversation as text for a model to read, which can't close the tags around it. */
final class Transcript {
    private Transcript() {}

    static String of(List<ObjectNode> messages) {
        StringBuilder text = new StringBuilder();
        for (ObjectNode message : messages) {
            String words = Outline.words(message);
            String role = message.path("role").asText();
            if (!words.isBlank()) {
                text.append(role).append(": ").append(words.strip()).append('\n');
            }
            for (JsonNode call : message.path("tool_calls")) {
                text.append(role)
                        .append(" calls ")
                        .append(call.path("function").path("name").asText())
                        .append(": ")
                        .append(call.path("function").path("arguments").asText())
                        .append('\n');
            }
        }
        return escaped(text.toString().stripTrailing());
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
