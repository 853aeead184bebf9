package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns OpenAI's messages into the vendor's system blocks and turns: one turn for what follows each other of one side, and
 * the results of a turn's tools before anything else that the user says. Made for one request.
 */
final class Conversation {
    /** What is read; {@code annotations} say what a text rests on, and not what it says. */
    private static final Set<String> READ = Set.of(
            "role",
            "content",
            "refusal",
            "tool_calls",
            "tool_call_id",
            "function_call",
            "thinking_blocks",
            "cache_control",
            "is_error",
            "annotations");

    private static final String GO_ON =
            "Continue your last message from exactly where it ends. Repeat nothing of it, and say nothing of having stopped.";

    private final ObjectMapper json;
    private final Attempt attempt;
    private final Parameters params;
    private final Blocks blocks;
    private final AssistantBlocks assistant;
    private final List<ObjectNode> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();

    Conversation(ObjectMapper json, Attempt attempt, Parameters params) {
        this.json = json;
        this.attempt = attempt;
        this.params = params;
        this.blocks = new Blocks(json, attempt, params);
        this.assistant = new AssistantBlocks(json, attempt, params, blocks);
    }

    /** What one side says in one go; {@code results} of its blocks are tool results and stand in front. */
    private static final class Turn {
        final String role;
        final List<ObjectNode> blocks = new ArrayList<>();
        int results;

        Turn(String role) {
            this.role = role;
        }
    }

    /**
     * Reads all messages.
     *
     * @param prefill whether the model continues what the assistant began
     * @throws UpstreamException 400 for what can't be said to the vendor, or to nobody
     */
    void read(JsonNode messages, boolean prefill) throws UpstreamException {
        for (int i = 0; i < messages.size(); i++) {
            JsonNode message = messages.path(i);
            nameTheRest(message);
            switch (message.path("role").asText()) {
                case "system", "developer" -> system(message);
                case "user" -> turn("user", marked(message, blocks.of(message.path("content"))));
                case "assistant" -> turn("assistant", marked(message, assistant.of(message, i)));
                case "tool" -> result(message, i);
                case "function" ->
                    throw Parameters.refused(attempt, "messages[].role", "Answer tool calls with the role 'tool'.");
                default ->
                    throw Parameters.invalid(
                            "messages[" + i + "].role", "The role of message " + i + " is not one that is known.");
            }
        }
        if (turns.isEmpty()) {
            throw Parameters.invalid("messages", "There is nothing in the messages that could be answered.");
        }
        if (prefilled() && !prefill) {
            askToGoOn();
        }
        trimPrefill();
    }

    /** The vendor's own advice for models that answer 400 to a text of theirs at the end: "Continue from where you left off". */
    private void askToGoOn() throws UpstreamException {
        if (turns.getLast().blocks.getLast().path("type").asText().equals("text")) {
            params.adapted(attempt, "messages[].role");
            turn("user").blocks.add(blocks.block("text").put("text", GO_ON));
        }
    }

    /** Fields of a message that the vendor has no place for. */
    private void nameTheRest(JsonNode message) throws UpstreamException {
        boolean result = message.path("role").asText().equals("tool");
        boolean thoughts = !message.path("thinking_blocks").isEmpty();
        for (Map.Entry<String, JsonNode> field : message.properties()) {
            String name = field.getKey();
            boolean read = READ.contains(name)
                    || name.equals("name") && result
                    || name.equals("reasoning_content") && thoughts; // says the same
            JsonNode value = field.getValue();
            boolean nothing = value.isNull() || value.isContainerNode() && value.isEmpty();
            if (!read && !nothing) {
                params.adapted(attempt, "messages[]." + name);
            }
        }
    }

    /** System blocks that stand before those of the messages. */
    void system(List<ObjectNode> first) {
        system.addAll(0, first);
    }

    /** An instruction behind all others. */
    void instruct(String text) {
        system.add(blocks.block("text").put("text", text));
    }

    ArrayNode system() {
        return json.createArrayNode().addAll(system);
    }

    ArrayNode messages() {
        ArrayNode messages = json.createArrayNode();
        for (Turn turn : turns) {
            ObjectNode message = messages.addObject().put("role", turn.role);
            message.putArray("content").addAll(turn.blocks);
        }
        return messages;
    }

    /** Whether the answer is to continue what the assistant began. */
    boolean prefilled() {
        return turns.getLast().role.equals("assistant");
    }

    /** Whether tools are being answered whose calls came without the thinking that led to them. */
    boolean answersCallsWithoutThinking() {
        if (turns.size() < 2 || turns.getLast().results == 0) {
            return false;
        }
        String first =
                turns.get(turns.size() - 2).blocks.getFirst().path("type").asText();
        return !first.equals("thinking") && !first.equals("redacted_thinking");
    }

    private void system(JsonNode message) throws UpstreamException {
        for (ObjectNode block : marked(message, blocks.of(message.path("content")))) {
            if (!block.path("type").asText().equals("text")) {
                throw Parameters.refused(attempt, "messages[].content", "Only text can stand in a system message.");
            }
            system.add(block);
        }
    }

    private void turn(String role, List<ObjectNode> said) {
        if (!said.isEmpty()) {
            turn(role).blocks.addAll(said);
        }
    }

    private Turn turn(String role) {
        if (turns.isEmpty() || !turns.getLast().role.equals(role)) {
            turns.add(new Turn(role));
        }
        return turns.getLast();
    }

    /** A mark on the message is one on its last block. */
    private static List<ObjectNode> marked(JsonNode message, List<ObjectNode> said) {
        if (!said.isEmpty()) {
            Blocks.marked(said.getLast(), message.get("cache_control"));
        }
        return said;
    }

    private void result(JsonNode message, int index) throws UpstreamException {
        JsonNode id = message.path("tool_call_id");
        if (!id.isTextual()) {
            throw Parameters.invalid(
                    "messages[" + index + "].tool_call_id", "A tool's message says which call it answers.");
        }
        ObjectNode result = blocks.block("tool_result").put("tool_use_id", ToolIds.of(id.asText()));
        List<ObjectNode> content = blocks.of(message.path("content"));
        if (!content.isEmpty()) {
            result.putArray("content").addAll(content);
        }
        if (message.path("is_error").isBoolean()) {
            result.set("is_error", message.get("is_error"));
        }
        Turn turn = turn("user");
        turn.blocks.add(turn.results++, Blocks.marked(result, message.get("cache_control")));
    }

    /** "final assistant content cannot end with trailing whitespace" */
    private void trimPrefill() throws UpstreamException {
        ObjectNode last = turns.getLast().blocks.getLast();
        if (!prefilled() || !last.path("type").asText().equals("text")) {
            return;
        }
        String text = last.path("text").asText();
        String trimmed = text.stripTrailing();
        if (trimmed.length() < text.length()) {
            params.adapted(attempt, "messages[].content");
            last.put("text", trimmed);
        }
    }
}
