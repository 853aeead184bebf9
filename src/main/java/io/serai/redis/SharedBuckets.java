package io.serai.redis;

import io.serai.call.Patience;
import io.serai.config.Settings;
import io.serai.limits.ClientAnswer;
import io.serai.limits.ClientBuckets;
import io.serai.limits.ClientLimits;
import io.serai.limits.Level;
import io.serai.limits.Metered;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What each client has used, in Redis, where every broker sees it. What this broker takes there it takes from its own buckets
 * too: when Redis is away it goes on with those, and nobody starts afresh.
 */
public final class SharedBuckets implements ClientLimits {
    private static final Script TAKE = new Script("bucket.lua");

    private final Redis redis;
    private final ClientBuckets own;
    private final LongAdder alone = new LongAdder();

    public SharedBuckets(Redis redis, ClientBuckets own) {
        this.redis = redis;
        this.own = own;
    }

    /** Questions that this broker had to answer alone, though there is a Redis in the settings. */
    public long alone() {
        return alone.sum();
    }

    @Override
    public ClientAnswer take(String client, Settings.PerMinute limits, Metered what, long amount, Patience patience) {
        if (redis.configured()) {
            try {
                List<Long> found =
                        redis.ask(patience, c -> TAKE.run(c, key(client), arguments("take", limits, what, amount)));
                ClientAnswer answer = answer(found, limits);
                own.taken(client, limits, what, answer.taken());
                return answer;
            } catch (NoRedisException e) {
                alone.increment();
            }
        }
        return own.take(client, limits, what, amount);
    }

    @Override
    public void correct(String client, Settings.PerMinute limits, Metered what, long by, ClientAnswer taken) {
        own.correct(client, limits, what, by);
        if (taken.shared() && by != 0) {
            redis.tell(c -> TAKE.run(c, key(client), arguments("correct", limits, what, by)));
        }
    }

    private List<String> key(String client) {
        return List.of(redis.key("limit:" + client));
    }

    private static Object[] arguments(String how, Settings.PerMinute limits, Metered what, long amount) {
        return new Object[] {how, what.word(), amount, limits.requests(), limits.tokens()};
    }

    private static ClientAnswer answer(List<Long> found, Settings.PerMinute limits) {
        long waitMicros = found.get(1);
        return new ClientAnswer(
                found.get(0),
                waitMicros > 0 ? Duration.ofNanos(waitMicros * 1000) : null,
                level(limits.requests(), found.get(2)),
                level(limits.tokens(), found.get(3)),
                true);
    }

    private static @Nullable Level level(int limit, long left) {
        return limit == 0 ? null : new Level(limit, left);
    }
}
