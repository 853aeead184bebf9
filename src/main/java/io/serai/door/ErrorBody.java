package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import org.jspecify.annotations.Nullable;

/**
 * An error in OpenAI's shape: {@code {"error": {message, type, param, code}}}, all four always there, with {@code attempts}
 * beside them where the request was tried anywhere.
 */
public final class ErrorBody {
    private final ObjectMapper json;
    private final boolean showAttempts;

    /**
     * @param showAttempts whether clients may see where their requests went
     */
    public ErrorBody(ObjectMapper json, boolean showAttempts) {
        this.json = json;
        this.showAttempts = showAttempts;
    }

    public ObjectNode of(@Nullable Call call, ApiError error) {
        ObjectNode body = json.createObjectNode();
        ObjectNode inner = body.putObject("error");
        inner.put("message", error.text())
                .put("type", error.type())
                .put("param", error.param())
                .put("code", error.code());
        if (call != null && showAttempts && !call.attempts().isEmpty()) {
            ArrayNode attempts = inner.putArray("attempts");
            for (Attempt attempt : call.attempts()) {
                CallRecord.Try tried = CallRecord.Try.of(attempt);
                attempts.addObject()
                        .put("provider", tried.provider())
                        .put("model", tried.model())
                        .put("reason", tried.reason())
                        .put("status", tried.status())
                        .put("ms", tried.ms());
            }
        }
        return body;
    }
}
