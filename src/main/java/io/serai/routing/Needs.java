package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.json.LongText;

/**
 * What a request asks of a model, as far as it can be told by looking at it.
 *
 * @param tokens a guess at the input: four bytes a token, pictures and other data not counted as text
 * @param answer tokens that the client wants at most, 0 when it does not say
 */
public record Needs(boolean chat, boolean tools, boolean images, boolean audio, long tokens, long answer) {
    /** What vendors charge for a picture of usual size; OpenAI's 765 for 1024x1024, Anthropic's 1,600 at most. */
    private static final int TOKENS_A_PICTURE = 1000;

    private static final int BYTES_A_TOKEN = 4;

    /** Looks through the body once. */
    public static Needs of(Call call) {
        JsonNode body = call.body();
        if (call.operation() != Operation.CHAT) {
            return new Needs(false, false, false, false, call.bodyBytes() / BYTES_A_TOKEN, 0);
        }
        boolean images = false;
        boolean audio = false;
        long bytes = 0;
        long pictures = 0;
        for (JsonNode message : body.path("messages")) {
            JsonNode content = message.path("content");
            bytes += 16 + size(content);
            if (content.isArray()) {
                for (JsonNode part : content) {
                    switch (part.path("type").asText()) {
                        case "image_url" -> {
                            images = true;
                            pictures++;
                        }
                        case "input_audio" -> audio = true;
                        default -> bytes += size(part.path("text"));
                    }
                }
            }
            for (JsonNode toolCall : message.path("tool_calls")) {
                bytes += size(toolCall.path("function").path("arguments"));
            }
        }
        JsonNode tools = body.path("tools");
        boolean callsTools = tools.isArray() && !tools.isEmpty();
        if (callsTools) {
            bytes += tools.toString().length();
        }
        long answer = Math.max(
                body.path("max_completion_tokens").asLong(0),
                body.path("max_tokens").asLong(0));
        return new Needs(true, callsTools, images, audio, bytes / BYTES_A_TOKEN + pictures * TOKENS_A_PICTURE, answer);
    }

    private static long size(JsonNode text) {
        return text instanceof LongText longText
                ? longText.size()
                : text.isTextual() ? text.textValue().length() : 0;
    }
}
