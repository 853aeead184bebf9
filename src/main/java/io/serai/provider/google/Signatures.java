package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Where a thought signature stands in OpenAI's shape: {@code extra_content.google.thought_signature}, on a tool call or on a
 * message, as Google's own OpenAI-compatible endpoint has it (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
final class Signatures {
    static final String FIELD = "extra_content";

    /** Google's word for a function call whose signature nobody has; the same page. */
    static final String NONE_TO_SHOW = "skip_thought_signature_validator";

    private Signatures() {}

    /** Of a tool call or a message; null when the client did not send it back. */
    static @Nullable String of(JsonNode carrier) {
        String signature =
                carrier.path(FIELD).path("google").path("thought_signature").asText("");
        return signature.isEmpty() ? null : signature;
    }

    /** The value of {@link #FIELD}; null for a part without signature. */
    static @Nullable ObjectNode extra(ObjectMapper json, JsonNode part) {
        String signature = part.path("thoughtSignature").asText("");
        return signature.isEmpty()
                ? null
                : google(json, "thought_signature", json.getNodeFactory().textNode(signature));
    }

    static ObjectNode google(ObjectMapper json, String name, JsonNode value) {
        ObjectNode extra = json.createObjectNode();
        extra.putObject("google").set(name, value);
        return extra;
    }
}
