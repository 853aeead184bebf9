package io.serai.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.Dialect;
import io.serai.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's legacy completions ({@code POST /v1/completions}): each prompt becomes one message of the user, and the answer's
 * text its continuation. Shapes: <a href="https://platform.openai.com/docs/api-reference/completions">OpenAI's reference</a>.
 */
public final class Completions implements Dialect {
    /** Each is a request to a provider, one after another: more would outlast any client's patience. */
    static final int MOST_PROMPTS = 256;

    /** Of the legacy request only; every other field means the same in a chat and goes on as it is. */
    private static final Set<String> OWN_FIELDS = Set.of("prompt", "echo", "suffix", "best_of", "logprobs");

    private final ObjectMapper json;
    private final boolean strict;
    private List<JsonNode> prompts = List.of();
    private boolean echo;
    private int answers = 1;

    public Completions(ObjectMapper json, Settings settings) {
        this.json = json;
        this.strict = settings.params() == Settings.Params.STRICT;
    }

    @Override
    public String name() {
        return "openai-completions";
    }

    @Override
    public ObjectNode request(Call call, ObjectNode body) {
        prompts = prompts(body.get("prompt"));
        answers = Math.max(1, body.path("n").asInt(1));
        JsonNode echoed = body.path("echo");
        if (!echoed.isMissingNode() && !echoed.isNull() && !echoed.isBoolean()) {
            throw ApiError.badRequest("invalid_type", "echo", "'echo' must be true or false.");
        }
        echo = echoed.asBoolean();
        refuse(body);
        leaveOut(call, body);
        ObjectNode chat = json.createObjectNode();
        body.properties().forEach(field -> {
            if (!OWN_FIELDS.contains(field.getKey())) {
                chat.set(field.getKey(), field.getValue());
            }
        });
        return asking(chat, prompts.get(0));
    }

    private static List<JsonNode> prompts(@Nullable JsonNode prompt) {
        if (prompt == null || prompt.isNull()) {
            throw ApiError.badRequest(
                    "missing_required_parameter",
                    "prompt",
                    "'prompt' is missing: a string, or a list of strings. 'messages' belong to /v1/chat/completions.");
        }
        if (prompt.isTextual()) {
            return List.of(prompt);
        }
        if (!prompt.isArray()) {
            throw ApiError.badRequest("invalid_type", "prompt", "'prompt' must be a string or a list of strings.");
        }
        if (prompt.isEmpty()) {
            throw ApiError.badRequest("empty_array", "prompt", "'prompt' must hold at least one string.");
        }
        if (prompt.size() > MOST_PROMPTS) {
            throw ApiError.badRequest(
                    "invalid_value", "prompt", "'prompt' holds more than " + MOST_PROMPTS + " strings. Send fewer.");
        }
        List<JsonNode> texts = new ArrayList<>();
        for (JsonNode one : prompt) {
            if (one.isNumber() || one.isArray()) {
                throw ApiError.badRequest(
                        "invalid_type",
                        "prompt",
                        "'prompt' holds token ids, which mean something to one model's tokenizer only. Send text.");
            }
            if (!one.isTextual()) {
                throw ApiError.badRequest("invalid_type", "prompt", "'prompt' must be a string or a list of strings.");
            }
            texts.add(one);
        }
        return texts;
    }

    /** What can't be left out without changing what is asked for. */
    private void refuse(ObjectNode body) {
        JsonNode suffix = body.path("suffix");
        if (!suffix.isMissingNode() && !suffix.isNull() && !suffix.asText().isEmpty()) {
            throw ApiError.badRequest(
                    "unsupported_parameter",
                    "suffix",
                    "'suffix' asks for text to insert, which chat models don't do. Put both ends into the prompt.");
        }
        if (prompts.size() > 1 && body.path("stream").asBoolean()) {
            throw ApiError.badRequest(
                    "unsupported_value",
                    "stream",
                    "A stream answers one prompt. Send each prompt by itself, or leave 'stream' out.");
        }
    }

    /** What only makes an answer better or tells more of it. */
    private void leaveOut(Call call, ObjectNode body) {
        if (body.path("logprobs").isNumber() || body.path("logprobs").asBoolean()) {
            adapted(call, "logprobs");
        }
        if (body.path("best_of").asInt(1) > answers) {
            adapted(call, "best_of");
        }
    }

    private void adapted(Call call, String name) {
        if (strict) {
            throw ApiError.badRequest(
                    "unsupported_parameter",
                    name,
                    "Completions made of chats have no '" + name + "'. Leave it out, or set serai.params=adapt.");
        }
        call.adapted().add(name);
    }

    private ObjectNode asking(ObjectNode chat, JsonNode prompt) {
        ArrayNode messages = json.createArrayNode();
        messages.addObject().put("role", "user").set("content", prompt);
        chat.set("messages", messages);
        return chat;
    }

    int prompts() {
        return prompts.size();
    }

    /** Choices for each prompt. */
    int answers() {
        return answers;
    }

    /** The admitted request with another of the prompts. */
    ObjectNode asking(Call whole, int prompt) {
        ObjectNode chat = json.createObjectNode();
        chat.setAll(whole.body());
        return asking(chat, prompts.get(prompt));
    }

    @Override
    public ObjectNode reply(ObjectNode chat) {
        ObjectNode completion = head(chat);
        ArrayNode choices = completion.putArray("choices");
        for (JsonNode choice : chat.path("choices")) {
            int index = choice.path("index").asInt(choices.size());
            JsonNode message = choice.path("message");
            String text = text(message);
            choices.add(choice(index, echo ? echoed(index) + text : text, choice.get("finish_reason")));
        }
        if (chat.has("usage")) {
            completion.set("usage", chat.get("usage"));
        }
        return completion;
    }

    /** Everything of a chat's answer or chunk but what it says. */
    ObjectNode head(ObjectNode chat) {
        ObjectNode head = json.createObjectNode();
        chat.properties().forEach(field -> {
            switch (field.getKey()) {
                case "id" -> head.put("id", field.getValue().asText().replaceFirst("^chatcmpl-", "cmpl-"));
                case "object" -> head.put("object", "text_completion");
                case "choices", "usage" -> {}
                default -> head.set(field.getKey(), field.getValue());
            }
        });
        return head;
    }

    /** What a message or a delta says; thoughts have no place in this shape. */
    static String text(JsonNode said) {
        JsonNode content = said.path("content");
        return (content.isTextual() ? content.asText() : "")
                + said.path("refusal").asText("");
    }

    /** The prompt that a choice continues. */
    String echoed(int index) {
        int prompt = index / answers;
        return echo && prompt < prompts.size() ? prompts.get(prompt).asText() : "";
    }

    ObjectNode choice(int index, String text, @Nullable JsonNode finish) {
        ObjectNode choice = json.createObjectNode();
        choice.put("text", text).put("index", index).putNull("logprobs");
        if (finish == null || !finish.isTextual()) {
            return choice.putNull("finish_reason");
        }
        return choice.put(
                "finish_reason",
                switch (finish.asText()) {
                    case "length", "content_filter" -> finish.asText();
                    default -> "stop"; // there are no tool calls here
                });
    }

    @Override
    public Chunks chunks(Call call) {
        return new CompletionChunks(json, this, call.usageWanted());
    }
}
