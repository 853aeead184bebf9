package io.serai.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A JSON tree as UTF-8. */
public final class JsonBytes {
    private JsonBytes() {}

    /**
     * Also of a tree that UTF-8 can't hold: half a surrogate pair, which JSON allows as an escape and which models send where
     * a limit cuts a picture character in two, goes out as the escape that it came as.
     */
    public static byte[] of(ObjectMapper json, JsonNode tree) {
        try {
            return json.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            return escaped(json, tree);
        }
    }

    private static byte[] escaped(ObjectMapper json, JsonNode tree) {
        try {
            return json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree that was read can be written", e);
        }
    }
}
