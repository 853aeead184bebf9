package io.serai.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.Limit;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.Range;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.serai.cache.CacheBounds;
import io.serai.cache.CacheEntry;
import io.serai.cache.CacheKey;
import io.serai.cache.CacheScope;
import io.serai.cache.CacheSize;
import io.serai.call.Patience;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Redis as a backend of the cache. Each entry is a key of its own, which Redis forgets when its time is over. Beside them stands an
 * index: which entries there are, how large and of what, by age and by end. With it nothing ever searches Redis' keys: what is to
 * go is found in it, some at a time.
 */
public final class RedisCache {
    private static final Script PUT = new Script("cache-put.lua");
    private static final Script DROP = new Script("cache-drop.lua");
    /** Entries that one step of Redis drops: about a millisecond, in which it answers nobody else. */
    private static final int SOME = 500;
    /** The same where it is the bytes that are too many, and each may be large. */
    private static final int FEW = 32;

    private final Redis redis;
    private final ObjectMapper json;
    private final Duration timeout;

    /** @param timeout of one question to Redis */
    public RedisCache(Redis redis, ObjectMapper json, Duration timeout) {
        this.redis = redis;
        this.json = json;
        this.timeout = timeout;
    }

    /** The names of the index under a prefix. */
    private record Index(String age, String end, String about, String bytes) {
        static Index of(String prefix) {
            String index = prefix + "index:";
            return new Index(index + "age", index + "end", index + "about", index + "bytes");
        }

        List<String> keys() {
            return List.of(age, end, about, bytes);
        }
    }

    /** A {@link CacheKey} becomes the bytes under it, or null. The request's patience is what this may wait. */
    public void get(Exchange exchange) throws NoRedisException {
        CacheKey key = exchange.getMessage().getBody(CacheKey.class);
        byte[] found = redis.ask(Patience.of(exchange, timeout), c -> c.get(key.name()));
        exchange.getMessage().setBody(found);
    }

    /** Keeps a {@link CacheEntry}. */
    public void put(Exchange exchange) throws NoRedisException, IOException {
        CacheEntry entry = exchange.getMessage().getBody(CacheEntry.class);
        Index index = Index.of(entry.key().prefix());
        List<String> keys = new ArrayList<>(List.of(entry.key().name()));
        keys.addAll(index.keys());
        String about = entry.getSize() + " "
                + json.writeValueAsString(List.of(entry.key().kind(), entry.path(), entry.provider(), entry.model()));
        redis.ask(
                new Patience(timeout),
                c -> PUT.run(c, keys, entry.bytes(), entry.getTtlMs(), entry.storedAt(), entry.expiresAt(), about));
    }

    /** A {@link CacheScope} becomes the number of entries that went. */
    public void clear(Exchange exchange) throws NoRedisException, IOException {
        CacheScope scope = exchange.getMessage().getBody(CacheScope.class);
        Index index = Index.of(scope.prefix());
        long gone = 0;
        ScanCursor at = ScanCursor.INITIAL;
        do {
            ScanCursor from = at;
            MapScanCursor<String, byte[]> some =
                    redis.ask(new Patience(timeout), c -> c.hscan(index.about(), from, ScanArgs.Builder.limit(SOME)));
            List<String> covered = new ArrayList<>();
            for (Map.Entry<String, byte[]> entry : some.getMap().entrySet()) {
                if (scope.isAll() || covers(scope, entry.getValue())) {
                    covered.add(entry.getKey());
                }
            }
            gone += drop(index, covered);
            at = some;
        } while (!at.isFinished());
        exchange.getMessage().setBody(gone);
    }

    private boolean covers(CacheScope scope, byte[] about) throws IOException {
        String text = new String(about, StandardCharsets.UTF_8);
        JsonNode of = json.readTree(text.substring(text.indexOf(' ') + 1));
        return scope.covers(
                of.path(0).asText(),
                of.path(1).asText(),
                of.path(2).asText(),
                of.path(3).asText());
    }

    /** {@link CacheBounds} become the {@link CacheSize} of their prefix. */
    public void size(Exchange exchange) throws NoRedisException {
        CacheBounds bounds = exchange.getMessage().getBody(CacheBounds.class);
        exchange.getMessage().setBody(size(Index.of(bounds.prefix())));
    }

    private CacheSize size(Index index) throws NoRedisException {
        return redis.ask(
                new Patience(timeout),
                c -> c.zcard(index.age())
                        .thenCombine(c.get(index.bytes()), (entries, bytes) -> new CacheSize(entries, number(bytes))));
    }

    private static long number(byte @Nullable [] text) {
        return text == null ? 0 : Long.parseLong(new String(text, StandardCharsets.UTF_8));
    }

    /** What is expired goes, and the oldest of what is too much; {@link CacheBounds} become the number of the latter. */
    public void purge(Exchange exchange) throws NoRedisException {
        CacheBounds bounds = exchange.getMessage().getBody(CacheBounds.class);
        Index index = Index.of(bounds.prefix());
        List<String> names;
        do {
            names = expired(index, bounds.now());
            drop(index, names);
        } while (names.size() == SOME);
        long gone = 0;
        do {
            CacheSize size = size(index);
            long excess = size.entries() - bounds.maxEntries();
            long some = excess > 0 ? Math.min(SOME, excess) : size.bytes() > bounds.maxBytes() ? FEW : 0;
            names = some == 0 ? List.of() : oldest(index, some);
            gone += drop(index, names);
        } while (!names.isEmpty());
        exchange.getMessage().setBody(gone);
    }

    private List<String> expired(Index index, long now) throws NoRedisException {
        return names(redis.ask(
                new Patience(timeout), c -> c.zrangebyscore(index.end(), Range.create(0, now), Limit.create(0, SOME))));
    }

    private List<String> oldest(Index index, long some) throws NoRedisException {
        return names(redis.ask(new Patience(timeout), c -> c.zrange(index.age(), 0, some - 1)));
    }

    private static List<String> names(List<byte[]> members) {
        return members.stream().map(m -> new String(m, StandardCharsets.UTF_8)).toList();
    }

    private long drop(Index index, List<String> names) throws NoRedisException {
        return names.isEmpty()
                ? 0
                : redis.ask(new Patience(timeout), c -> DROP.run(c, index.keys(), names.toArray()))
                        .get(0);
    }
}
