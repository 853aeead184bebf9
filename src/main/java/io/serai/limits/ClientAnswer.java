package io.serai.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What became of a client's wish.
 *
 * @param taken 0 where there is no limit, or too little was left
 * @param retryAfter how long until as much is there; null when nothing was refused
 * @param requests null where they have no limit
 * @param tokens null where they have no limit
 * @param shared whether it was taken where other brokers see it
 */
public record ClientAnswer(
        long taken,
        @Nullable Duration retryAfter,
        @Nullable Level requests,
        @Nullable Level tokens,
        boolean shared) {}
