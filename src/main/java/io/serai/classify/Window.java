package io.serai.classify;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What of a request is searched: the texts of the last three messages of the user, whole; of a request that is no chat the text that it
 * is about.
 *
 * @param texts in their order
 * @param readable false where it has words that nobody here can read: token numbers in place of text
 */
record Window(List<String> texts, boolean readable) {
    /** AISBF's. */
    private static final int MESSAGES = 3;

    static Window of(Call call) {
        JsonNode body = call.body();
        return switch (call.operation()) {
            case CHAT -> ofChat(body.path("messages"));
            case EMBEDDINGS -> ofInput(body.path("input"));
            case SPEECH -> new Window(texts(List.of(body.path("input"), body.path("instructions"))), true);
            case IMAGE_GENERATION, IMAGE_EDIT, TRANSCRIPTION, TRANSLATION ->
                new Window(texts(List.of(body.path("prompt"))), true);
        };
    }

    /** All of it, a blank line between two texts. */
    String text() {
        return String.join("\n\n", texts);
    }

    private static Window ofChat(JsonNode messages) {
        List<String> last = new ArrayList<>();
        for (int i = messages.size() - 1; i >= 0 && last.size() < MESSAGES; i--) {
            JsonNode message = messages.get(i);
            if (message.path("role").asText().equals("user")) {
                last.add(text(message.path("content")));
            }
        }
        Collections.reverse(last);
        return new Window(last, true);
    }

    private static Window ofInput(JsonNode input) {
        if (!input.isArray()) {
            return new Window(texts(List.of(input)), true);
        }
        List<String> texts = new ArrayList<>();
        boolean readable = true;
        for (JsonNode one : input) {
            if (one.isTextual()) {
                texts.add(one.asText());
            } else {
                readable = false;
            }
        }
        return new Window(texts, readable);
    }

    private static List<String> texts(List<JsonNode> nodes) {
        return nodes.stream().filter(JsonNode::isTextual).map(JsonNode::asText).toList();
    }

    /** The text parts of a message. */
    private static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        List<String> parts = new ArrayList<>();
        for (JsonNode part : content) {
            if (part.isTextual()) {
                parts.add(part.asText());
            } else if (part.path("text").isTextual()) {
                parts.add(part.path("text").asText());
            }
        }
        return String.join("\n", parts);
    }
}
