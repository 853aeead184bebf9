package io.serai.call;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished call, immutable: what wire taps carry.
 *
 * @param uid unique among all brokers, in the order of time; the request's {@code id} may be the client's, who may repeat it
 * @param dialect that the client spoke, see {@link Dialect#name}
 * @param model as asked for; empty when the request never got so far
 * @param rotation that the request went through, empty when it went through none
 * @param provider that answered, empty when none did
 * @param targetModel the name of the model that the provider was asked for, also where its answer was kept; empty likewise
 * @param servedModel that the provider says it used
 * @param status as sent, 499 when the client left first
 * @param usage of every model that worked on it, also where its words did not become the reply
 * @param error the code or type of the error, null without one
 * @param passedOver candidates that were not tried, {@code instance/model:reason} each
 * @param sensitive why only models with a flag could be sent it, {@code kind:category} each; empty for others
 * @param parts into which the request was split, 0 when it went out whole
 * @param durationMs from the request's head to the end of the answer
 * @param overhead the part of the duration in which no provider was being asked
 * @param firstTokenMs from the request's head to the first meaningful event; -1 when there was none
 * @param cost of {@code usage}; what a failed attempt may have cost is in its {@link Try}
 * @param cacheSavedUsd what the provider's prompt cache saved, see {@link Prices#saving}; null when the prices are not known
 * @param catalogue the version of the catalogue when the request came, see {@code config.Catalogue}
 * @param effectiveContext tokens that the model which replied had to read, of a chat; 0 without a reply
 * @param contextEstimated whether those were counted, and the provider did not say
 * @param condensation how the request was made to fit that model, null when it went out as it came
 * @param cacheResult null when the response cache had nothing to do with it
 * @param saved by a hit in the response cache
 */
public record CallRecord(
        String uid,
        String id,
        String door,
        String dialect,
        Operation operation,
        Instant startedAt,
        String key,
        String address,
        String model,
        boolean streamed,
        String provider,
        String instance,
        String targetModel,
        String servedModel,
        String rotation,
        int status,
        Outcome outcome,
        @Nullable String error,
        Usage usage,
        List<Try> attempts,
        List<String> passedOver,
        List<String> sensitive,
        int parts,
        long durationMs,
        long firstTokenMs,
        Overhead overhead,
        Cost cost,
        @Nullable BigDecimal cacheSavedUsd,
        String catalogue,
        long effectiveContext,
        boolean contextEstimated,
        @Nullable Condensation condensation,
        @Nullable CacheResult cacheResult,
        Saved saved) {

    private static final String ROTATION = "rotation/";

    /**
     * @param reason {@code ok}, the failure's name, or {@code overtaken} where another was faster
     * @param status the provider's HTTP status, 0 when there was none
     * @param wentOut whether the provider was asked; else it counts as no attempt
     * @param usage as the provider reported it, also where it failed later; null when it said nothing
     * @param cost of that
     */
    public record Try(
            Purpose purpose,
            String provider,
            String instance,
            String model,
            String reason,
            int status,
            boolean wentOut,
            long ms,
            @Nullable Usage usage,
            Cost cost) {
        public static Try of(Attempt a) {
            UpstreamFailure failure = a.failure();
            return new Try(
                    a.call().purpose(),
                    a.target().provider().id(),
                    a.target().instance().id(),
                    a.target().model(),
                    a.isOvertaken() ? "overtaken" : failure == null ? "ok" : failure.reason(),
                    failure == null ? 200 : failure.status(),
                    a.wentOut(),
                    a.millis(),
                    a.usage(),
                    a.cost());
        }
    }

    static CallRecord of(Call call, @Nullable ApiError error, @Nullable Outcome outcome) {
        long now = call.overNanos() == 0 ? System.nanoTime() : call.overNanos();
        Attempt served = call.served();
        boolean gone = call.cancellation().reason() instanceof UpstreamFailure.ClientGone;
        Usage usage = call.trail().usage();
        Outcome how = outcome != null
                ? outcome
                : gone
                        ? Outcome.CLIENT_CANCELLED
                        : error != null
                                ? ofError(call, error)
                                : call.cacheResult() == CacheResult.HIT
                                        ? Outcome.CACHE_HIT
                                        : usage.estimated() ? Outcome.OK_ESTIMATED : Outcome.OK;
        long first = served == null ? 0 : served.firstEventNanos();
        return new CallRecord(
                call.uid(),
                call.id(),
                LogText.of(call.door()),
                call.dialect().name(),
                call.operation(),
                call.startedAt(),
                call.caller().key(),
                call.caller().address(),
                LogText.of(call.asked()),
                call.streaming(),
                served == null ? "" : served.target().provider().id(),
                served == null ? "" : served.target().instance().id(),
                served == null ? "" : served.target().model(),
                served == null ? "" : LogText.of(served.servedModel()),
                call.model().startsWith(ROTATION) ? LogText.of(call.model().substring(ROTATION.length())) : "",
                how == Outcome.CLIENT_CANCELLED ? 499 : call.status(),
                how,
                error == null ? unread(served) : LogText.of(error.code() == null ? error.type() : error.code()),
                usage,
                call.attempts().stream().map(Try::of).toList(),
                call.trail().passedOver(),
                call.trail().sensitive(),
                call.parts(),
                (now - call.startedNanos()) / 1_000_000,
                first == 0 ? -1 : (first - call.startedNanos()) / 1_000_000,
                Overhead.of(call, now),
                call.cost(),
                served == null ? BigDecimal.ZERO : served.prices().saving(usage),
                call.catalogue(),
                served == null || call.operation() != Operation.CHAT ? 0 : served.effectiveContext(),
                served != null && served.isContextEstimated(),
                served == null ? null : served.condensation(),
                call.cacheResult(),
                call.saved());
    }

    /** Whether the client was let go for reading nothing; one that left by itself has its status. */
    private static @Nullable String unread(@Nullable Attempt served) {
        return served != null && served.failure() instanceof UpstreamFailure.ClientGone gone && gone.unreadFor() != null
                ? gone.reason()
                : null;
    }

    private static Outcome ofError(Call call, ApiError error) {
        if (call.attempts().isEmpty() && !call.wasRouted()) {
            return error.status() >= 500 ? Outcome.BROKER_ERROR : Outcome.REFUSED;
        }
        return error.status() == 504 ? Outcome.TIMEOUT_BEFORE_OUTPUT : Outcome.UPSTREAM_ERROR_BEFORE_OUTPUT;
    }
}
