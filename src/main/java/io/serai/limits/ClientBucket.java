package io.serai.limits;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.serai.config.Settings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One client's requests and tokens. {@link ClientBuckets} lets one thread at a time at it. */
final class ClientBucket {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Ever so long; past three centuries the bucket can't count. */
    private static final long LONGEST_DEBT_MINUTES = 1_000_000;

    private final TimeMeter clock;
    private Settings.PerMinute limits = Settings.PerMinute.NONE;
    private @Nullable Bucket requests;
    private @Nullable Bucket tokens;

    ClientBucket(TimeMeter clock) {
        this.clock = clock;
    }

    /** What holds from now on; of a limit that has changed, the used share stays used. */
    void limitTo(Settings.PerMinute now) {
        if (!now.equals(limits)) {
            requests = limited(requests, limits.requests(), now.requests());
            tokens = limited(tokens, limits.tokens(), now.tokens());
            limits = now;
        }
    }

    private @Nullable Bucket limited(@Nullable Bucket known, int before, int now) {
        if (now == 0 || known != null && before == now) {
            return now == 0 ? null : known;
        }
        Bandwidth bandwidth =
                Bandwidth.builder().capacity(now).refillGreedy(now, MINUTE).build();
        if (known == null) {
            return Bucket.builder()
                    .withCustomTimePrecision(clock)
                    .addLimit(bandwidth)
                    .build();
        }
        known.replaceConfiguration(
                BucketConfiguration.builder().addLimit(bandwidth).build(), TokensInheritanceStrategy.PROPORTIONALLY);
        return known;
    }

    /** Takes all of it or nothing. More than the bucket can ever hold is let pass when it is full. */
    ClientAnswer take(Metered what, long amount) {
        Bucket bucket = bucket(what);
        long taken = bucket == null ? 0 : Math.min(amount, what.of(limits));
        if (bucket == null || taken <= 0) {
            return answer(0, null);
        }
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(taken);
        return probe.isConsumed() ? answer(taken, null) : answer(0, Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private ClientAnswer answer(long taken, @Nullable Duration wait) {
        return new ClientAnswer(taken, wait, level(requests, limits.requests()), level(tokens, limits.tokens()), false);
    }

    private static @Nullable Level level(@Nullable Bucket bucket, int limit) {
        return bucket == null ? null : new Level(limit, bucket.getAvailableTokens());
    }

    /** Takes so much more, also where it is not there; below 0 gives back. */
    void correct(Metered what, long by) {
        Bucket bucket = bucket(what);
        if (bucket != null && by > 0) {
            long most = bucket.getAvailableTokens() + what.of(limits) * LONGEST_DEBT_MINUTES;
            if (most > 0) {
                bucket.consumeIgnoringRateLimits(Math.min(by, most));
            }
        } else if (bucket != null && by < 0) {
            bucket.addTokens(-by);
        }
    }

    private @Nullable Bucket bucket(Metered what) {
        return what == Metered.REQUESTS ? requests : tokens;
    }

    /** The share of a minute until it is full, and no different from one that nobody has used: 0 when it is. */
    double minutesToFull() {
        return Math.max(missing(requests, limits.requests()), missing(tokens, limits.tokens()));
    }

    private static double missing(@Nullable Bucket bucket, int limit) {
        return bucket == null ? 0 : (double) (limit - bucket.getAvailableTokens()) / limit;
    }
}
