package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may be said of a model at each of the four places of the cascade: at the rotation's model, at the provider's, in the
 * rotation's {@code default_*} and in the provider's. Null is unsaid, and so is a zero: the next place speaks.
 *
 * @param rateLimit the least time between two calls
 * @param maxRequestTokens of one request; a longer one is split
 * @param tokensPerMinute over a sliding minute
 * @param tokensPerHour over a sliding hour
 * @param tokensPerDay over a sliding day
 * @param contextSize tokens of request and answer together
 * @param condenseContext percent of the context at which condensation begins
 * @param condenseMethod its methods in order
 * @param errorCooldown how long an instance rests after three failures in a row
 */
public record Limits(
        @Nullable Duration rateLimit,
        @Nullable Integer maxRequestTokens,
        @Nullable Integer tokensPerMinute,
        @Nullable Integer tokensPerHour,
        @Nullable Integer tokensPerDay,
        @Nullable Integer contextSize,
        @Nullable BigDecimal condenseContext,
        @Nullable List<String> condenseMethod,
        @Nullable Duration errorCooldown) {

    /** Nothing said. */
    public static final Limits NONE = new Limits(null, null, null, null, null, null, null, null, null);

    /**
     * The cascade, key by key: what is unsaid at one place is asked of the next. What nobody says is the system's: no limit, the
     * context that the provider or the catalogue knows, {@code serai.error-cooldown}.
     *
     * @param ofMember the rotation's word on the model
     * @param ofModel the provider's
     * @param ofRotation the rotation's {@code default_*}
     * @param ofProvider the provider's
     */
    public static Limits cascade(Limits ofMember, Limits ofModel, Limits ofRotation, Limits ofProvider) {
        return ofMember.orElse(ofModel).orElse(ofRotation).orElse(ofProvider);
    }

    /** This, and where it says nothing the other. */
    private Limits orElse(Limits other) {
        if (other == NONE || this == NONE) {
            return this == NONE ? other : this;
        }
        return new Limits(
                first(rateLimit, other.rateLimit),
                first(maxRequestTokens, other.maxRequestTokens),
                first(tokensPerMinute, other.tokensPerMinute),
                first(tokensPerHour, other.tokensPerHour),
                first(tokensPerDay, other.tokensPerDay),
                first(contextSize, other.contextSize),
                first(condenseContext, other.condenseContext),
                first(condenseMethod, other.condenseMethod),
                first(errorCooldown, other.errorCooldown));
    }

    private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
        return one == null ? other : one;
    }
}
