package io.serai.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.util.HashedWheelTimer;
import io.serai.cache.CacheBounds;
import io.serai.cache.CacheEntry;
import io.serai.cache.CacheKey;
import io.serai.cache.CacheScope;
import io.serai.cache.CacheSize;
import io.serai.call.Patience;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Redis as a backend of the cache. */
final class RedisCacheTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final byte[] BYTES = {0, 1, (byte) 0xff, 13, 10};

    private final HashedWheelTimer timers = new HashedWheelTimer(10, TimeUnit.MILLISECONDS);
    private final String prefix = RedisServer.newPrefix();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private Redis redis;
    private RedisCache cache;

    @BeforeEach
    void start() throws Exception {
        redis = Redis.of(
                new Settings.Redis(
                        new Settings.RedisServer(
                                "127.0.0.1", RedisServer.shared().port(), false, 0, null, null),
                        prefix,
                        LONG,
                        Duration.ofHours(1)),
                timers);
        cache = new RedisCache(redis, new ObjectMapper(), LONG);
        await().until(() -> redis.condition().state().equals("up"));
    }

    @AfterEach
    void stop() {
        redis.close();
        timers.stop();
    }

    private Object run(Processor step, Object body) throws Exception {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        step.process(exchange);
        return exchange.getMessage().getBody();
    }

    private CacheKey key(String hash) {
        return new CacheKey(CacheKey.RESPONSE, hash, prefix);
    }

    private void put(String hash, String provider, String model, long ttlMs, byte[] bytes) throws Exception {
        long now = System.currentTimeMillis();
        run(cache::put, new CacheEntry(key(hash), "rotation/r", provider, model, now, now + ttlMs, bytes));
    }

    private Object get(String hash) throws Exception {
        return run(cache::get, key(hash));
    }

    private long clear(String kind, String provider, String model) throws Exception {
        return (Long) run(cache::clear, new CacheScope(prefix, kind, provider, model));
    }

    private CacheSize size() throws Exception {
        return (CacheSize) run(cache::size, new CacheBounds(prefix, 0, 0, 0));
    }

    @Test
    void bytesComeBackAsTheyWere() throws Exception {
        assertThat(get("a")).isNull();
        put("a", "acme", "m", 60_000, BYTES);
        assertThat(get("a")).isEqualTo(BYTES);
        put("a", "acme", "m", 60_000, new byte[] {1});
        assertThat(get("a")).isEqualTo(new byte[] {1});
        assertThat(size()).isEqualTo(new CacheSize(1, 1));
    }

    @Test
    void redisKeepsTheTime() throws Exception {
        put("a", "acme", "m", 60_000, BYTES);
        Long left = redis.ask(new Patience(LONG), c -> c.pttl(prefix + "response:a"));
        assertThat(left).isBetween(30_000L, 60_000L);
        put("b", "acme", "m", 1, BYTES);
        await().until(() -> get("b") == null);
    }

    @Test
    void clearedByModelOrProviderOrWhole() throws Exception {
        put("a", "acme", "m", 60_000, BYTES);
        put("b", "acme", "n", 60_000, BYTES);
        put("c", "other", "m", 60_000, BYTES);
        put("d", "third \"quoted\"", "x", 60_000, BYTES);
        assertThat(clear(null, "nobody", null)).isZero();
        assertThat(clear(null, "acme", null)).isEqualTo(2);
        assertThat(get("a")).isNull();
        assertThat(get("b")).isNull();
        assertThat(get("c")).isEqualTo(BYTES);
        assertThat(clear(null, null, "other/m")).isOne();
        assertThat(clear("models", null, null)).isZero();
        assertThat(clear(null, "third \"quoted\"", null)).isOne();
        put("e", "acme", "m", 60_000, BYTES);
        assertThat(clear(null, null, null)).isOne();
        assertThat(size()).isEqualTo(CacheSize.NOTHING);
    }

    @Test
    void manyAreClearedInPiecesAndNobodyElsesKeysAreTouched() throws Exception {
        redis.ask(new Patience(LONG), c -> c.set("elsewhere" + prefix, BYTES));
        for (int i = 0; i < 1_300; i++) {
            put("h" + i, i % 2 == 0 ? "even" : "odd", "m", 600_000, BYTES);
        }
        assertThat(size()).isEqualTo(new CacheSize(1_300, 1_300L * BYTES.length));
        assertThat(clear(null, "even", null)).isEqualTo(650);
        assertThat(size()).isEqualTo(new CacheSize(650, 650L * BYTES.length));
        assertThat(clear(null, null, null)).isEqualTo(650);
        byte[] elsewhere = redis.ask(new Patience(LONG), c -> c.get("elsewhere" + prefix));
        assertThat(elsewhere).isEqualTo(BYTES);
        Long index = redis.ask(new Patience(LONG), c -> c.exists(prefix + "index:about", prefix + "index:age"));
        assertThat(index).isZero();
    }

    @Test
    void whatIsOverAndWhatIsTooMuchGoes() throws Exception {
        for (int i = 0; i < 10; i++) {
            run(
                    cache::put,
                    new CacheEntry(key("h" + i), "p", "acme", "m", 1000 + i, i < 3 ? 2000 : 4_000_000_000_000L, BYTES));
        }
        assertThat(size().entries()).isEqualTo(10);
        assertThat(run(cache::purge, new CacheBounds(prefix, 3000, 100, 1000))).isEqualTo(0L);
        assertThat(size().entries()).isEqualTo(7);
        assertThat(run(cache::purge, new CacheBounds(prefix, 3000, 5, 1000))).isEqualTo(2L);
        assertThat(get("h4")).isNull();
        assertThat(get("h5")).isEqualTo(BYTES);
        assertThat(run(cache::purge, new CacheBounds(prefix, 3000, 5, 25))).isEqualTo(0L);
        assertThat(run(cache::purge, new CacheBounds(prefix, 3000, 5, 24))).isEqualTo(5L);
        assertThat(size()).isEqualTo(CacheSize.NOTHING);
    }

    @Test
    void withoutRedisEachStepFails() {
        redis.close();
        CacheBounds bounds = new CacheBounds(prefix, 1, 1, 1);
        for (Processor step : List.<Processor>of(e -> size(), e -> get("a"), e -> put("a", "p", "m", 1, BYTES))) {
            assertThatThrownBy(() -> run(step, null)).isInstanceOf(NoRedisException.class);
        }
        assertThatThrownBy(() -> run(cache::purge, bounds)).isInstanceOf(NoRedisException.class);
        assertThatThrownBy(() -> clear(null, null, null)).isInstanceOf(NoRedisException.class);
    }
}
