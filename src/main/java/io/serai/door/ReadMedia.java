package io.serai.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.UpstreamException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON requests that are no chats: each checked for what a provider could not do without, everything else kept as it
 * is. Each public method is a step.
 */
public final class ReadMedia {
    private final ReadBody reader;

    public ReadMedia(ReadBody reader) {
        this.reader = reader;
    }

    /** What {@code /v1/embeddings} takes: texts, or their tokens. */
    public void embeddings(Exchange exchange) throws UpstreamException {
        byte[] bytes = reader.bytes(exchange);
        ObjectNode body = reader.object(bytes);
        String model = ReadBody.model(body);
        input(required(body, "input", "a string, a list of strings, or a list of tokens"));
        choice(body, "encoding_format", "float", "base64");
        positive(body, "dimensions");
        Call.of(exchange).admitted(Operation.EMBEDDINGS, body, bytes.length, model, false, false);
    }

    /** What {@code /v1/audio/speech} takes. The answer is always handed on as it arrives. */
    public void speech(Exchange exchange) throws UpstreamException {
        byte[] bytes = reader.bytes(exchange);
        ObjectNode body = reader.object(bytes);
        String model = ReadBody.model(body);
        text(body, "input", "the text to speak");
        choice(body, "stream_format", "audio", "sse");
        Call.of(exchange).admitted(Operation.SPEECH, body, bytes.length, model, true, false);
    }

    /** What {@code /v1/images/generations} takes. */
    public void imageGeneration(Exchange exchange) throws UpstreamException {
        image(exchange, Operation.IMAGE_GENERATION);
    }

    /** What {@code /v1/images/edits} takes as JSON: the pictures are named by their address or a file's id. */
    void imageEdit(Exchange exchange) throws UpstreamException {
        image(exchange, Operation.IMAGE_EDIT);
    }

    private void image(Exchange exchange, Operation operation) throws UpstreamException {
        byte[] bytes = reader.bytes(exchange);
        ObjectNode body = reader.object(bytes);
        String model = ReadBody.model(body);
        text(body, "prompt", "what to draw");
        positive(body, "n");
        if (operation == Operation.IMAGE_EDIT) {
            JsonNode images = required(body, "images", "the pictures to change");
            if (!images.isArray() || images.isEmpty()) {
                throw ApiError.badRequest("invalid_type", "images", "'images' must be a list that is not empty.");
            }
        }
        Call.of(exchange).admitted(operation, body, bytes.length, model, ReadBody.flag(body, "stream"), false);
    }

    private static void input(JsonNode input) {
        if (input.isTextual() && !input.asText().isEmpty()) {
            return;
        }
        if (!input.isTextual() && !input.isArray()) {
            throw ApiError.badRequest(
                    "invalid_type", "input", "'input' must be a string, a list of strings, or a list of tokens.");
        }
        if (input.isEmpty()) {
            throw ApiError.badRequest("invalid_value", "input", "'input' must not be empty.");
        }
        JsonNode first = input.get(0);
        for (int i = 0; i < input.size(); i++) {
            JsonNode item = input.get(i);
            boolean like = first.isTextual()
                    ? item.isTextual()
                    : first.isArray() ? tokens(item) : first.canConvertToLong() && item.canConvertToLong();
            if (!like) {
                throw ApiError.badRequest(
                        "invalid_type",
                        "input[" + i + "]",
                        "A list as 'input' holds strings, or tokens, or lists of tokens, and only one of them.");
            }
        }
    }

    private static boolean tokens(JsonNode list) {
        boolean tokens = list.isArray() && !list.isEmpty();
        for (int i = 0; tokens && i < list.size(); i++) {
            tokens = list.get(i).canConvertToLong();
        }
        return tokens;
    }

    static JsonNode required(ObjectNode body, String name, String what) {
        JsonNode value = body.get(name);
        if (value == null || value.isNull()) {
            throw ApiError.badRequest("missing_required_parameter", name, "'" + name + "' is missing: " + what + ".");
        }
        return value;
    }

    static void text(ObjectNode body, String name, String what) {
        JsonNode value = required(body, name, what);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw ApiError.badRequest(
                    "invalid_type", name, "'" + name + "' must be a string that is not empty: " + what + ".");
        }
    }

    private static void positive(ObjectNode body, String name) {
        @Nullable JsonNode value = body.get(name);
        if (value != null && !value.isNull() && !(value.canConvertToInt() && value.isInt() && value.asInt() > 0)) {
            throw ApiError.badRequest("invalid_type", name, "'" + name + "' must be a whole number above 0.");
        }
    }

    private static void choice(ObjectNode body, String name, String one, String other) {
        @Nullable JsonNode value = body.get(name);
        if (value != null
                && !value.isNull()
                && !value.asText().equals(one)
                && !value.asText().equals(other)) {
            throw ApiError.badRequest(
                    "invalid_value", name, "'" + name + "' must be '" + one + "' or '" + other + "'.");
        }
    }
}
