package io.serai.provider.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.provider.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the assistant said before: its thinking first, then its text, then its calls of tools. */
final class AssistantBlocks {
    private final ObjectMapper json;
    private final Attempt attempt;
    private final Parameters params;
    private final Blocks blocks;

    AssistantBlocks(ObjectMapper json, Attempt attempt, Parameters params, Blocks blocks) {
        this.json = json;
        this.attempt = attempt;
        this.params = params;
        this.blocks = blocks;
    }

    /** @param index of the message, for errors */
    List<ObjectNode> of(JsonNode message, int index) throws UpstreamException {
        if (message.hasNonNull("function_call")) {
            throw Parameters.refused(attempt, "messages[].function_call", "Send `tool_calls`.");
        }
        List<ObjectNode> said = new ArrayList<>();
        for (JsonNode thought : message.path("thinking_blocks")) {
            addThinking(said, thought);
        }
        said.addAll(blocks.of(withoutThinking(said, message.path("content"))));
        blocks.addText(said, message.path("refusal"), null);
        JsonNode calls = message.path("tool_calls");
        for (int c = 0; c < calls.size(); c++) {
            said.add(call(calls.path(c), "messages[" + index + "].tool_calls[" + c + "]"));
        }
        return said;
    }

    /** Some clients keep thinking among the parts of the content. */
    private JsonNode withoutThinking(List<ObjectNode> said, JsonNode content) throws UpstreamException {
        if (!content.isArray()) {
            return content;
        }
        ArrayNode rest = json.createArrayNode();
        for (JsonNode part : content) {
            if (part.path("type").asText().endsWith("thinking")) {
                addThinking(said, part);
            } else {
                rest.add(part);
            }
        }
        return rest;
    }

    private void addThinking(List<ObjectNode> said, JsonNode thought) throws UpstreamException {
        ObjectNode block = thinking(thought);
        if (block == null) {
            params.adapted(attempt, "messages[].thinking_blocks");
        } else {
            said.add(block);
        }
    }

    /** The vendor verifies its signature: every character goes back. A block without one is another vendor's, or no one's. */
    private @Nullable ObjectNode thinking(JsonNode thought) {
        return switch (thought.path("type").asText()) {
            case "thinking" ->
                thought.path("signature").asText().isEmpty()
                        ? null
                        : blocks.block("thinking")
                                .put("thinking", thought.path("thinking").asText())
                                .put("signature", thought.path("signature").asText());
            case "redacted_thinking" ->
                thought.path("data").asText().isEmpty()
                        ? null
                        : blocks.block("redacted_thinking")
                                .put("data", thought.path("data").asText());
            default -> null;
        };
    }

    private ObjectNode call(JsonNode call, String where) throws UpstreamException {
        JsonNode function = call.path("function");
        if (!function.isObject()) {
            throw Parameters.refused(
                    attempt, "messages[].tool_calls[]." + call.path("type").asText("type"), "Send calls of functions.");
        }
        ObjectNode block = blocks.block("tool_use")
                .put("id", ToolIds.of(call.path("id").asText()))
                .put("name", function.path("name").asText());
        block.set("input", input(function.path("arguments"), where + ".function.arguments"));
        return Blocks.marked(block, call.get("cache_control"));
    }

    private JsonNode input(JsonNode arguments, String where) throws UpstreamException {
        if (arguments.isObject()) {
            return arguments;
        }
        String text = arguments.isNull() ? "" : arguments.asText();
        if (text.isBlank()) {
            return json.createObjectNode();
        }
        JsonNode input;
        try {
            input = json.readTree(text);
        } catch (JsonProcessingException e) {
            throw Parameters.invalid(where, "The arguments of the tool call are not valid JSON.");
        }
        if (!input.isObject()) {
            throw Parameters.invalid(where, "The arguments of the tool call are not a JSON object.");
        }
        return input;
    }
}
