package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A whole {@code GenerateContentResponse} as a {@code chat.completion}. Used for one answer. */
final class GoogleAnswer {
    private final ObjectMapper json;
    private final Attempt attempt;
    private final JsonNode answer;
    private final CallIds ids;
    private int searches;

    GoogleAnswer(ObjectMapper json, Attempt attempt, JsonNode answer) {
        this.json = json;
        this.attempt = attempt;
        this.answer = answer;
        this.ids = new CallIds(id());
    }

    private String id() {
        return answer.path("responseId").asText(attempt.call().id());
    }

    /** @throws UpstreamException when there is neither an answer nor a word why not, or the model stumbled */
    ObjectNode completion(int bytes) throws UpstreamException {
        String model = answer.path("modelVersion").asText(attempt.target().model());
        attempt.servedAs(model);
        ObjectNode completion = json.createObjectNode()
                .put("id", id())
                .put("object", "chat.completion")
                .put("created", Instant.now().getEpochSecond())
                .put("model", model);
        ArrayNode choices = completion.putArray("choices");
        JsonNode feedback = answer.path("promptFeedback");
        if (!answer.path("candidates").isEmpty()) {
            for (JsonNode candidate : answer.path("candidates")) {
                choices.add(choice(candidate, choices.size()));
            }
        } else if (feedback.has("blockReason")) {
            choices.add(blocked(feedback));
        } else {
            throw new UpstreamException(
                    new UpstreamFailure.BrokenAnswer(200, "The provider's answer holds no candidates"));
        }
        Usage usage = GoogleUsage.of(answer.path("usageMetadata"), searches);
        attempt.reported(
                usage != null ? usage : Usage.estimate(attempt.counter().counted(), bytes));
        if (usage != null) {
            completion.set("usage", usage.toOpenAi());
        }
        return completion;
    }

    private ObjectNode blocked(JsonNode feedback) {
        ObjectNode choice = json.createObjectNode().put("index", 0);
        choice.putObject("message")
                .put("role", "assistant")
                .putNull("content")
                .put("refusal", Finish.blocked(feedback));
        return choice.put("finish_reason", "content_filter");
    }

    private ObjectNode choice(JsonNode candidate, int place) throws UpstreamException {
        int index = candidate.path("index").asInt(place);
        ObjectNode choice = json.createObjectNode().put("index", index);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        StringBuilder text = new StringBuilder();
        StringBuilder thoughts = new StringBuilder();
        ArrayNode calls = json.createArrayNode();
        ArrayNode images = json.createArrayNode();
        ObjectNode extra = null;
        for (JsonNode part : candidate.path("content").path("parts")) {
            ObjectNode signature = Signatures.extra(json, part);
            if (part.has("functionCall")) {
                calls.add(call(part.path("functionCall"), index, calls.size(), signature));
                continue;
            }
            extra = signature == null ? extra : signature;
            if (part.path("thought").asBoolean()) {
                thoughts.append(AnswerParts.text(part));
            } else if (AnswerParts.mediaType(part).startsWith("image/")) {
                images.add(AnswerParts.image(json, part, images.size()));
            } else if (AnswerParts.mediaType(part).startsWith("audio/")) {
                message.set("audio", audio(part));
            } else {
                text.append(AnswerParts.text(part));
            }
        }
        boolean empty = text.isEmpty() && calls.isEmpty() && images.isEmpty() && !message.has("audio");
        UpstreamFailure failure = Finish.failure(candidate, empty);
        if (failure != null) {
            throw new UpstreamException(failure);
        }
        if (text.isEmpty() && !(calls.isEmpty() && images.isEmpty())) {
            message.putNull("content");
        } else {
            message.put("content", text.toString());
        }
        if (!thoughts.isEmpty()) {
            message.put("reasoning_content", thoughts.toString());
        }
        put(message, "tool_calls", calls);
        put(message, "images", images);
        extra(message, extra, candidate.path("groundingMetadata"));
        if (candidate.path("logprobsResult").isObject()) {
            choice.set("logprobs", AnswerParts.logprobs(json, candidate.path("logprobsResult")));
        }
        return choice.put(
                "finish_reason", Finish.reason(candidate.path("finishReason").asText(), !calls.isEmpty()));
    }

    private static void put(ObjectNode message, String name, ArrayNode values) {
        if (!values.isEmpty()) {
            message.set(name, values);
        }
    }

    /** Where the answer's facts come from is told as Google tells it. */
    private void extra(ObjectNode message, @Nullable ObjectNode signature, JsonNode grounding) {
        ObjectNode extra = signature;
        if (grounding.isObject()) {
            searches += grounding.path("webSearchQueries").size();
            extra = extra == null ? json.createObjectNode() : extra;
            extra.withObject("/google").set("grounding_metadata", grounding);
        }
        if (extra != null) {
            message.set(Signatures.FIELD, extra);
        }
    }

    private ObjectNode call(JsonNode made, int choice, int index, @Nullable ObjectNode signature) {
        ObjectNode call =
                json.createObjectNode().put("id", ids.of(made, choice, index)).put("type", "function");
        call.putObject("function")
                .put("name", made.path("name").asText())
                .put("arguments", AnswerParts.arguments(json, made));
        if (signature != null) {
            call.set(Signatures.FIELD, signature);
        }
        return call;
    }

    private ObjectNode audio(JsonNode part) {
        return json.createObjectNode()
                .put("id", "audio_" + id())
                .put("data", part.path("inlineData").path("data").asText())
                .put("transcript", "");
    }
}
