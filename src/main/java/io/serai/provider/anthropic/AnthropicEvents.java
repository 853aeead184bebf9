package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.stream.ChunkSink;
import io.serai.stream.ChunkWriter;
import io.serai.stream.StreamTranslator;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vendor's events as chunks (https://platform.claude.com/docs/en/build-with-claude/streaming). A delta is read token by
 * token; a tree is built of what comes once. Events, blocks and deltas of kinds that are not known are passed over, for the
 * vendor adds some within a version.
 */
final class AnthropicEvents implements StreamTranslator {
    private final ObjectMapper json;
    private final Attempt attempt;
    private final AnthropicErrors errors;
    private final ChunkWriter chunks;
    private final boolean modelFixed;
    private final AnthropicUsage usage = new AnthropicUsage();
    private final Map<Integer, Block> blocks = new HashMap<>();
    private final StreamEvent event;
    private final Citations citations;
    private int tools;
    private boolean finished;

    /**
     * @param shownModel what the client is to see as the model; null: what the provider says
     */
    AnthropicEvents(ObjectMapper json, Attempt attempt, AnthropicErrors errors, @Nullable String shownModel) {
        this.json = json;
        this.attempt = attempt;
        this.errors = errors;
        this.event = new StreamEvent(json);
        this.citations = new Citations(json);
        this.modelFixed = shownModel != null;
        this.chunks = new ChunkWriter(
                json,
                "chatcmpl-" + attempt.call().id(),
                shownModel == null ? attempt.target().model() : shownModel,
                attempt.call().usageWanted());
    }

    /** A content block that has begun: {@code start} as it came, and what is gathered for its end. */
    private static final class Block {
        final JsonNode start;
        final int tool;
        final StringBuilder thinking = new StringBuilder();
        final StringBuilder signature = new StringBuilder();
        boolean arguments;

        Block(JsonNode start, int tool) {
            this.start = start;
            this.tool = tool;
            thinking.append(start.path("thinking").asText());
            signature.append(start.path("signature").asText());
        }
    }

    @Override
    public boolean alive(@Nullable String type) {
        return !"ping".equals(type);
    }

    @Override
    public void event(@Nullable String type, byte[] data, int from, int to, ChunkSink sink) {
        try {
            event.read(data, from, to);
        } catch (IOException e) {
            sink.failed(new UpstreamFailure.BrokenAnswer(200, "The provider sent an event that is not JSON"));
            return;
        }
        switch (event.type) {
            case "message_start" -> messageStart(sink);
            case "content_block_start" -> blockStart(sink);
            case "content_block_delta" -> blockDelta(sink);
            case "content_block_stop" -> blockStop(sink);
            case "message_delta" -> messageDelta(sink);
            case "message_stop" -> {
                finish("end_turn", sink);
                sink.done();
            }
            case "error" -> sink.failed(errors.ofEvent(attempt, error()));
            default -> {}
        }
    }

    private void messageStart(ChunkSink sink) {
        JsonNode message = event.tree == null ? json.missingNode() : event.tree;
        String model = message.path("model").textValue();
        if (model != null) {
            attempt.servedAs(model);
        }
        chunks.named(message.path("id").textValue(), modelFixed ? null : model);
        usage.add(message.path("usage"));
        attempt.servedIn(message.path("usage").path("service_tier").textValue());
        if (usage.seen()) {
            attempt.reported(usage.toUsage());
        }
        chunks.role(0, sink);
    }

    private void blockStart(ChunkSink sink) {
        JsonNode start = event.tree == null ? json.missingNode() : event.tree;
        boolean tool = start.path("type").asText().equals("tool_use");
        Block block = new Block(start, tool ? tools++ : -1);
        blocks.put(event.index, block);
        switch (start.path("type").asText()) {
            case "text" -> {
                citations.begin();
                text(start.path("text").asText(), sink);
            }
            case "thinking" -> chunks.reasoning(0, start.path("thinking").asText(), sink);
            case "tool_use" ->
                chunks.toolCall(
                        0,
                        block.tool,
                        start.path("id").asText(),
                        start.path("name").asText(),
                        "",
                        null,
                        null,
                        sink);
            default -> {}
        }
    }

    private void blockDelta(ChunkSink sink) {
        Block block = blocks.get(event.index);
        switch (event.delta) {
            case "text_delta" -> text(event.text, sink);
            case "citations_delta" -> {
                if (event.citation != null) {
                    citations.cite(event.citation);
                }
            }
            case "thinking_delta" -> {
                if (block != null) {
                    block.thinking.append(event.text);
                }
                chunks.reasoning(0, event.text, sink);
            }
            case "signature_delta" -> {
                if (block != null) {
                    block.signature.append(event.text);
                }
            }
            case "input_json_delta" -> {
                // a tool that the vendor runs itself has no call of the client's
                if (block != null && block.tool >= 0 && !event.text.isEmpty()) {
                    block.arguments = true;
                    chunks.arguments(0, block.tool, event.text, sink);
                }
            }
            default -> {}
        }
    }

    private void text(String text, ChunkSink sink) {
        citations.text(text);
        chunks.text(0, text, sink);
    }

    private void blockStop(ChunkSink sink) {
        Block block = blocks.remove(event.index);
        if (block == null) {
            return;
        }
        switch (block.start.path("type").asText()) {
            case "tool_use" -> {
                if (!block.arguments) { // none, or all of them at the start
                    chunks.arguments(0, block.tool, input(block.start.path("input")), sink);
                }
            }
            case "thinking" -> {
                ObjectNode whole = json.createObjectNode()
                        .put("type", "thinking")
                        .put("thinking", block.thinking.toString())
                        .put("signature", block.signature.toString());
                thinkingBlock(whole, sink);
            }
            case "redacted_thinking" -> thinkingBlock(block.start, sink);
            case "text" -> {
                ArrayNode cited = citations.end();
                if (!cited.isEmpty()) {
                    chunks.field(0, "annotations", cited, false, sink);
                }
            }
            default -> {}
        }
    }

    private static String input(JsonNode input) {
        return input.isObject() ? input.toString() : "{}";
    }

    private void thinkingBlock(JsonNode block, ChunkSink sink) {
        chunks.field(0, "thinking_blocks", json.createArrayNode().add(block), false, sink);
    }

    private void messageDelta(ChunkSink sink) {
        if (event.usage != null) {
            usage.add(event.usage);
            attempt.reported(usage.toUsage());
        }
        if (event.stopReason == null) {
            return;
        }
        JsonNode why = event.stopDetails == null ? json.missingNode() : event.stopDetails.path("explanation");
        if (why.isTextual()) {
            chunks.refusal(0, why.asText(), sink);
        }
        finish(event.stopReason, sink);
    }

    private void finish(String stopReason, ChunkSink sink) {
        if (finished) {
            return;
        }
        finished = true;
        chunks.finish(0, StopReasons.finish(stopReason), sink);
        if (usage.seen()) {
            chunks.usage(usage.toUsage(), sink);
        }
    }

    private JsonNode error() {
        ObjectNode body = json.createObjectNode();
        body.set("error", event.error == null ? json.createObjectNode() : event.error);
        return body;
    }
}
