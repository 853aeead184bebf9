package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.context.Tokens;

/**
 * What a request asks of a model, as far as it can be told by looking at it.
 *
 * @param tokens a guess at the input, see {@link Tokens}
 * @param answer tokens that the client wants at most, 0 when it does not say
 * @param least what it can be condensed to
 */
public record Needs(
        boolean chat, boolean tools, boolean images, boolean audio, long tokens, long answer, Least least) {
    private static final int BYTES_A_TOKEN = 4;

    /** Tokens, input and answer: a guess that the figures of the answer replace. A client may name any number. */
    public long expected() {
        return tokens + (answer > 0 ? Math.min(answer, Integer.MAX_VALUE) : Walk.USUAL_ANSWER);
    }

    /** Looks through the body once. */
    public static Needs of(Call call) {
        JsonNode body = call.body();
        if (call.operation() != Operation.CHAT) {
            return new Needs(false, false, false, false, call.bodyBytes() / BYTES_A_TOKEN, 0, Least.NOTHING_LESS);
        }
        boolean images = false;
        boolean audio = false;
        for (JsonNode message : body.path("messages")) {
            JsonNode content = message.path("content");
            if (content.isArray()) {
                for (JsonNode part : content) {
                    String type = part.path("type").asText();
                    images |= type.equals("image_url");
                    audio |= type.equals("input_audio");
                }
            }
        }
        JsonNode tools = body.path("tools");
        long answer = Math.max(
                body.path("max_completion_tokens").asLong(0),
                body.path("max_tokens").asLong(0));
        return new Needs(true, tools.isArray() && !tools.isEmpty(), images, audio, Tokens.ofChat(body), answer, Least.of(call));
    }
}
