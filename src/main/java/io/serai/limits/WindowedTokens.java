package io.serai.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tokens of the last minute, hour and day. Under the lock of its instance. */
final class WindowedTokens {
    /** So that a window is wrong by less than 2 %, and always to the safe side. */
    private static final int PARTS = 60;

    private static final String[] NAMES = {"TPM", "TPH", "TPD"};
    private static final long[] WINDOWS = {
        Duration.ofMinutes(1).toNanos(),
        Duration.ofHours(1).toNanos(),
        Duration.ofDays(1).toNanos()
    };

    private final SlidingSum[] sums = {
        new SlidingSum(WINDOWS[0], PARTS), new SlidingSum(WINDOWS[1], PARTS), new SlidingSum(WINDOWS[2], PARTS)
    };

    void add(long at, long tokens, long now) {
        for (SlidingSum sum : sums) {
            sum.add(sum.part(at), tokens, now);
        }
    }

    /** Null: they may be used. */
    @Nullable
    TokenAnswer refuse(TokenLimits limits, long tokens, long now) {
        long[] most = {limits.perMinute(), limits.perHour(), limits.perDay()};
        TokenAnswer.Out out = null;
        for (int i = 0; i < sums.length; i++) {
            if (most[i] == 0) {
                continue;
            }
            if (tokens > most[i]) {
                return new TokenAnswer.TooLarge(NAMES[i], most[i]);
            }
            Duration wait = Duration.ofNanos(sums[i].untilAtMost(most[i] - tokens, now));
            if (wait.isPositive() && (out == null || wait.compareTo(out.left()) > 0)) {
                out = new TokenAnswer.Out(NAMES[i], wait);
            }
        }
        return out;
    }

    TokenLimits used(long now) {
        return new TokenLimits(at(0, now), at(1, now), at(2, now));
    }

    boolean idle(long now) {
        return sums[sums.length - 1].sum(now) == 0;
    }

    private long at(int i, long now) {
        return Math.max(0, sums[i].sum(now));
    }
}
