package io.serai.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an instance's rate, for {@code GET /api/rate-limits}.
 *
 * @param identity what it is kept under
 * @param enabled whether learning is switched on
 * @param limitPerMinute calls that the instance is believed to accept, null: nothing is learned
 * @param pacePerMinute calls that are let through at the moment, null: all of them
 * @param intervalMs the same as a time between calls, 0: none
 * @param refusals answers with 429 since the start or the reset
 * @param calls answered calls in the history window
 * @param successRate the share of them that was not refused, from 0 to 1; 1 without calls
 * @param recoveryProgress from 0, just refused, to 1, at the learned limit again
 * @param waiting calls in the line
 * @param closedFor how long no call is let through, zero: it is open
 */
public record RateState(
        String identity,
        boolean enabled,
        @Nullable Double limitPerMinute,
        @Nullable Double pacePerMinute,
        long intervalMs,
        long refusals,
        long calls,
        double successRate,
        double recoveryProgress,
        int waiting,
        Duration closedFor) {}
