package io.serai.condense.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.context.Tokens;
import java.util.List;

/** How long texts and messages are, in the tokens of the model that they are for. */
public interface Measure {
    /** By {@link Tokens}. */
    Measure TOKENS = new Measure() {
        @Override
        public long ofText(String text) {
            return Tokens.ofText(text);
        }

        @Override
        public long ofMessage(JsonNode message) {
            return Tokens.ofMessage(message);
        }
    };

    long ofText(String text);

    long ofMessage(JsonNode message);

    default long ofMessages(List<? extends JsonNode> messages) {
        return messages.stream().mapToLong(this::ofMessage).sum();
    }
}
