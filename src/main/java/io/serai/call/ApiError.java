package io.serai.call;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An error as the client will see it: the HTTP status and OpenAI's four fields. Doors of other dialects translate it.
 *
 * <p>Thrown by any step; the door's error handling renders it. It has no stack trace: it says what the client did or met,
 * not where in the broker that was noticed.
 */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String type;
    private final @Nullable String code;
    private final @Nullable String param;
    private final transient @Nullable Duration retryAfter;

    public ApiError(
            int status,
            String type,
            @Nullable String code,
            @Nullable String param,
            String message,
            @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
        this.retryAfter = retryAfter;
    }

    /** 400 {@code invalid_request_error}: the body is wrong at {@code param}. */
    public static ApiError badRequest(String code, @Nullable String param, String message) {
        return new ApiError(400, "invalid_request_error", code, param, message, null);
    }

    /** 404 {@code model_not_found}. */
    public static ApiError modelNotFound(String message) {
        return new ApiError(404, "invalid_request_error", "model_not_found", "model", message, null);
    }

    /** 413 {@code request_too_large}. */
    public static ApiError tooLarge(long limitBytes) {
        return new ApiError(
                413,
                "invalid_request_error",
                "request_too_large",
                null,
                "The request body is larger than " + limitBytes + " bytes. Send less, or raise serai.body.max-bytes.",
                null);
    }

    /** 413 for a form with files. */
    public static ApiError uploadTooLarge(long limitBytes) {
        return new ApiError(
                413,
                "invalid_request_error",
                "request_too_large",
                null,
                "The upload is larger than " + limitBytes + " bytes. Send less, or raise serai.upload.max-bytes.",
                null);
    }

    /** 503: no room for another upload. */
    public static ApiError noRoom(String message) {
        return new ApiError(503, "api_error", "no_room_for_uploads", null, message, Duration.ofSeconds(5));
    }

    /** 408: the rest of the body did not come. */
    public static ApiError bodyTimeout(Duration silent) {
        return new ApiError(
                408,
                "timeout_error",
                "request_timeout",
                null,
                "The rest of the request's body did not come within " + silent.toMillis() + " ms. Send it again.",
                null);
    }

    /** 503: the ledger takes nothing, and what is not on record is not to be served. */
    public static ApiError noLedger() {
        return new ApiError(
                503,
                "api_error",
                "ledger_unavailable",
                null,
                "Requests can't be put on record at the moment.",
                Duration.ofSeconds(5));
    }

    /** 429: the client has used up what it may; the provider's limits are another matter. */
    public static ApiError rateLimited(String message, Duration wait) {
        return new ApiError(429, "rate_limit_error", "rate_limit_exceeded", null, message, wait);
    }

    /** 503: the large requests under way leave no memory for another. */
    public static ApiError noMemory() {
        return new ApiError(
                503,
                "api_error",
                "too_many_large_requests",
                null,
                "Too many large requests are under way. Try again shortly; the operator can raise SERAI_HEAP.",
                Duration.ofSeconds(1));
    }

    /** 401: no key, or one that is not known here. */
    public static ApiError badKey(String message) {
        return new ApiError(401, "authentication_error", "invalid_api_key", null, message, null);
    }

    /** 403 {@code permission_error}. */
    public static ApiError forbidden(String code, String message) {
        return new ApiError(403, "permission_error", code, null, message, null);
    }

    /** 500: ours, and not the client's business in detail. */
    public static ApiError internal(String requestId) {
        return new ApiError(
                500,
                "api_error",
                "internal_error",
                null,
                "The broker failed on this request. Its log has the cause under id " + requestId + ".",
                null);
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    public @Nullable String code() {
        return code;
    }

    public @Nullable String param() {
        return param;
    }

    /** What the client should wait before another try, null when no wait is known to help. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    public String text() {
        return String.valueOf(getMessage());
    }
}
