package io.serai.call;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong with one attempt, as a closed choice: retry, failover, cooldown and the client's error decide on the type
 * and on nothing else. Messages are the provider's own words with secrets taken out.
 */
public sealed interface UpstreamFailure {

    /** For a person; no secrets. */
    String message();

    /** The provider's HTTP status, 0 when there was none. */
    default int status() {
        return 0;
    }

    /** The failure's name in logs, in {@code error.attempts} and in metrics. */
    String reason();

    /** How long the provider asked to be left alone, if it did. */
    default @Nullable Duration retryAfter() {
        return null;
    }

    /** Whether it speaks against the provider's health, and so counts in its breaker. */
    default boolean countsAgainstProvider() {
        return false;
    }

    /**
     * The request itself is at fault: another try brings the same.
     *
     * @param instead the parameter that the provider wants in the place of {@code param}, if it named one
     */
    record Rejected(
            int status,
            String message,
            @Nullable String type,
            @Nullable String code,
            @Nullable String param,
            @Nullable String instead)
            implements UpstreamFailure {

        public Rejected(
                int status, String message, @Nullable String type, @Nullable String code, @Nullable String param) {
            this(status, message, type, code, param, null);
        }

        @Override
        public String reason() {
            if (operationUnsupported()) {
                return "operation_not_supported";
            }
            return modelUnknown() ? "model_not_found" : contextTooLong() ? "context_length_exceeded" : "rejected";
        }

        /** The provider's kind can't do what the call asks for. */
        public static Rejected operation(String message) {
            return new Rejected(400, message, "invalid_request_error", "operation_not_supported", "model");
        }

        /** See {@link #operation}; another provider may be able to. */
        public boolean operationUnsupported() {
            return "operation_not_supported".equals(code);
        }

        /** The request stood on something that the broker had cached at the provider, and that is gone. */
        public static Rejected staleCache(int status, String message) {
            return new Rejected(status, message, "invalid_request_error", "cache_stale", null);
        }

        /** See {@link #staleCache}; the same request, sent whole, may well succeed. */
        public boolean cacheStale() {
            return "cache_stale".equals(code);
        }

        /** The provider has no such model; another one may. */
        public boolean modelUnknown() {
            return status == 404 && !cacheStale() || "model_not_found".equals(code);
        }

        public boolean contextTooLong() {
            return "context_length_exceeded".equals(code);
        }

        /** The provider refuses a field that can be left out. */
        public boolean parameterUnsupported() {
            return param != null
                    && ("unsupported_parameter".equals(code)
                            || "unknown_parameter".equals(code)
                            || "unsupported_value".equals(code));
        }
    }

    /**
     * Too many requests or tokens for now.
     *
     * @param ofModel whether only the model's own limit is reached, and the key may serve others
     */
    record RateLimited(int status, String message, @Nullable Duration retryAfter, boolean ofModel)
            implements UpstreamFailure {
        public RateLimited(int status, String message, @Nullable Duration retryAfter) {
            this(status, message, retryAfter, false);
        }

        @Override
        public String reason() {
            return "rate_limited";
        }
    }

    /**
     * No wait helps: credit or quota is gone.
     *
     * @param ofModel whether only the model's own is, and the key may serve others
     */
    record QuotaUsedUp(int status, String message, boolean ofModel) implements UpstreamFailure {
        public QuotaUsedUp(int status, String message) {
            this(status, message, false);
        }

        @Override
        public String reason() {
            return "quota_used_up";
        }
    }

    /** The provider refuses our key. */
    record CredentialsBad(int status, String message) implements UpstreamFailure {
        @Override
        public String reason() {
            return "credentials_bad";
        }
    }

    /** 5xx and the vendors' own words for "too much at the moment". */
    record Overloaded(int status, String message, @Nullable Duration retryAfter) implements UpstreamFailure {
        @Override
        public String reason() {
            return "overloaded";
        }

        @Override
        public boolean countsAgainstProvider() {
            return true;
        }
    }

    /** No connection: DNS, refused, TLS, reset before an answer. */
    record Unreachable(String message) implements UpstreamFailure {
        @Override
        public String reason() {
            return "unreachable";
        }

        @Override
        public boolean countsAgainstProvider() {
            return true;
        }
    }

    /**
     * @param phase connect, first_event, idle or total
     */
    record TimedOut(String phase, Duration limit) implements UpstreamFailure {
        @Override
        public String message() {
            return "The provider exceeded the " + phase + " timeout of " + limit.toMillis() + " ms";
        }

        @Override
        public String reason() {
            return "timed_out_" + phase;
        }

        @Override
        public boolean countsAgainstProvider() {
            return true;
        }
    }

    /** An answer that isn't one: HTML, half JSON, a redirect, a cut stream. */
    record BrokenAnswer(int status, String message) implements UpstreamFailure {
        @Override
        public String reason() {
            return "broken_answer";
        }

        @Override
        public boolean countsAgainstProvider() {
            return true;
        }
    }

    /**
     * The client left, or was let go because it read nothing; nobody's fault, never retried.
     *
     * @param unreadFor how long it had read nothing; null: it left by itself
     */
    record ClientGone(@Nullable Duration unreadFor) implements UpstreamFailure {
        public ClientGone() {
            this(null);
        }

        @Override
        public String message() {
            return unreadFor == null
                    ? "The client went away"
                    : "The client had read nothing for " + unreadFor.toMillis() + " ms";
        }

        @Override
        public String reason() {
            return unreadFor == null ? "client_gone" : "client_not_reading";
        }
    }

    /**
     * The attempt was not made: the instance is stopped, cooling down, or its breaker is open.
     *
     * @param reason stopped, breaker_open, cooling_down, overloaded, credentials_bad, quota_used_up
     * @param retryAfter until it may be worth another try
     */
    record NotTried(String reason, @Nullable Duration retryAfter) implements UpstreamFailure {
        @Override
        public String message() {
            return "Not tried: " + reason;
        }
    }
}
