package io.serai.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Attempt;
import io.serai.call.UpstreamFailure;
import io.serai.provider.AnswerBody;
import io.serai.provider.Redaction;
import io.serai.provider.RetryHints;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the vendor says when it says no: {@code {"type": "error", "error": {"type", "message"}, "request_id"}}
 * (https://platform.claude.com/docs/en/api/errors). The status and the type decide; the message only where the fact stands
 * nowhere else: all of these are {@code invalid_request_error} with 400.
 */
final class AnthropicErrors {
    private static final Map<String, Integer> STATUS_OF = Map.of(
            "invalid_request_error", 400,
            "authentication_error", 401,
            "billing_error", 402,
            "permission_error", 403,
            "not_found_error", 404,
            "request_too_large", 413,
            "rate_limit_error", 429,
            "api_error", 500,
            "timeout_error", 504,
            "overloaded_error", 529);

    private static final Pattern CONTEXT =
            Pattern.compile("prompt is too long|exceed(?:s|ed)? (?:the )?(?:model's )?context (?:limit|window)");
    /** A limit that the account's owner has set, and a prepaid account that is empty. */
    private static final Pattern SPENT =
            Pattern.compile("credit balance is too low|reached your specified (?:\\w+ )*usage limits");

    private static final Pattern FILTERED = Pattern.compile("content filtering policy");
    private static final Pattern UNKNOWN_FIELD = Pattern.compile("^([a-z_]+): Extra inputs are not permitted");
    /** Of a model that nobody here knows yet: "`temperature` is deprecated for this model." */
    private static final Pattern REFUSED_FIELD = Pattern.compile(
            "^[`\"](temperature|top_p|top_k|thinking)(?:\\.[a-z_.]+)?[`\"] is (?:deprecated|not supported) for this model");

    private final ObjectMapper json;

    AnthropicErrors(ObjectMapper json) {
        this.json = json;
    }

    UpstreamFailure of(Attempt attempt, Attempt.Answer answer) {
        JsonNode body = AnswerBody.of(json, answer);
        return ofBody(attempt, answer.status(), answer.headers(), body);
    }

    /** An error in a stream, where only its type tells the status. */
    UpstreamFailure ofEvent(Attempt attempt, JsonNode event) {
        String type = event.path("error").path("type").asText();
        return ofBody(attempt, STATUS_OF.getOrDefault(type, 502), Map.of(), event);
    }

    private UpstreamFailure ofBody(Attempt attempt, int status, Map<String, String> headers, JsonNode body) {
        JsonNode error = body.path("error");
        String type = error.path("type").asText();
        String code = error.path("details").path("error_code").asText();
        String message = Redaction.of(
                attempt.target().instance(),
                error.path("message").asText("The provider answered with status " + status));
        Duration wait = RetryHints.of(headers);
        if (status >= 300 && status < 400) {
            return new UpstreamFailure.BrokenAnswer(
                    status, "The provider answered with a redirect, which is not followed");
        }
        if (status == 402 || code.equals("enforced_spend_limit_reached") || type.equals("billing_error")) {
            return new UpstreamFailure.QuotaUsedUp(status, message);
        }
        return switch (status) {
            case 429 -> new UpstreamFailure.RateLimited(status, message, wait);
            case 401, 403 -> new UpstreamFailure.CredentialsBad(status, message);
            case 404 ->
                body.isObject()
                        ? rejected(status, message, "model_not_found", "model")
                        : new UpstreamFailure.BrokenAnswer(status, "The provider has nothing at this address");
            case 413 -> rejected(status, message, "request_too_large", null);
            case 408, 409 -> new UpstreamFailure.Overloaded(status, message, wait);
            default -> {
                if (status >= 500) {
                    yield new UpstreamFailure.Overloaded(status, message, wait);
                }
                yield status >= 400
                        ? invalid(attempt, status, message)
                        : new UpstreamFailure.BrokenAnswer(status, "The provider answered with status " + status);
            }
        };
    }

    private static UpstreamFailure invalid(Attempt attempt, int status, String message) {
        if (SPENT.matcher(message).find()) {
            return new UpstreamFailure.QuotaUsedUp(status, message);
        }
        if (CONTEXT.matcher(message).find()) {
            return rejected(status, message, "context_length_exceeded", "messages");
        }
        if (FILTERED.matcher(message).find()) {
            return rejected(status, message, "content_filter", null);
        }
        Matcher unknown = UNKNOWN_FIELD.matcher(message);
        if (unknown.find()) {
            return rejected(status, message, "unknown_parameter", unknown.group(1));
        }
        Matcher refused = REFUSED_FIELD.matcher(message);
        if (refused.find()) {
            boolean effort =
                    refused.group(1).equals("thinking") && !attempt.body().has("thinking");
            return rejected(status, message, "unsupported_parameter", effort ? "reasoning_effort" : refused.group(1));
        }
        return rejected(status, message, null, null);
    }

    private static UpstreamFailure rejected(int status, String message, @Nullable String code, @Nullable String param) {
        return new UpstreamFailure.Rejected(status, message, "invalid_request_error", code, param);
    }
}
