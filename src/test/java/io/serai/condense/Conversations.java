package io.serai.condense;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes conversations that every vendor accepts: with tools, several at once, pictures, thinking, code and logs. */
final class Conversations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PICTURE =
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private final Random random;
    private final ArrayNode messages = JSON.createArrayNode();
    private int calls;

    private Conversations(Random random) {
        this.random = random;
    }

    /** A chat request of some length. */
    static ObjectNode chat(Random random) {
        return new Conversations(random).chat();
    }

    static ArrayNode messages(Random random) {
        return (ArrayNode) chat(random).path("messages");
    }

    private ObjectNode chat() {
        if (random.nextInt(4) > 0) {
            messages.addObject().put("role", "system").put("content", "You are careful. " + prose(3));
        }
        int rounds = 1 + random.nextInt(10);
        for (int i = 0; i < rounds; i++) {
            user(prose(1 + random.nextInt(8)));
            for (int k = random.nextInt(3); k > 0; k--) {
                tools();
            }
            ObjectNode answer = messages.addObject().put("role", "assistant");
            answer.put("content", prose(1 + random.nextInt(12)));
            think(answer);
        }
        user(List.of(
                        "What was the order number, and who has it?",
                        "What does the screenshot show?",
                        "Compare both pictures, please.",
                        "Why did fetch_orders fail?")
                .get(random.nextInt(4)));
        for (int k = random.nextInt(4) - 1; k > 0; k--) {
            tools(); // the model is at work
        }
        ObjectNode body = JSON.createObjectNode().put("model", "m");
        body.set("messages", messages);
        if (calls > 0) {
            ObjectNode tool = body.putArray("tools").addObject().put("type", "function");
            tool.putObject("function")
                    .put("name", "fetch_orders")
                    .put("description", "Orders of a customer.")
                    .putObject("parameters")
                    .put("type", "object")
                    .putObject("properties")
                    .putObject("customer")
                    .put("type", "string");
        }
        return body;
    }

    private void user(String text) {
        ObjectNode message = messages.addObject().put("role", "user");
        if (random.nextInt(4) > 0) {
            message.put("content", text);
            return;
        }
        ArrayNode items = message.putArray("content");
        items.addObject().put("type", "text").put("text", text);
        if (random.nextBoolean()) {
            items.addObject().put("type", "image_url").putObject("image_url").put("url", PICTURE);
        }
        if (random.nextBoolean()) {
            items.addObject().put("type", "text").put("text", prose(2));
        }
    }

    private void tools() {
        ObjectNode message = messages.addObject().put("role", "assistant");
        if (random.nextBoolean()) {
            message.put("content", prose(1));
        } else {
            message.putNull("content");
        }
        think(message);
        ArrayNode list = message.putArray("tool_calls");
        List<String> ids = new ArrayList<>();
        for (int k = 1 + random.nextInt(3); k > 0; k--) {
            String id = "call_" + calls++;
            ids.add(id);
            list.addObject()
                    .put("id", id)
                    .put("type", "function")
                    .putObject("function")
                    .put("name", "fetch_orders")
                    .put("arguments", "{\"customer\":\"" + calls + "\"}");
        }
        for (String id : ids) {
            messages.addObject().put("role", "tool").put("tool_call_id", id).put("content", result());
        }
    }

    private void think(ObjectNode message) {
        if (random.nextInt(3) == 0) {
            message.put("reasoning_content", "Let me see.");
            message.putArray("thinking_blocks")
                    .addObject()
                    .put("type", "thinking")
                    .put("thinking", "Let me see.")
                    .put("signature", "EqQB" + random.nextInt(1_000_000));
        }
    }

    private String result() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
            text.append("2026-03-01 12:00:")
                    .append(10 + i)
                    .append(" INFO orders - order ")
                    .append(random.nextInt(9999))
                    .append(" fetched in ")
                    .append(random.nextInt(99))
                    .append(" ms\n");
        }
        return text.toString();
    }

    private String prose(int most) {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
            switch (random.nextInt(8)) {
                case 0 ->
                    text.append("\n```java\nint fetch")
                            .append(i)
                            .append("(Order order) {\n    return ")
                            .append(random.nextInt(99))
                            .append(";\n}\n\nvoid b() {}\n```\n");
                case 1 -> text.append("\n\n");
                case 2 ->
                    text.append("Die Nummer ist ").append(random.nextInt(999)).append(" – größer als 😀.\n");
                case 3 ->
                    text.append("We agreed that Ms. Okafor must call before ")
                            .append(random.nextInt(28))
                            .append(" May. ");
                case 4 ->
                    text.append("- item ")
                            .append(i)
                            .append(": /srv/app/config_")
                            .append(random.nextInt(9))
                            .append(".yaml\n");
                case 5 ->
                    text.append("これは長い文です。注文番号は").append(random.nextInt(99)).append("です。");
                default ->
                    text.append("It is a sentence about the order with the number ")
                            .append(random.nextInt(999))
                            .append(" and about nothing else. ");
            }
        }
        return text.isEmpty() || text.toString().isBlank() ? "Well." : text.toString();
    }
}
