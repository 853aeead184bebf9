package io.serai.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What one event of the vendor's says; one object, reused from event to event. Deltas are read token by token. */
final class StreamEvent {
    private final ObjectMapper json;
    private final ObjectReader parts;

    String type = "";
    /** Of the content block that it is about. */
    int index;
    /** The kind of delta, such as {@code text_delta}; empty without one. */
    String delta = "";
    /** The delta's piece of text, thinking, JSON or signature. */
    String text = "";
    /** The message or the content block that begins. */
    @Nullable
    JsonNode tree;

    @Nullable
    JsonNode usage;

    @Nullable
    JsonNode error;

    @Nullable
    String stopReason;

    @Nullable
    JsonNode stopDetails;

    /** What the text of the block cites. */
    @Nullable
    JsonNode citation;

    StreamEvent(ObjectMapper json) {
        this.json = json;
        this.parts = json.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** @throws IOException when it is not one whole JSON object */
    void read(byte[] data, int from, int to) throws IOException {
        clear();
        try (JsonParser parser = json.getFactory().createParser(data, from, to - from)) {
            read(parser);
        }
    }

    private void clear() {
        type = "";
        index = 0;
        delta = "";
        text = "";
        tree = null;
        usage = null;
        error = null;
        stopReason = null;
        stopDetails = null;
        citation = null;
    }

    private void read(JsonParser p) throws IOException {
        if (p.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("not an object");
        }
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String name = p.currentName();
            JsonToken value = p.nextToken();
            switch (name) {
                case "type" -> type = p.getText();
                case "index" -> index = p.getValueAsInt();
                case "delta" -> {
                    if (value == JsonToken.START_OBJECT) {
                        delta(p);
                    }
                }
                case "message", "content_block" -> tree = parts.readTree(p);
                case "usage" -> usage = parts.readTree(p);
                case "error" -> error = parts.readTree(p);
                default -> p.skipChildren();
            }
        }
        if (p.currentToken() != JsonToken.END_OBJECT || p.nextToken() != null) {
            throw new IOException("cut short, or something follows");
        }
    }

    private void delta(JsonParser p) throws IOException {
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String name = p.currentName();
            JsonToken value = p.nextToken();
            switch (name) {
                case "type" -> delta = p.getText();
                case "text", "thinking", "partial_json", "signature" ->
                    text = value == JsonToken.VALUE_STRING ? p.getText() : "";
                case "stop_reason" -> stopReason = value == JsonToken.VALUE_STRING ? p.getText() : null;
                case "citation" -> citation = parts.readTree(p);
                case "stop_details" -> stopDetails = parts.readTree(p);
                default -> p.skipChildren();
            }
        }
    }
}
