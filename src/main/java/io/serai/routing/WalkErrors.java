package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.UpstreamFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a failure upstream reads for the client: behaviour, section 1. */
public final class WalkErrors {
    private WalkErrors() {}

    /**
     * @param soonest when another try may help; null: nobody said
     */
    public static ApiError of(UpstreamFailure failure, @Nullable Duration soonest) {
        return switch (failure) {
            case UpstreamFailure.Rejected r ->
                new ApiError(
                        r.modelUnknown() ? 404 : r.status(),
                        type(r),
                        r.modelUnknown() ? "model_not_found" : r.code(),
                        r.param(),
                        r.message(),
                        null);
            case UpstreamFailure.RateLimited r -> rateLimited(r.message(), soonest);
            case UpstreamFailure.QuotaUsedUp q ->
                new ApiError(429, "insufficient_quota", "insufficient_quota", null, q.message(), null);
            case UpstreamFailure.CredentialsBad c -> credentials();
            case UpstreamFailure.Overloaded o
            when o.status() == 503 || o.status() == 529 -> unavailable(o.message(), soonest);
            case UpstreamFailure.Overloaded o when o.status() == 408 -> timedOut(o.message());
            case UpstreamFailure.Overloaded o -> broken(o.message());
            case UpstreamFailure.Unreachable u -> broken(u.message());
            case UpstreamFailure.BrokenAnswer b -> broken(b.message());
            case UpstreamFailure.TimedOut t -> timedOut(t.message());
            case UpstreamFailure.ClientGone g -> new ApiError(499, "api_error", g.reason(), null, g.message(), null);
            case UpstreamFailure.NotTried n -> notTried(n, soonest);
        };
    }

    private static String type(UpstreamFailure.Rejected r) {
        return r.status() == 413 || r.type() == null ? "invalid_request_error" : r.type();
    }

    private static ApiError notTried(UpstreamFailure.NotTried skipped, @Nullable Duration soonest) {
        return switch (skipped.reason()) {
            case "credentials_bad" -> credentials();
            case "quota_used_up" ->
                new ApiError(
                        429,
                        "insufficient_quota",
                        "insufficient_quota",
                        null,
                        "The provider account's quota is used up",
                        null);
            case Disabled.REASON ->
                unavailable("Whatever could serve this is disabled by the operator of this broker", soonest);
            case "cooling_down" -> rateLimited("Every provider that could serve this is rate limited", soonest);
            case "over_tpm", "over_tph", "over_tpd" ->
                rateLimited("The broker's token limit for every provider that could serve this is reached", soonest);
            case "paced" ->
                rateLimited("Every provider that could serve this is called as often as it may be", soonest);
            case "above_tpm", "above_tph", "above_tpd" ->
                new ApiError(
                        400,
                        "invalid_request_error",
                        "request_too_large",
                        null,
                        "The request alone is above the broker's token limit for every provider that could serve it."
                                + " Shorten it, or set a smaller max_tokens.",
                        null);
            default -> unavailable("No provider that could serve this is available: " + skipped.reason(), soonest);
        };
    }

    private static ApiError rateLimited(String message, @Nullable Duration soonest) {
        return new ApiError(
                429,
                "rate_limit_error",
                "rate_limit_exceeded",
                null,
                message,
                soonest == null ? Duration.ofSeconds(1) : soonest);
    }

    private static ApiError unavailable(String message, @Nullable Duration soonest) {
        return new ApiError(
                503,
                "api_error",
                "no_available_target",
                null,
                message,
                soonest == null ? Duration.ofSeconds(5) : soonest);
    }

    private static ApiError credentials() {
        return new ApiError(
                502,
                "api_error",
                "upstream_credentials_exhausted",
                null,
                "The provider refuses the broker's key. The operator has to look at it; your own key is fine.",
                null);
    }

    private static ApiError timedOut(String message) {
        return new ApiError(504, "timeout_error", "upstream_timeout", null, message, null);
    }

    private static ApiError broken(String message) {
        return new ApiError(502, "api_error", "upstream_error", null, message, null);
    }
}
