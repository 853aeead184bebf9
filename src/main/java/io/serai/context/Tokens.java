package io.serai.context;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one model counts tokens. Texts are counted by its encoding, or by the nearest there is and a factor; what stands around
 * them, tools and pictures by what is known of its vendor. Data in base64 is never counted as text. Messages are in OpenAI's
 * shape. Two are equal that count alike. Any thread.
 */
public final class Tokens {
    /** A conversation's, on top of its messages': every answer is begun with {@code <|start|>assistant<|message|>}. */
    public static final int REPLY = 3;

    /** A message's and its role's: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken. */
    private static final int MESSAGE = 3;

    private static final int ROLE = 1;
    private static final int NAME = 1;

    /** Around definitions of tools, which a system prompt is joined to, a call of one and a result: as usage reports show. */
    private static final int TOOLS = 9;

    private static final int JOINED = 4;
    private static final int CALL = 2;
    private static final int RESULT = 3;

    /** What was counted for one request serves the next, whichever configuration is loaded. */
    private static final TextCounts TEXTS = new TextCounts(Vocabulary::count);

    private final Profile profile;
    private final double correction;

    /** @param correction what usage reports say of the profile's factor */
    Tokens(Profile profile, double correction) {
        this.profile = profile;
        this.correction = correction;
    }

    /** Whether the encoding is the model's own. */
    public boolean isExact() {
        return profile.exact();
    }

    /** The same before usage reports corrected it. */
    Tokens uncorrected() {
        return correction == 1 ? this : new Tokens(profile, 1);
    }

    double factor() {
        return profile.factor() * correction;
    }

    Profile profile() {
        return profile;
    }

    /**
     * Of a chat request: messages and tools. At most the sum of what its messages and tools count for themselves, and {@link
     * #REPLY}.
     */
    public long ofChat(JsonNode body) {
        return times(textOf(body)) + mediaOf(body) + fixedOf(body);
    }

    public long ofMessage(JsonNode message) {
        return times(text(message)) + media(message);
    }

    /** Of the tools that a request offers. */
    public long ofTools(JsonNode body) {
        return times(tools(body)) + (offersTools(body) ? profile.toolPrompt() : 0);
    }

    public long ofText(String text) {
        return times(TEXTS.of(profile.vocabulary(), text));
    }

    /** Of a part of a message's content. */
    public long ofItem(JsonNode item) {
        return times(textOfItem(item)) + Media.of(item, profile);
    }

    /** Where a piece of the text that begins at {@code from} has as many tokens as may be; {@code from} when not one fits. */
    int reach(String text, int from, long tokens) {
        long cut = tokens > 2 * SEAM ? tokens - SEAM : tokens; // a piece's end may count apart from what followed it
        return profile.vocabulary().reach(text, from, (long) Math.floor(cut / factor()));
    }

    private static final int SEAM = 2;

    long times(long tokens) {
        return profile.exact() ? tokens : (long) Math.ceil(tokens * factor());
    }

    /** By the vocabulary, without the factor. */
    long textOf(JsonNode body) {
        long tokens = tools(body);
        for (JsonNode message : body.path("messages")) {
            tokens += text(message);
        }
        return tokens;
    }

    /** What the factor has nothing to do with. */
    long fixedOf(JsonNode body) {
        return REPLY + (offersTools(body) ? profile.toolPrompt() : 0);
    }

    private long mediaOf(JsonNode body) {
        long tokens = 0;
        for (JsonNode message : body.path("messages")) {
            tokens += media(message);
        }
        return tokens;
    }

    private long media(JsonNode message) {
        long tokens = 0;
        if (message.path("content").isArray()) {
            for (JsonNode item : message.path("content")) {
                tokens += Media.of(item, profile);
            }
        }
        return tokens;
    }

    private long text(JsonNode message) {
        long tokens = MESSAGE + ROLE + count(message.path("refusal")) + count(message.path("reasoning_content"));
        if (message.path("name").isTextual()) {
            tokens += count(message.path("name")) + NAME;
        }
        JsonNode content = message.path("content");
        tokens += count(content);
        if (content.isArray()) {
            for (JsonNode item : content) {
                tokens += textOfItem(item);
            }
        }
        for (JsonNode call : message.path("tool_calls")) {
            tokens += call(call.path("function"));
        }
        if (message.path("function_call").isObject()) {
            tokens += call(message.path("function_call"));
        }
        return tokens + (message.path("role").asText().equals("tool") ? RESULT : 0);
    }

    /** Its name stands in the call and again with the result. */
    private long call(JsonNode function) {
        return CALL + 2 * count(function.path("name")) + count(function.path("arguments"));
    }

    private long textOfItem(JsonNode item) {
        return switch (item.path("type").asText()) {
            case "image_url", "input_audio", "file" -> 0;
            case "refusal" -> count(item.path("refusal"));
            case "thinking" -> count(item.path("thinking"));
            default -> count(item.path("text"));
        };
    }

    private static boolean offersTools(JsonNode body) {
        return toolsIn(body) != null;
    }

    private static @Nullable JsonNode toolsIn(JsonNode body) {
        for (String name : new String[] {"tools", "functions"}) {
            JsonNode tools = body.path(name);
            if (tools.isArray() && !tools.isEmpty()) {
                return tools;
            }
        }
        return null;
    }

    private long tools(JsonNode body) {
        JsonNode tools = toolsIn(body);
        if (tools == null) {
            return 0;
        }
        String read = profile.exact() ? ToolText.of(tools) : tools.toString();
        return TOOLS - (instructed(body) ? JOINED : 0) + TEXTS.of(profile.vocabulary(), read);
    }

    private static boolean instructed(JsonNode body) {
        for (JsonNode message : body.path("messages")) {
            String role = message.path("role").asText();
            if (role.equals("system") || role.equals("developer")) {
                return true;
            }
        }
        return false;
    }

    private long count(JsonNode text) {
        return TEXTS.of(profile.vocabulary(), text);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tokens tokens
                && profile.equals(tokens.profile)
                && Double.compare(correction, tokens.correction) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(profile, correction);
    }
}
