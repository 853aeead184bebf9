package io.serai.condense.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.context.Tokens;
import java.util.List;

/** How long texts and messages are, in the tokens of the model that they are for. */
public interface Measure {
    static Measure of(Tokens model) {
        return new Measure() {
            @Override
            public long ofText(String text) {
                return model.ofText(text);
            }

            @Override
            public long ofMessage(JsonNode message) {
                return model.ofMessage(message);
            }
        };
    }

    long ofText(String text);

    long ofMessage(JsonNode message);

    default long ofMessages(List<? extends JsonNode> messages) {
        return messages.stream().mapToLong(this::ofMessage).sum();
    }
}
