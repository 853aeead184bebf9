package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.LongTexts.Instructed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation asks in the end.
 *
 * @param message the user's last one, without what is too long to go with every part
 * @param bulk messages of what was taken out of it, in order
 */
record Question(ObjectNode message, List<ObjectNode> bulk) {
    /** A question of up to a quarter of a part goes with every part as it is. */
    private static final int SHARE = 4;

    /** Of an instruction that is found in a long text: an eighth of a part at its head and at its tail, and no more than that. */
    private static final int INSTRUCTION_SHARE = 8;

    private static final long MOST_INSTRUCTION = 500;

    /** @param tokens of a part */
    static Question of(ObjectNode message, long tokens, Tokens counting) throws IndivisibleException {
        if (counting.ofMessage(message) <= tokens / SHARE) {
            return new Question(message, List.of());
        }
        long most = Math.max(1, Math.min(MOST_INSTRUCTION, tokens / INSTRUCTION_SHARE));
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            Instructed text = LongTexts.instructed(content.asText(), most, counting);
            return new Question(
                    message.deepCopy().put("content", text.instruction()), List.of(said(message, text.bulk())));
        }
        return ofItems(message, content, most, counting);
    }

    private static Question ofItems(ObjectNode message, JsonNode content, long most, Tokens counting)
            throws IndivisibleException {
        boolean instructed = false;
        for (JsonNode item : content) {
            instructed |= isText(item) && counting.ofItem(item) <= most;
        }
        ArrayNode kept = message.arrayNode();
        List<ObjectNode> bulk = new ArrayList<>();
        for (JsonNode item : content) {
            if (!isText(item) || counting.ofItem(item) <= most) {
                kept.add(item);
            } else if (instructed) {
                bulk.add(said(message, item.path("text").asText()));
            } else {
                Instructed text = LongTexts.instructed(item.path("text").asText(), most, counting);
                kept.addObject().put("type", "text").put("text", text.instruction());
                bulk.add(said(message, text.bulk()));
                instructed = true;
            }
        }
        ObjectNode question = message.objectNode();
        question.setAll(message);
        question.set("content", kept);
        return new Question(question, bulk);
    }

    private static ObjectNode said(ObjectNode message, String text) {
        return Conversation.like(message).put("content", text);
    }

    private static boolean isText(JsonNode item) {
        return item.path("type").asText().equals("text");
    }

    /** Its words. */
    String text() {
        JsonNode content = message.path("content");
        return content.isArray() ? items(content) : content.asText();
    }

    private static String items(JsonNode content) {
        List<String> texts = new ArrayList<>();
        content.forEach(item -> texts.add(item.path("text").asText()));
        return texts.stream().filter(t -> !t.isBlank()).collect(Collectors.joining("\n\n"));
    }

    /** Its pictures and whatever else is not text; null when there is nothing of the kind. */
    @Nullable
    ArrayNode media() {
        ArrayNode media = message.arrayNode();
        if (message.path("content").isArray()) {
            for (JsonNode item : message.path("content")) {
                if (!isText(item)) {
                    media.add(item);
                }
            }
        }
        return media.isEmpty() ? null : media;
    }
}
