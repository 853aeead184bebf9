package io.serai.redis;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What Redis is asked, and what had to go without it; nothing where there is none in the settings. */
public final class RedisMeters implements MeterBinder {
    private static final Map<String, ToLongFunction<Redis.Condition>> RESULTS = Map.of(
            "answered", Redis.Condition::answered,
            "failed", Redis.Condition::failed,
            "late", Redis.Condition::late,
            "unasked", Redis.Condition::unasked);

    private final Redis redis;
    private final SharedBuckets buckets;

    public RedisMeters(Redis redis, SharedBuckets buckets) {
        this.redis = redis;
        this.buckets = buckets;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (!redis.configured()) {
            return;
        }
        Gauge.builder("serai.redis.up", redis, r -> r.condition().state().equals("up") ? 1 : 0)
                .description("Whether Redis is asked: 1, or 0 while it is away or the breaker is open")
                .register(registry);
        RESULTS.forEach((result, count) -> FunctionCounter.builder(
                        "serai.redis.questions", redis, r -> count.applyAsLong(r.condition()))
                .description("Questions to Redis by what became of them")
                .tag("result", result)
                .register(registry));
        FunctionCounter.builder("serai.limits.alone", buckets, SharedBuckets::alone)
                .description("Limits of clients that were checked without Redis")
                .register(registry);
    }
}
