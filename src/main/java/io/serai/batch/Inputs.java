package io.serai.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.json.LongText;

/** The {@code input} of an embeddings request: a text, a list of texts, a list of tokens, or a list of such lists. */
final class Inputs {
    static final String FIELD = "input";
    /** Of text, about. */
    private static final int BYTES_A_TOKEN = 4;

    private Inputs() {}

    /** As a list, whatever its form. */
    static ArrayNode of(ObjectNode body) {
        JsonNode input = body.path(FIELD);
        if (input instanceof ArrayNode list && !list.path(0).isNumber()) {
            return list;
        }
        return body.arrayNode().add(input);
    }

    /** Whether they are lists of tokens: texts don't mix with those. */
    static boolean areTokens(ObjectNode body) {
        return of(body).path(0).isArray();
    }

    /** What they weigh against each other: four for each token, or about that. */
    static long weight(ObjectNode body) {
        long weight = 0;
        for (JsonNode input : of(body)) {
            weight += input.isArray()
                    ? (long) BYTES_A_TOKEN * input.size()
                    : input instanceof LongText text
                            ? text.size()
                            : input.textValue().length();
        }
        return weight;
    }
}
