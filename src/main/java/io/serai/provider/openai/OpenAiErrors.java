package io.serai.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.provider.AnswerBody;
import io.serai.provider.Redaction;
import io.serai.provider.RetryHints;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an OpenAI-compatible provider says when it says no: the status first, then the error's code and type, and the
 * message only where vendors put the fact nowhere else (a context that is too long).
 */
final class OpenAiErrors {
    private static final Set<String> QUOTA = Set.of(
            "insufficient_quota",
            "credit_balance_exhausted",
            "billing_hard_limit_reached",
            "enforced_spend_limit_reached",
            "insufficient_credits");
    /** The words of OpenAI, Groq, SambaNova, OpenRouter, vLLM and llama.cpp for it. */
    private static final Pattern CONTEXT = Pattern.compile(
            "maximum context length|context window|context length|context size|prompt is too long|reduce the length",
            Pattern.CASE_INSENSITIVE);

    private static final Map<String, Integer> STATUS_OF = Map.of(
            "rate_limit_exceeded", 429,
            "rate_limit_error", 429,
            "context_length_exceeded", 400,
            "content_filter", 400,
            "invalid_request_error", 400,
            "invalid_api_key", 401,
            "authentication_error", 401,
            "permission_error", 403,
            "model_not_found", 404,
            "overloaded_error", 503);

    /** OpenAI's words and Groq's for a field that they don't know and name nowhere else. */
    private static final Pattern UNKNOWN = Pattern.compile(
            "^(?:Unrecognized request argument supplied: ([\\w.-]{1,64})|property '([\\w.-]{1,64})' is unsupported)");

    private static final Pattern INSTEAD = Pattern.compile("[Uu]se '([a-z_]{1,64})' instead");

    private final ObjectMapper json;

    OpenAiErrors(ObjectMapper json) {
        this.json = json;
    }

    UpstreamFailure of(Attempt attempt, Attempt.Answer answer) {
        JsonNode body = AnswerBody.of(json, answer);
        return ofBody(attempt, answer.status(), answer.headers(), body);
    }

    /**
     * @param status of the answer, or the one named inside an error that came under 200
     * @param body the whole JSON body; missing when it isn't JSON
     */
    UpstreamFailure ofBody(Attempt attempt, int status, Map<String, String> headers, JsonNode body) {
        JsonNode error = body.path("error");
        String code = text(attempt, error.path("code"));
        String type = text(attempt, error.path("type"));
        String param = text(attempt, error.path("param"));
        String message = Redaction.of(attempt.target().instance(), message(body, status));
        Duration wait = RetryHints.of(headers);
        if (status >= 300 && status < 400) {
            return new UpstreamFailure.BrokenAnswer(
                    status, "The provider answered with a redirect, which is not followed");
        }
        if (status == 402 || quota(code, type)) {
            return new UpstreamFailure.QuotaUsedUp(status, message);
        }
        if (status == 429) {
            return new UpstreamFailure.RateLimited(status, message, wait);
        }
        if (contentBlocked(code, error)) {
            return new UpstreamFailure.Rejected(status, message, "invalid_request_error", "content_filter", param);
        }
        if (status == 404 && body.isObject() || status == 403 && aboutModel(code, param)) {
            // 403 for a model that this key may not use says nothing of the key itself
            return new UpstreamFailure.Rejected(status, message, "invalid_request_error", "model_not_found", "model");
        }
        if (status == 401 || status == 403) {
            return new UpstreamFailure.CredentialsBad(status, message);
        }
        if (status == 404 && !body.isObject()) {
            return new UpstreamFailure.BrokenAnswer(status, "The provider has nothing at this address");
        }
        if (status == 408 || status == 409 || status >= 500) {
            return new UpstreamFailure.Overloaded(status, message, wait);
        }
        if (status >= 400) {
            String unknown = code == null && param == null ? unknown(message) : null;
            if (unknown != null) {
                return new UpstreamFailure.Rejected(
                        status, message, "invalid_request_error", "unknown_parameter", unknown);
            }
            boolean context = "context_length_exceeded".equals(code)
                    || CONTEXT.matcher(message).find();
            return new UpstreamFailure.Rejected(
                    status,
                    message,
                    type == null ? "invalid_request_error" : type,
                    context ? "context_length_exceeded" : code,
                    param,
                    instead(message));
        }
        return new UpstreamFailure.BrokenAnswer(status, "The provider answered with status " + status);
    }

    private static @Nullable String unknown(String message) {
        Matcher field = UNKNOWN.matcher(message);
        if (!field.find()) {
            return null;
        }
        return field.group(1) == null ? field.group(2) : field.group(1);
    }

    /** "Use 'max_completion_tokens' instead.": a limit that were only left out would be a cap lost. */
    private static @Nullable String instead(String message) {
        Matcher use = INSTEAD.matcher(message);
        return use.find() ? use.group(1) : null;
    }

    /** An answer under 200 says its status as {@code error.code}, or only by the error's name; else it is a 502. */
    static int statusIn(JsonNode error) {
        for (String field : new String[] {"code", "status"}) {
            int code = error.path(field).asInt(0);
            if (code >= 400 && code < 600) {
                return code;
            }
        }
        return STATUS_OF.getOrDefault(
                error.path("code").asText(),
                STATUS_OF.getOrDefault(error.path("type").asText(), 502));
    }

    private static boolean aboutModel(@Nullable String code, @Nullable String param) {
        return "model".equals(param) || code != null && code.contains("model");
    }

    private static boolean quota(@Nullable String code, @Nullable String type) {
        return (code != null && QUOTA.contains(code)) || (type != null && QUOTA.contains(type));
    }

    private static boolean contentBlocked(@Nullable String code, JsonNode error) {
        return "content_filter".equals(code)
                || "content_policy_violation".equals(code)
                || error.path("metadata").has("flagged_input");
    }

    private static @Nullable String text(Attempt attempt, JsonNode node) {
        return node.isValueNode() && !node.isNull()
                ? Redaction.of(attempt.target().instance(), node.asText())
                : null;
    }

    private static String message(JsonNode body, int status) {
        JsonNode error = body.path("error");
        for (JsonNode candidate :
                new JsonNode[] {error.path("message"), error, body.path("message"), body.path("detail")}) {
            if (candidate.isTextual() && !candidate.asText().isBlank()) {
                return candidate.asText();
            }
        }
        return "The provider answered with status " + status;
    }
}
