package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a part of the model's content says, in the words that a client gets. */
final class AnswerParts {
    private AnswerParts() {}

    /** The text to show; empty for a part that has none. Code that Google ran, and what came of it, stand in fences. */
    static String text(JsonNode part) {
        if (part.path("text").isTextual()) {
            return part.path("text").asText();
        }
        JsonNode code = part.path("executableCode");
        if (code.isObject()) {
            return "\n```" + language(code) + "\n" + code.path("code").asText() + "\n```\n";
        }
        JsonNode result = part.path("codeExecutionResult");
        return result.isObject() && result.has("output")
                ? "\n```\n" + result.path("output").asText() + "\n```\n"
                : "";
    }

    private static String language(JsonNode code) {
        String language = code.path("language").asText("");
        return language.equals("LANGUAGE_UNSPECIFIED") ? "" : language.toLowerCase(Locale.ROOT);
    }

    static String arguments(ObjectMapper json, JsonNode functionCall) {
        JsonNode args = functionCall.path("args");
        return args.isObject() ? new String(JsonBytes.of(json, args), StandardCharsets.UTF_8) : "{}";
    }

    /** A media type, empty for a part that holds no file. */
    static String mediaType(JsonNode part) {
        return part.path("inlineData").path("mimeType").asText("");
    }

    /** In OpenRouter's shape (https://openrouter.ai/docs/features/multimodal/image-generation): a data URL. */
    static ObjectNode image(ObjectMapper json, JsonNode part, int index) {
        ObjectNode image = json.createObjectNode().put("index", index).put("type", "image_url");
        image.putObject("image_url")
                .put(
                        "url",
                        "data:" + mediaType(part) + ";base64,"
                                + part.path("inlineData").path("data").asText());
        return image;
    }

    /** OpenAI's {@code logprobs} of a choice. */
    static ObjectNode logprobs(ObjectMapper json, JsonNode result) {
        ObjectNode logprobs = json.createObjectNode();
        ArrayNode content = logprobs.putArray("content");
        for (int i = 0; i < result.path("chosenCandidates").size(); i++) {
            ObjectNode token = token(json, result.path("chosenCandidates").get(i));
            ArrayNode top = token.putArray("top_logprobs");
            result.path("topCandidates")
                    .path(i)
                    .path("candidates")
                    .forEach(candidate -> top.add(token(json, candidate)));
            content.add(token);
        }
        return logprobs;
    }

    private static ObjectNode token(ObjectMapper json, JsonNode candidate) {
        ObjectNode token = json.createObjectNode();
        token.put("token", candidate.path("token").asText());
        token.set("logprob", candidate.path("logProbability"));
        ArrayNode bytes = token.putArray("bytes");
        for (byte b : candidate.path("token").asText().getBytes(StandardCharsets.UTF_8)) {
            bytes.add(b & 0xff);
        }
        return token;
    }
}
