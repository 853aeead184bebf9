package io.serai.routing;

import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Limits;
import io.serai.limits.AdaptiveRate;
import io.serai.limits.AdaptiveRates;
import io.serai.limits.Grant;
import io.serai.limits.Place;
import io.serai.limits.RateHeaders;
import io.serai.limits.Reservation;
import io.serai.limits.TokenAnswer;
import io.serai.limits.TokenLimits;
import io.serai.limits.TokenWindows;
import io.serai.limits.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt must pass before it goes out: the tokens that are left for its model and its instance, and the line before
 * the instance. It waits its turn as long as it may, else it says why the attempt is not made.
 */
public final class Gate {
    private static final String PACED = "paced";

    private final AdaptiveRates rates;
    private final TokenWindows windows;
    private final LongSupplier nanoTime;

    public Gate(AdaptiveRates rates, TokenWindows windows, LongSupplier nanoTime) {
        this.rates = rates;
        this.windows = windows;
        this.nanoTime = nanoTime;
    }

    /** Either the leave to go, or why there is none. */
    sealed interface Answer {
        /** @param waitedMs in the line */
        record Passed(Hold hold, long waitedMs) implements Answer {}

        record Closed(UpstreamFailure.NotTried why) implements Answer {}
    }

    /**
     * @param limits what the cascade says of the model there
     * @param tokens that the request may take, input and answer; told the least limit that there is
     * @param patience how long it may wait
     * @throws UpstreamException when the call is cancelled meanwhile; nothing is held then
     */
    Answer pass(Call call, Instance instance, String model, Limits limits, LongUnaryOperator tokens, Duration patience)
            throws UpstreamException {
        TokenLimits ofModel = tokenLimits(limits);
        TokenLimits ofInstance = tokenLimits(instance.provider().defaults());
        Reservation reservation = null;
        if (ofModel.any() || ofInstance.any()) {
            switch (windows.reserve(
                    instance, model, ofModel, ofInstance, tokens.applyAsLong(least(ofModel, ofInstance)))) {
                case TokenAnswer.Reserved reserved -> reservation = reserved.reservation();
                case TokenAnswer.Out out -> {
                    return closed(reason(out), out.left());
                }
                case TokenAnswer.TooLarge large -> {
                    return closed(reason(large), null);
                }
            }
        }
        long began = nanoTime.getAsLong();
        long deadline = began + patience.toNanos();
        Hold hold = new Hold(reservation);
        boolean passed = false;
        try {
            UpstreamFailure.NotTried late = null;
            if (limits.rateLimit() != null) {
                late = stand(call, rates.of(instance, model), deadline, limits.rateLimit(), hold);
            }
            if (late == null) {
                late = stand(call, rates.of(instance), deadline, spacing(instance), hold);
            }
            if (late != null) {
                return new Answer.Closed(late);
            }
            passed = true;
            return new Answer.Passed(hold, (nanoTime.getAsLong() - began) / 1_000_000);
        } finally {
            if (!passed) {
                hold.unused();
            }
        }
    }

    private static long least(TokenLimits... limits) {
        return Arrays.stream(limits)
                .flatMapToLong(each -> LongStream.of(each.perMinute(), each.perHour(), each.perDay()))
                .filter(limit -> limit > 0)
                .min()
                .orElse(0);
    }

    /** Why it would not be let through at the moment; null when it would. Nothing is set aside, and nobody joins a line. */
    @Nullable
    String closed(Instance instance, String model, Limits limits, LongUnaryOperator tokens, Duration patience) {
        TokenLimits ofModel = tokenLimits(limits);
        TokenLimits ofInstance = tokenLimits(instance.provider().defaults());
        TokenAnswer answer = ofModel.any() || ofInstance.any()
                ? windows.look(instance, model, ofModel, ofInstance, tokens.applyAsLong(least(ofModel, ofInstance)))
                : null;
        return answer != null ? reason(answer) : isLate(instance, model, limits, patience) ? PACED : null;
    }

    private boolean isLate(Instance instance, String model, Limits limits, Duration patience) {
        Duration ofModel = limits.rateLimit();
        return ofModel != null && rates.of(instance, model).waitFor(ofModel).compareTo(patience) > 0
                || rates.of(instance).waitFor(spacing(instance)).compareTo(patience) > 0;
    }

    private static Duration spacing(Instance instance) {
        Duration said = instance.provider().rateLimit();
        return said == null ? Duration.ZERO : said;
    }

    private static String reason(TokenAnswer refusal) {
        return switch (refusal) {
            case TokenAnswer.Out out -> "over_" + out.limit().toLowerCase(Locale.ROOT);
            case TokenAnswer.TooLarge large -> "above_" + large.limit().toLowerCase(Locale.ROOT);
            case TokenAnswer.Reserved reserved -> throw new IllegalArgumentException("It is let through");
        };
    }

    /** Null when its turn came. */
    private static UpstreamFailure.@Nullable NotTried stand(
            Call call, AdaptiveRate line, long deadline, Duration spacing, Hold hold) throws UpstreamException {
        Place place = line.join(deadline, spacing);
        boolean gone = false;
        try {
            while (true) {
                switch (place.turn()) {
                    case Turn.Go(Grant grant) -> {
                        hold.add(grant);
                        gone = true;
                        return null;
                    }
                    case Turn.Later(long nanos) -> call.cancellation().pause(nanos);
                    case Turn.TooLate(long nanos) -> {
                        gone = true;
                        return new UpstreamFailure.NotTried(PACED, Duration.ofNanos(nanos));
                    }
                }
            }
        } finally {
            if (!gone) {
                place.leave();
            }
        }
    }

    /** The headers of an answer may say something of the limit. */
    void heard(Instance instance, Map<String, String> headers) {
        RateHeaders said = RateHeaders.of(headers, Instant.now());
        if (said != null) {
            rates.of(instance).told(said);
        }
    }

    /** How long the instance lets nobody through after a refusal that named no time. */
    Duration closedFor(Instance instance) {
        return rates.of(instance).closedFor();
    }

    private static Answer closed(String reason, @Nullable Duration wait) {
        return new Answer.Closed(new UpstreamFailure.NotTried(reason, wait));
    }

    private static TokenLimits tokenLimits(Limits limits) {
        return limits.tokensPerMinute() == null && limits.tokensPerHour() == null && limits.tokensPerDay() == null
                ? TokenLimits.NONE
                : new TokenLimits(
                        orZero(limits.tokensPerMinute()),
                        orZero(limits.tokensPerHour()),
                        orZero(limits.tokensPerDay()));
    }

    private static long orZero(@Nullable Integer tokens) {
        return tokens == null ? 0 : tokens;
    }
}
