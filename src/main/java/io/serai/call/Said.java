package io.serai.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What was asked and answered in a call that is over. It is made only where the operator wants texts to be kept, and is not
 * to be changed.
 *
 * @param asked the request in OpenAI's shape
 * @param answered a whole answer in OpenAI's shape, or a stream's messages as an array; null when nothing was
 */
public record Said(ObjectNode asked, @Nullable JsonNode answered) {
    public static final String PROPERTY = "said";

    /** Without the texts. */
    @Override
    public String toString() {
        return "Said[]";
    }
}
