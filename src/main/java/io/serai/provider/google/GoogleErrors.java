package io.serai.provider.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.provider.AnswerBody;
import io.serai.provider.Redaction;
import io.serai.provider.RetryHints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Google's errors: {@code {"error": {code, message, status, details}}}, alone or as the only element of a list, with
 * {@code google.rpc}'s details (https://google.aip.dev/193, https://ai.google.dev/gemini-api/docs/troubleshooting).
 */
final class GoogleErrors {
    private static final Pattern CONTEXT =
            Pattern.compile("(?i)input token count.{0,40}exceeds|exceeds the maximum number of tokens");
    private static final Pattern KEY = Pattern.compile("(?i)API key (not valid|expired|not found)");
    private static final Pattern CACHE = Pattern.compile("(?i)cached ?content");
    private static final Pattern SECONDS = Pattern.compile("(\\d+(?:\\.\\d+)?)s");
    /** Where the words of {@code google.rpc.BadRequest} point to, in the client's words. */
    private static final Map<String, String> PARAMS = Map.ofEntries(
            Map.entry("contents", "messages"),
            Map.entry("system_instruction", "messages"),
            Map.entry("tools", "tools"),
            Map.entry("tool_config", "tool_choice"),
            Map.entry("generation_config.temperature", "temperature"),
            Map.entry("generation_config.top_p", "top_p"),
            Map.entry("generation_config.top_k", "top_k"),
            Map.entry("generation_config.max_output_tokens", "max_tokens"),
            Map.entry("generation_config.candidate_count", "n"),
            Map.entry("generation_config.stop_sequences", "stop"),
            Map.entry("generation_config.seed", "seed"),
            Map.entry("generation_config.presence_penalty", "presence_penalty"),
            Map.entry("generation_config.frequency_penalty", "frequency_penalty"),
            Map.entry("generation_config.response_json_schema", "response_format"),
            Map.entry("generation_config.response_mime_type", "response_format"),
            Map.entry("generation_config.thinking_config", "reasoning_effort"));

    private final ObjectMapper json;

    GoogleErrors(ObjectMapper json) {
        this.json = json;
    }

    UpstreamFailure of(Attempt attempt, Attempt.Answer answer) {
        JsonNode body = AnswerBody.of(json, answer);
        return of(attempt, answer.status(), RetryHints.of(answer.headers()), body);
    }

    /** An error that stands where an event or an answer was due says its status itself. */
    UpstreamFailure inStream(Attempt attempt, JsonNode body) {
        int status = first(body).path("error").path("code").asInt(0);
        return status < 400 || status > 599
                ? new UpstreamFailure.BrokenAnswer(200, "The provider sent an event that is no answer")
                : of(attempt, status, null, body);
    }

    private static JsonNode first(JsonNode body) {
        return body.isArray() ? body.path(0) : body;
    }

    private UpstreamFailure of(Attempt attempt, int status, @Nullable Duration asked, JsonNode body) {
        JsonNode error = first(body).path("error");
        String said = error.path("message").asText("The provider answered with status " + status);
        String message = Redaction.of(attempt.target().instance(), said);
        JsonNode details = error.path("details");
        Duration wait = asked != null
                ? asked
                : delay(detail(details, "RetryInfo").path("retryDelay").asText(""));
        String reason = detail(details, "ErrorInfo").path("reason").asText("");
        if (status >= 300 && status < 400) {
            return new UpstreamFailure.BrokenAnswer(
                    status, "The provider answered with a redirect, which is not followed");
        }
        if (UsedCache.of(attempt) != null && status < 500 && CACHE.matcher(said).find()) {
            return UpstreamFailure.Rejected.staleCache(status, message);
        }
        if (status == 402) {
            return new UpstreamFailure.QuotaUsedUp(status, message);
        }
        if (status == 429) {
            List<String> quotas = quotas(details);
            List<String> perDay =
                    quotas.stream().filter(id -> id.contains("PerDay")).toList();
            return perDay.isEmpty()
                    ? new UpstreamFailure.RateLimited(status, message, wait, ofModel(quotas))
                    : new UpstreamFailure.QuotaUsedUp(status, message, ofModel(perDay));
        }
        if (status == 401 || status == 403 || badKey(reason, said) || elsewhere(error)) {
            return new UpstreamFailure.CredentialsBad(status, message);
        }
        if (status == 404) {
            return error.isObject()
                    ? new UpstreamFailure.Rejected(status, message, "invalid_request_error", "model_not_found", "model")
                    : new UpstreamFailure.BrokenAnswer(status, "The provider has nothing at this address");
        }
        if (status == 408 || status == 409 || status >= 500) {
            return new UpstreamFailure.Overloaded(status, message, wait);
        }
        if (status >= 400) {
            boolean context = CONTEXT.matcher(said).find();
            String param = context ? "messages" : param(detail(details, "BadRequest"));
            return new UpstreamFailure.Rejected(
                    status,
                    message,
                    "invalid_request_error",
                    context ? "context_length_exceeded" : status == 413 ? "request_too_large" : "invalid_value",
                    param);
        }
        return new UpstreamFailure.BrokenAnswer(status, "The provider answered with status " + status);
    }

    /** Google says 400 for a key that it does not know. */
    private static boolean badKey(String reason, String message) {
        return reason.startsWith("API_KEY_") || KEY.matcher(message).find();
    }

    /** No fault of the request: the key's project may not be used from here, or not without billing. */
    private static boolean elsewhere(JsonNode error) {
        return error.path("status").asText().equals("FAILED_PRECONDITION");
    }

    /**
     * The names of those that are used up, such as {@code GenerateRequestsPerMinutePerProjectPerModel-FreeTier}. A day's comes
     * back at midnight, Pacific time; the delay that stands beside it is that of the minute's.
     */
    private static List<String> quotas(JsonNode details) {
        List<String> quotas = new ArrayList<>();
        for (JsonNode violation : detail(details, "QuotaFailure").path("violations")) {
            quotas.add(violation.path("quotaId").asText());
        }
        return quotas;
    }

    private static boolean ofModel(List<String> quotas) {
        return !quotas.isEmpty() && quotas.stream().allMatch(id -> id.contains("PerModel"));
    }

    private static @Nullable String param(JsonNode badRequest) {
        String field = badRequest.path("fieldViolations").path(0).path("field").asText("");
        String plain = field.replaceAll("\\[\\d+]", "");
        for (Map.Entry<String, String> known : PARAMS.entrySet()) {
            if (plain.equals(known.getKey()) || plain.startsWith(known.getKey() + ".")) {
                return known.getValue();
            }
        }
        return null;
    }

    private static JsonNode detail(JsonNode details, String type) {
        for (JsonNode detail : details) {
            if (detail.path("@type").asText().endsWith("google.rpc." + type)) {
                return detail;
            }
        }
        return details.path("missing");
    }

    /** {@code 38.804097346s}; null for another text. */
    private static @Nullable Duration delay(String text) {
        Matcher seconds = SECONDS.matcher(text);
        return seconds.matches() && text.length() < 20
                ? Duration.ofMillis((long) Math.ceil(Double.parseDouble(seconds.group(1)) * 1000))
                : null;
    }
}
