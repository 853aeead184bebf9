package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Purpose;
import java.util.List;

/** What is said between a panel, its judge and the broker. */
final class Opinions {
    private Opinions() {}

    /** The whole's question to one of the panel: one answer, and not as a stream. */
    static Call ask(Call whole) {
        ObjectNode body = whole.body().deepCopy();
        body.remove(List.of("stream", "stream_options", "n"));
        return whole.part(body, Purpose.OPINION);
    }

    /** The whole's question, with something added for the judge. */
    static ObjectNode toJudge(Call whole, String brief) {
        ObjectNode body = whole.body().deepCopy();
        ArrayNode messages = (ArrayNode) body.path("messages");
        messages.addObject().put("role", "user").put("content", brief);
        return body;
    }

    /** Their answers, numbered. */
    static String list(List<ObjectNode> replies) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < replies.size(); i++) {
            text.append(i == 0 ? "" : "\n\n").append("Answer ").append(i + 1).append(":\n\n");
            text.append(said(replies.get(i).path("choices").path(0).path("message")));
        }
        return text.toString();
    }

    private static String said(JsonNode message) {
        StringBuilder text = new StringBuilder();
        JsonNode content = message.path("content");
        if (content.isTextual()) {
            text.append(content.asText());
        }
        for (JsonNode part : content) {
            text.append(part.path("text").asText());
        }
        text.append(message.path("refusal").asText(""));
        JsonNode calls = message.path("tool_calls");
        if (!calls.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n\n").append("It calls: ").append(calls);
        }
        return text.toString();
    }
}
