package io.serai.provider.ollama;

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

/**
 * What Ollama means by an error: the status, and the text of {@code {"error": "..."}} where the fact stands nowhere else
 * (https://docs.ollama.com/api/errors; the texts are those of {@code server/routes.go} and {@code llm/}).
 */
final class OllamaErrors {
    /** Of an error within a stream, which has no status of its own: Ollama's is 500 there. */
    static final int UNSAID = 500;

    private static final Pattern CONTEXT = Pattern.compile(
            "context length|context size|context window|exceeds the available context|maximum context",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern LACKS = Pattern.compile("does not support (thinking|tools|chat|completion|embed\\w*)");
    /** Comes with 500, and is the client's mistake all the same. */
    private static final Pattern OPTION = Pattern.compile("option \"(\\w{1,64})\" must be");

    private final ObjectMapper json;

    OllamaErrors(ObjectMapper json) {
        this.json = json;
    }

    UpstreamFailure of(Attempt attempt, Attempt.Answer answer) {
        JsonNode body = AnswerBody.of(json, answer);
        return ofBody(attempt, answer.status(), answer.headers(), body);
    }

    /** @param body the whole JSON body; missing when it isn't JSON */
    UpstreamFailure ofBody(Attempt attempt, int status, Map<String, String> headers, JsonNode body) {
        JsonNode error = body.path("error");
        String said = error.isTextual() ? error.asText() : error.path("message").asText("");
        String message = Redaction.of(
                attempt.target().instance(), said.isBlank() ? "The provider answered with status " + status : said);
        Duration wait = RetryHints.of(headers);
        boolean clients = status == 400 || status == 413 || status == 422 || status >= 500;
        if (clients && CONTEXT.matcher(said).find()) {
            return rejected(400, message, "context_length_exceeded", null);
        }
        Matcher option = OPTION.matcher(said);
        if (clients && option.find()) {
            return rejected(400, message, "invalid_value", option.group(1));
        }
        return switch (status) {
            case 401 -> new UpstreamFailure.CredentialsBad(status, message);
            case 402 -> new UpstreamFailure.QuotaUsedUp(status, message);
            // a model that runs elsewhere, and that this Ollama may not call
            case 403 -> rejected(status, message, "model_not_found", "model");
            case 404 ->
                body.isObject()
                        ? rejected(status, message, "model_not_found", "model")
                        : new UpstreamFailure.BrokenAnswer(status, "The provider has nothing at this address");
            case 429 -> new UpstreamFailure.RateLimited(status, message, wait);
            case 408, 409, 499 -> new UpstreamFailure.Overloaded(status, message, wait);
            default ->
                status >= 500
                        ? new UpstreamFailure.Overloaded(status, message, wait)
                        : status >= 400
                                ? refused(attempt, status, message, said)
                                : new UpstreamFailure.BrokenAnswer(
                                        status, "The provider answered with status " + status);
        };
    }

    /** A model that can't think is asked again without; one without tools is not, for that would be another question. */
    private static UpstreamFailure refused(Attempt attempt, int status, String message, String said) {
        Matcher lacks = LACKS.matcher(said);
        if (!lacks.find()) {
            return rejected(status, message, null, null);
        }
        return switch (lacks.group(1)) {
            case "thinking" -> {
                boolean own = attempt.body().hasNonNull("think");
                yield rejected(status, message, "unsupported_parameter", own ? "think" : "reasoning_effort");
            }
            case "tools" -> rejected(status, message, "invalid_value", "tools");
            default -> UpstreamFailure.Rejected.operation(message);
        };
    }

    private static UpstreamFailure.Rejected rejected(
            int status,
            String message,
            @org.jspecify.annotations.Nullable String code,
            @org.jspecify.annotations.Nullable String param) {
        return new UpstreamFailure.Rejected(status, message, "invalid_request_error", code, param);
    }
}
