package io.serai.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.context.Tokens;

/** The {@code input} of an embeddings request: a text, a list of texts, a list of tokens, or a list of such lists. */
final class Inputs {
    static final String FIELD = "input";

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

    /** How many tokens they have. */
    static long tokens(ObjectNode body, Tokens counting) {
        long tokens = 0;
        for (JsonNode input : of(body)) {
            tokens += input.isArray() ? input.size() : counting.ofText(input.asText());
        }
        return tokens;
    }
}
