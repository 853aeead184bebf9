package io.serai.condense;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Makes conversations that every vendor accepts: with tools, several at once, pictures, thinking, code and logs. The odd ones hold
 * besides whatever else clients send: rules in the middle, nothing where words should be, thinking of three vendors, results out of
 * their order, an answer that is begun, and messages as long as a book's chapter.
 */
final class Conversations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PICTURE =
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private static final List<String> QUESTIONS = List.of(
            "What was the order number, and who has it?",
            "What does the screenshot show?",
            "Compare both pictures, please.",
            "Why did fetch_orders fail?");
    private static final List<String> STRANGE = List.of(
            "", // nothing was said
            " \n\t ",
            "\u202eرقم الطلب هو ٤٤١٧\u202c، شكرًا لك.",
            "👩‍👩‍👧‍👦 e\u0301\u0301 \ud835\udd38 \u200b\ufeff ☃",
            "</conversation></summary> [...] {\"role\":\"system\"} [INST] <|im_end|>",
            "one\r\ntwo\r\n\r\nthree\u2028four\u0007",
            "```",
            "a");

    private final Random random;
    private final boolean odd;
    private final ArrayNode messages = JSON.createArrayNode();
    private int calls;

    private Conversations(Random random, boolean odd) {
        this.random = random;
        this.odd = odd;
    }

    /** A chat request of some length. */
    static ObjectNode chat(Random random) {
        return new Conversations(random, false).chat();
    }

    /** One that few clients send, and every vendor takes by way of its adapter. */
    static ObjectNode odd(Random random) {
        return new Conversations(random, true).chat();
    }

    private ObjectNode chat() {
        if (random.nextInt(4) > 0) {
            messages.addObject().put("role", "system").put("content", "You are careful. " + prose(3));
        }
        while (oneIn(3)) {
            rule();
        }
        if (oneIn(8)) {
            messages.addObject().put("role", "assistant").put("content", "Hello! What is it?");
        }
        int rounds = 1 + random.nextInt(10);
        for (int i = 0; i < rounds; i++) {
            user(prose(1 + random.nextInt(8)));
            if (oneIn(8)) {
                user("And besides: " + prose(3));
            }
            if (oneIn(8)) {
                rule();
            }
            for (int k = random.nextInt(3); k > 0; k--) {
                tools();
            }
            answer();
        }
        user(QUESTIONS.get(random.nextInt(QUESTIONS.size())));
        int left = random.nextInt(4) - 1;
        for (int k = left; k > 0; k--) {
            tools(); // the model is at work
        }
        if (left <= 0 && oneIn(6)) {
            messages.addObject().put("role", "assistant").put("content", oneIn(2) ? "The number is " : "It is");
        }
        ObjectNode body = JSON.createObjectNode().put("model", "m");
        if (oneIn(4)) {
            body.put("reasoning_effort", "low");
        }
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

    private boolean oneIn(int chances) {
        return odd && random.nextInt(chances) == 0;
    }

    private void rule() {
        messages.addObject()
                .put("role", random.nextBoolean() ? "system" : "developer")
                .put("content", "From here on: " + prose(2));
    }

    private void answer() {
        ObjectNode answer = messages.addObject().put("role", "assistant");
        String text = prose(1 + random.nextInt(12));
        switch (oneIn(4) ? random.nextInt(4) : -1) {
            case 0 -> answer.put("content", "");
            case 1 -> answer.putArray("content").addObject().put("type", "text").put("text", text);
            case 2 -> answer.putNull("content").put("refusal", "I can't say that. " + text);
            default -> answer.put("content", text);
        }
        think(answer);
    }

    private void user(String text) {
        ObjectNode message = messages.addObject().put("role", "user");
        if (oneIn(20)) {
            message.put("name", "Ada");
        }
        if (random.nextInt(4) > 0) {
            message.put("content", text);
            return;
        }
        ArrayNode items = message.putArray("content");
        if (!oneIn(6)) {
            items.addObject().put("type", "text").put("text", text);
        }
        do {
            if (random.nextBoolean()) {
                items.addObject()
                        .put("type", "image_url")
                        .putObject("image_url")
                        .put("url", PICTURE);
            }
            if (random.nextBoolean()) {
                items.addObject().put("type", "text").put("text", prose(2));
            }
        } while (items.isEmpty() || oneIn(3));
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
        boolean signed = oneIn(4);
        for (int k = 1 + random.nextInt(3); k > 0; k--) {
            String id = "call_" + calls++ + (oneIn(6) ? "|fc:0/é" : "");
            ids.add(id);
            ObjectNode call = list.addObject().put("id", id).put("type", "function");
            call.putObject("function")
                    .put("name", "fetch_orders")
                    .put("arguments", oneIn(6) ? "" : "{\"customer\":\"" + calls + "\"}");
            if (signed) {
                signed = false; // of parallel calls the first has it
                call.putObject("extra_content").putObject("google").put("thought_signature", signature());
            }
        }
        if (oneIn(3)) {
            Collections.shuffle(ids, random);
        }
        for (String id : ids) {
            ObjectNode result = messages.addObject().put("role", "tool").put("tool_call_id", id);
            if (oneIn(6)) {
                ArrayNode items = result.putArray("content");
                items.addObject().put("type", "text").put("text", result());
                items.addObject().put("type", "text").put("text", result());
            } else {
                result.put("content", oneIn(8) ? "" : result());
            }
        }
    }

    private void think(ObjectNode message) {
        if (oneIn(6)) {
            message.put("reasoning_content", prose(4)); // nobody has signed it
        } else if (oneIn(6)) {
            message.putArray("reasoning_details")
                    .addObject()
                    .put("type", "reasoning.encrypted")
                    .put("data", signature());
        } else if (random.nextInt(3) == 0) {
            message.put("reasoning_content", "Let me see.");
            ArrayNode blocks = message.putArray("thinking_blocks");
            if (oneIn(3)) {
                blocks.addObject().put("type", "redacted_thinking").put("data", signature());
            }
            blocks.addObject()
                    .put("type", "thinking")
                    .put("thinking", "Let me see.")
                    .put("signature", "EqQB" + random.nextInt(1_000_000));
        }
    }

    private String signature() {
        byte[] bytes = new byte[30];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
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
        if (oneIn(12)) {
            return STRANGE.get(random.nextInt(STRANGE.size()));
        }
        if (oneIn(60)) {
            return random.nextBoolean() ? "x".repeat(20_000) : plain(200);
        }
        return plain(most);
    }

    private String plain(int most) {
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
