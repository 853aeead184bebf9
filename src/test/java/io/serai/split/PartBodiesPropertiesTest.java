package io.serai.split;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.ConfigException;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Prompts;
import io.serai.context.Tokenizers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever the conversation: nothing of it is lost, said twice, or torn apart that belongs together. */
class PartBodiesPropertiesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Prompts PROMPTS = prompts();
    private static final String QUESTION = "What became of it in the end?";

    private static Prompts prompts() {
        try {
            return new ConfigLoader()
                    .load(new ConfigSource(null, Map.of(), Map.of()))
                    .prompts();
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 300)
    void everyCharacterIsInOnePart(@ForAll Random random) throws Exception {
        ObjectNode body = conversation(random, true);
        String said = text(messages(body).subList(1, messages(body).size() - 1));

        assertThat(text(runs(parts(body, random)).stream().flatMap(List::stream).toList()))
                .isEqualTo(said);
    }

    @Property(tries = 300)
    void everyPartHasTheSystemPromptAndTheQuestionAndIsWithinTheLimit(@ForAll Random random) throws Exception {
        ObjectNode body = conversation(random, true);
        int limit = limit(random);

        for (ObjectNode part : new PartBodies(body, limit, Tokenizers.usual(), PROMPTS).parts(10_000)) {
            assertThat(Tokenizers.usual().ofChat(part)).isLessThanOrEqualTo(limit);
            assertThat(part.at("/messages/0")).isEqualTo(body.at("/messages/0"));
            assertThat(messages(part).getLast().path("content").asText()).isEqualTo(QUESTION);
        }
    }

    @Property(tries = 300)
    void toolCallsStayWithTheirResults(@ForAll Random random) throws Exception {
        for (List<JsonNode> run : runs(parts(conversation(random, true), random))) {
            for (int i = 0; i < run.size(); i++) {
                JsonNode message = run.get(i);
                if (message.has("tool_calls")) {
                    assertThat(run.size()).isGreaterThan(i + 2);
                    assertThat(run.get(i + 1).path("tool_call_id")).isEqualTo(message.at("/tool_calls/0/id"));
                    assertThat(run.get(i + 2).path("tool_call_id")).isEqualTo(message.at("/tool_calls/1/id"));
                } else if (message.path("role").asText().equals("tool")) {
                    assertThat(i).isPositive();
                    assertThat(run.get(i - 1).has("tool_calls")
                                    || run.get(i - 1).has("tool_call_id"))
                            .isTrue();
                }
            }
        }
    }

    @Property(tries = 300)
    void noCodeBlockIsCut(@ForAll Random random) throws Exception {
        for (List<JsonNode> run : runs(parts(conversation(random, false), random))) {
            for (JsonNode message : run) {
                long marks = message.path("content")
                        .asText()
                        .lines()
                        .filter(l -> l.startsWith("```"))
                        .count();
                assertThat(marks % 2).as(message.path("content").asText()).isZero();
            }
        }
    }

    @Property(tries = 300)
    void ofALongQuestionEveryCharacterIsInOnePartOrInTheInstruction(@ForAll Random random) throws Exception {
        ObjectNode body = conversation(random, false);
        String asked = messages(body).getLast().path("content").asText();
        List<ObjectNode> parts = parts(body, random);
        List<JsonNode> runs = runs(parts).stream().flatMap(List::stream).toList();
        String said = text(messages(body).subList(1, messages(body).size() - 1));
        String bulk = text(runs).substring(said.length());
        String instruction =
                messages(parts.getFirst()).getLast().path("content").asText();

        assertThat(text(runs)).startsWith(said);
        assertThat(asked).contains(bulk);
        assertThat(squeezed(instruction)).isEqualTo(squeezed(asked.replace(bulk, "")));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s", "");
    }

    private static List<ObjectNode> parts(ObjectNode body, Random random) throws Exception {
        return new PartBodies(body, limit(random), Tokenizers.usual(), PROMPTS).parts(10_000);
    }

    private static int limit(Random random) {
        return 600 + random.nextInt(2000);
    }

    /** What is the client's own in each part, without what goes with all. */
    private static List<List<JsonNode>> runs(List<ObjectNode> parts) {
        List<List<JsonNode>> runs = new ArrayList<>();
        parts.forEach(part -> runs.add(messages(part).subList(2, messages(part).size() - 1)));
        return runs;
    }

    private static List<JsonNode> messages(ObjectNode body) {
        List<JsonNode> messages = new ArrayList<>();
        body.path("messages").forEach(messages::add);
        return messages;
    }

    private static String text(List<JsonNode> messages) {
        StringBuilder text = new StringBuilder();
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            if (content.isArray()) {
                content.forEach(item -> text.append(item.path("text").asText()));
            } else if (content.isTextual()) {
                text.append(content.asText());
            }
        }
        return text.toString();
    }

    /** @param brief whether the question is short */
    private static ObjectNode conversation(Random random, boolean brief) {
        ObjectNode body = JSON.createObjectNode().put("model", "m");
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", "You are a careful reader.");
        int turns = 1 + random.nextInt(12);
        for (int i = 0; i < turns; i++) {
            switch (random.nextInt(4)) {
                case 0 -> messages.addObject().put("role", "user").put("content", prose(random, 40));
                case 1 -> messages.addObject().put("role", "assistant").put("content", prose(random, 40));
                case 2 -> {
                    ArrayNode items = messages.addObject().put("role", "user").putArray("content");
                    for (int k = random.nextInt(3); k >= 0; k--) {
                        items.addObject().put("type", "text").put("text", prose(random, 30));
                    }
                }
                default -> tools(messages, i);
            }
        }
        messages.addObject()
                .put("role", "user")
                .put(
                        "content",
                        brief
                                ? QUESTION
                                : "Read this:\n\n" + prose(random, 400) + "Words of it. ".repeat(500) + "\n\n"
                                        + QUESTION);
        return body;
    }

    private static void tools(ArrayNode messages, int turn) {
        ArrayNode calls =
                messages.addObject().put("role", "assistant").putNull("content").putArray("tool_calls");
        for (int k = 0; k < 2; k++) {
            calls.addObject()
                    .put("id", "call_" + turn + "_" + k)
                    .put("type", "function")
                    .putObject("function")
                    .put("name", "look")
                    .put("arguments", "{}");
        }
        for (int k = 0; k < 2; k++) {
            messages.addObject()
                    .put("role", "tool")
                    .put("tool_call_id", "call_" + turn + "_" + k)
                    .put("content", "Result " + k + " of turn " + turn);
        }
    }

    private static String prose(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
            switch (random.nextInt(7)) {
                case 0 -> text.append("\n```java\nint a").append(i).append(";\n\nint b;\n```\n");
                case 1 -> text.append("\n\n");
                case 2 -> text.append("Zeile ").append(i).append(" – größer als 😀\n");
                case 3 -> text.append("x".repeat(random.nextInt(400))).append(' ');
                case 4 -> text.append("これは長い文です。");
                default -> text.append("A sentence with the number ").append(i).append(". ");
            }
        }
        return text.toString();
    }
}
