package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.json.LongText;

/** How many bytes of UTF-8 a text has; no token is shorter than one. */
final class Bytes {
    /** Around a value in JSON. */
    private static final int FRAME = 4;

    private Bytes() {}

    /** Half of a surrogate pair is two of its four bytes. */
    static int of(char c) {
        return c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }

    static long of(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                bytes += of(text.charAt(i)) - 1;
            }
        }
        return bytes;
    }

    /** Of all that stands in a value, names too: at least as many as its texts have. */
    static long of(JsonNode node) {
        if (node instanceof LongText longText) {
            return longText.size(); // escaped, so rather more
        }
        if (node.isTextual()) {
            return of(node.textValue());
        }
        long bytes = FRAME;
        if (node.isObject()) {
            for (var field : node.properties()) {
                bytes += field.getKey().length() + FRAME + of(field.getValue());
            }
        } else {
            for (JsonNode element : node) {
                bytes += FRAME + of(element);
            }
        }
        return bytes;
    }
}
