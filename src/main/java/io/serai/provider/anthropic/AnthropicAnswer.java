package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Makes a chat completion of a whole message. Blocks of kinds that are not known are passed over. */
final class AnthropicAnswer {
    private final ObjectMapper json;

    AnthropicAnswer(ObjectMapper json) {
        this.json = json;
    }

    /**
     * The completion without its usage.
     *
     * @param model what the client is to see as the model
     */
    ObjectNode of(JsonNode message, String model) {
        ObjectNode completion = json.createObjectNode();
        completion.put("id", message.path("id").asText());
        completion.put("object", "chat.completion");
        completion.put("created", Instant.now().getEpochSecond());
        completion.put("model", model);
        ObjectNode choice = completion.putArray("choices").addObject().put("index", 0);
        choice.set("message", said(message));
        choice.put(
                "finish_reason", StopReasons.finish(message.path("stop_reason").asText()));
        return completion;
    }

    private ObjectNode said(JsonNode message) {
        StringBuilder text = new StringBuilder();
        StringBuilder reasoning = new StringBuilder();
        ArrayNode thinking = json.createArrayNode();
        ArrayNode calls = json.createArrayNode();
        Citations cited = new Citations(json);
        boolean spoke = false;
        for (JsonNode block : message.path("content")) {
            switch (block.path("type").asText()) {
                case "text" -> {
                    spoke = true;
                    text.append(block.path("text").asText());
                    cited.begin();
                    cited.text(block.path("text").asText());
                    block.path("citations").forEach(cited::cite);
                    cited.end();
                }
                case "thinking" -> {
                    reasoning.append(block.path("thinking").asText());
                    thinking.add(block);
                }
                case "redacted_thinking" -> thinking.add(block);
                case "tool_use" -> calls.add(call(block));
                default -> {}
            }
        }
        ObjectNode said = json.createObjectNode().put("role", "assistant");
        said.put("content", spoke ? text.toString() : calls.isEmpty() ? "" : null);
        JsonNode refusal = message.path("stop_details").path("explanation");
        said.set("refusal", refusal.isTextual() ? refusal : json.nullNode());
        if (!cited.all().isEmpty()) {
            said.set("annotations", cited.all());
        }
        if (!reasoning.isEmpty()) {
            said.put("reasoning_content", reasoning.toString());
        }
        if (!thinking.isEmpty()) {
            said.set("thinking_blocks", thinking);
        }
        if (!calls.isEmpty()) {
            said.set("tool_calls", calls);
        }
        return said;
    }

    private ObjectNode call(JsonNode block) {
        ObjectNode call = json.createObjectNode();
        call.put("id", block.path("id").asText());
        call.put("type", "function");
        call.putObject("function")
                .put("name", block.path("name").asText())
                .put("arguments", block.path("input").toString());
        return call;
    }
}
