package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A long conversation, looked at for dividing it: what goes with every part, and what is divided.
 *
 * @param system its system and developer messages
 * @param bulk what is divided, in order: each a message, or a model's tool calls with their results
 * @param begun what the answer is to begin with, when the last message is the model's; null else
 * @param counting how its tokens are counted
 */
public record Conversation(
        List<ObjectNode> system,
        List<List<ObjectNode>> bulk,
        Question question,
        @Nullable ObjectNode begun,
        Tokens counting) {

    /**
     * @param messages in OpenAI's shape
     * @param tokens of a part
     * @throws IndivisibleException when nobody asks anything, or tools are still to be called
     */
    public static Conversation of(JsonNode messages, long tokens, Tokens counting) throws IndivisibleException {
        List<ObjectNode> system = new ArrayList<>();
        List<List<ObjectNode>> turns = new ArrayList<>();
        int asked = -1;
        for (JsonNode node : messages) {
            ObjectNode message = (ObjectNode) node;
            switch (message.path("role").asText()) {
                case "system", "developer" -> system.add(message);
                case "tool", "function" -> {
                    if (turns.isEmpty() || !calls(turns.getLast())) {
                        turns.add(new ArrayList<>());
                    }
                    turns.getLast().add(message);
                }
                case "user" -> {
                    asked = turns.size();
                    turns.add(new ArrayList<>(List.of(message)));
                }
                default -> turns.add(new ArrayList<>(List.of(message)));
            }
        }
        if (asked < 0) {
            throw new IndivisibleException("it has no message of the user to be answered");
        }
        for (List<ObjectNode> turn : turns) {
            if (calls(turn) && turn.size() == 1) {
                throw new IndivisibleException("it calls tools whose results are not there");
            }
        }
        Question question = Question.of(turns.get(asked).getFirst(), tokens, counting);
        ObjectNode begun = null;
        if (turns.getLast().size() == 1
                && turns.getLast().getFirst().path("role").asText().equals("assistant")) {
            begun = turns.removeLast().getFirst();
        }
        List<List<ObjectNode>> bulk = new ArrayList<>(turns.subList(0, asked));
        question.bulk().forEach(message -> bulk.add(List.of(message)));
        bulk.addAll(turns.subList(asked + 1, turns.size()));
        return new Conversation(system, bulk, question, begun, counting);
    }

    private static boolean calls(List<ObjectNode> turn) {
        ObjectNode first = turn.getFirst();
        return !first.path("tool_calls").isEmpty()
                || first.path("function_call").isObject();
    }

    /** Whether tools were called in what is divided. */
    public boolean usesTools() {
        return bulk.stream().anyMatch(turn -> turn.size() > 1);
    }

    /** What the user wants in the end, as a message. */
    public ObjectNode asked() {
        return question.message();
    }

    /** The words of the question. */
    public String askedText() {
        return question.text();
    }

    /** What in the question is no text; null when it is all text. */
    public @Nullable ArrayNode askedMedia() {
        return question.media();
    }

    /** Tokens of what goes with every part. */
    public long framing() {
        return system.stream().mapToLong(counting::ofMessage).sum() + counting.ofMessage(question.message());
    }

    /**
     * Runs of messages, each within the size: cut between messages where that will do, else within one, between paragraphs,
     * lines or sentences. Tool calls stay with their results, and code fences whole.
     *
     * @param tokens of a run at most
     * @throws IndivisibleException when something that may not be cut is longer
     */
    public List<List<ObjectNode>> divide(long tokens) throws IndivisibleException {
        return new Division(tokens, counting).of(bulk);
    }

    /** An empty message of the same speaker. */
    static ObjectNode like(ObjectNode message) {
        ObjectNode empty = message.objectNode();
        empty.set("role", message.get("role"));
        if (message.path("name").isTextual()) {
            empty.set("name", message.get("name"));
        }
        return empty;
    }
}
