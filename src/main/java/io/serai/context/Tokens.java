package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.json.LongText;

/** Counts tokens: a guess, four bytes of UTF-8 a token. The one place that knows how to count. */
public final class Tokens {
    /** What vendors charge for a picture of usual size; OpenAI's 765 for 1024x1024, Anthropic's 1,600 at most. */
    private static final int A_PICTURE = 1000;

    /** What stands around the text of a message. */
    private static final int BYTES_A_MESSAGE = 16;

    static final int BYTES_A_TOKEN = 4;

    private Tokens() {}

    /** Of a chat request: messages and tools. At most the sum of what its messages and tools count for themselves. */
    public static long ofChat(JsonNode body) {
        long bytes = 0;
        long pictures = 0;
        for (JsonNode message : body.path("messages")) {
            bytes += bytes(message);
            pictures += pictures(message);
        }
        return (bytes + toolBytes(body)) / BYTES_A_TOKEN + pictures * A_PICTURE;
    }

    public static long ofMessage(JsonNode message) {
        return up(bytes(message)) + pictures(message) * A_PICTURE;
    }

    /** Of the tools that a request offers. */
    public static long ofTools(JsonNode body) {
        return up(toolBytes(body));
    }

    /** Of a part of a message's content. */
    static long ofItem(JsonNode item) {
        return isPicture(item) ? A_PICTURE : up(size(item.path("text")));
    }

    public static long ofText(String text) {
        return up(utf8(text, 0, text.length()));
    }

    static long up(long bytes) {
        return (bytes + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
    }

    private static long bytes(JsonNode message) {
        JsonNode content = message.path("content");
        long bytes = BYTES_A_MESSAGE + size(content);
        if (content.isArray()) {
            for (JsonNode item : content) {
                bytes += isPicture(item) ? 0 : size(item.path("text"));
            }
        }
        for (JsonNode toolCall : message.path("tool_calls")) {
            bytes += size(toolCall.path("function").path("arguments"));
        }
        return bytes;
    }

    private static long pictures(JsonNode message) {
        long pictures = 0;
        if (message.path("content").isArray()) {
            for (JsonNode item : message.path("content")) {
                pictures += isPicture(item) ? 1 : 0;
            }
        }
        return pictures;
    }

    private static boolean isPicture(JsonNode item) {
        return item.path("type").asText().equals("image_url");
    }

    private static long toolBytes(JsonNode body) {
        JsonNode tools = body.path("tools");
        return tools.isArray() && !tools.isEmpty() ? tools.toString().length() : 0;
    }

    private static long size(JsonNode text) {
        if (text instanceof LongText longText) {
            return longText.size(); // escaped, so rather more
        }
        if (!text.isTextual()) {
            return 0;
        }
        String value = text.textValue();
        return utf8(value, 0, value.length());
    }

    private static long utf8(String text, int from, int to) {
        long bytes = 0;
        for (int i = from; i < to; i++) {
            bytes += utf8(text.charAt(i));
        }
        return bytes;
    }

    /** Half of a surrogate pair is two of its four bytes. */
    static int utf8(char c) {
        return c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
}
