package io.serai.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The leave to make one call. Whoever holds it tells once how the call went; what is told later counts for nothing.
 */
public final class Grant {
    private final AdaptiveRate rate;
    private final RateLaw law;
    private final long atNanos;
    private boolean told;

    Grant(AdaptiveRate rate, RateLaw law, long atNanos) {
        this.rate = rate;
        this.law = law;
        this.atNanos = atNanos;
    }

    /** The provider took the call; it may have failed for any other reason than its rate. */
    public void accepted() {
        rate.accepted(this);
    }

    /**
     * The provider refused the call with 429.
     *
     * @param retryAfter how long it wants to be left alone, null: it did not say
     */
    public void refused(@Nullable Duration retryAfter) {
        rate.refused(this, retryAfter);
    }

    /** The call was not made. */
    public void unused() {
        rate.unused(this);
    }

    /** The one that gave it: a reset puts another in its place, which knows nothing of this call. */
    RateLaw law() {
        return law;
    }

    long atNanos() {
        return atNanos;
    }

    /** True the first time. Only under the lock of {@link #rate}. */
    boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }
}
