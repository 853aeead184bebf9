package io.serai.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Whether an answer may be given again: whole, and said of the model's own will. */
final class Completeness {
    private static final Set<String> WHOLE = Set.of("stop", "tool_calls", "function_call");

    private Completeness() {}

    /** Of a chat completion in OpenAI's shape. */
    static boolean of(ObjectNode answer) {
        JsonNode choices = answer.path("choices");
        if (answer.has("error") || choices.isEmpty()) {
            return false;
        }
        for (JsonNode choice : choices) {
            JsonNode message = choice.path("message");
            boolean refused = !message.path("refusal").asText("").isEmpty();
            if (!WHOLE.contains(choice.path("finish_reason").asText()) || !message.isObject() || refused) {
                return false;
            }
        }
        return true;
    }
}
