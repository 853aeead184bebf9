package io.serai.call;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a call did not use because its answer was there already: what the call that first got the answer used.
 *
 * @param input tokens
 * @param output tokens
 * @param usd null when that call's price is not known
 */
public record Saved(long input, long output, @Nullable BigDecimal usd) {
    public static final Saved NOTHING = new Saved(0, 0, BigDecimal.ZERO);
}
