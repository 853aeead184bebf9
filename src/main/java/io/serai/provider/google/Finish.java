package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.UpstreamFailure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gemini's {@code finishReason} (https://ai.google.dev/api/generate-content#FinishReason) in OpenAI's words. */
final class Finish {
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("STOP", "stop"),
            Map.entry("MAX_TOKENS", "length"),
            Map.entry("SAFETY", "content_filter"),
            Map.entry("RECITATION", "content_filter"),
            Map.entry("LANGUAGE", "content_filter"),
            Map.entry("BLOCKLIST", "content_filter"),
            Map.entry("PROHIBITED_CONTENT", "content_filter"),
            Map.entry("SPII", "content_filter"),
            Map.entry("IMAGE_SAFETY", "content_filter"),
            Map.entry("IMAGE_PROHIBITED_CONTENT", "content_filter"),
            Map.entry("IMAGE_RECITATION", "content_filter"));

    private Finish() {}

    /**
     * Why an answer is none, null when it is one.
     *
     * @param empty whether the model has said nothing
     */
    static @Nullable UpstreamFailure failure(JsonNode candidate, boolean empty) {
        String reason = candidate.path("finishReason").asText("");
        return switch (reason) {
            // the model stumbled: another try may well succeed
            case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE" ->
                new UpstreamFailure.BrokenAnswer(200, "The model's answer was none: " + reason);
            case "MISSING_THOUGHT_SIGNATURE" ->
                new UpstreamFailure.Rejected(
                        400,
                        "A function call in 'messages' lacks its thought signature. Send tool calls back as they came, with"
                                + " extra_content.",
                        "invalid_request_error",
                        "invalid_value",
                        "messages");
            default ->
                empty && !reason.isEmpty() && !REASONS.containsKey(reason)
                        ? new UpstreamFailure.BrokenAnswer(200, "The model ended without a word: " + reason)
                        : null;
        };
    }

    /** @param called whether the model has called a function */
    static String reason(String finishReason, boolean called) {
        String reason = REASONS.getOrDefault(finishReason, "stop");
        return called && reason.equals("stop") ? "tool_calls" : reason;
    }

    /** For a person: why the prompt was not even read. */
    static String blocked(JsonNode feedback) {
        String why = feedback.path("blockReasonMessage").asText("");
        return "Google blocked the prompt: " + feedback.path("blockReason").asText()
                + (why.isEmpty() ? "" : ", " + why);
    }
}
