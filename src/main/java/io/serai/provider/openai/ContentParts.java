package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An answer whose {@code content} is a list, as that of Mistral's models that think
 * (https://docs.mistral.ai/capabilities/reasoning): texts, and thoughts that are lists of texts. OpenAI's clients expect one text.
 */
final class ContentParts {
    private ContentParts() {}

    /**
     * Makes {@code content} of the texts and {@code reasoning_content} of the thoughts. A list that holds anything else stays as it
     * is, for nothing may be lost.
     *
     * @param answer a completion or a chunk, changed in place
     */
    static void join(JsonNode answer) {
        for (JsonNode choice : answer.path("choices")) {
            if (choice.get("message") instanceof ObjectNode message && joined(message) && !message.has("content")) {
                message.putNull("content");
            }
            if (choice.get("delta") instanceof ObjectNode delta) {
                joined(delta);
            }
        }
    }

    private static boolean joined(ObjectNode message) {
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        if (!(message.get("content") instanceof ArrayNode parts) || !gather(parts, text, thoughts)) {
            return false;
        }
        message.remove("content");
        if (!text.isEmpty()) {
            message.put("content", text.toString());
        }
        if (!thoughts.isEmpty()) {
            message.put("reasoning_content", thoughts.toString());
        }
        return true;
    }

    /** @return false for a part that is neither text nor thought */
    private static boolean gather(ArrayNode parts, StringBuilder text, StringBuilder thoughts) {
        for (JsonNode part : parts) {
            String type = part.path("type").asText();
            if (type.equals("text")) {
                text.append(part.path("text").asText());
            } else if (!type.equals("thinking")
                    || !(part.get("thinking") instanceof ArrayNode inner)
                    || text == thoughts // a thought within a thought
                    || !gather(inner, thoughts, thoughts)) {
                return false;
            }
        }
        return true;
    }
}
