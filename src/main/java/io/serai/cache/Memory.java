package io.serai.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.caffeine.CaffeineConstants;

/**
 * The memory backend's content, and the steps of its routes. What was not used for long goes first when there is too much, large
 * entries before small ones. Outlives generations.
 */
public final class Memory {
    private final Cache<String, CacheEntry> entries;
    private volatile long least = 1;

    /** @param counts hears of what had to go */
    Memory(BackendCounts counts) {
        this.entries = Caffeine.newBuilder()
                .maximumWeight(0)
                .weigher((String name, CacheEntry entry) -> weight(entry))
                .expireAfter(Expiry.creating((String name, CacheEntry entry) -> Duration.ofMillis(entry.getTtlMs())))
                .executor(Runnable::run)
                .evictionListener((name, entry, cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        counts.evictions.increment();
                    }
                })
                .build();
    }

    /** Caffeine has one bound; an entry that weighs at least its share of the bytes makes it bind their number too. */
    private int weight(CacheEntry entry) {
        return (int) Math.min(
                Integer.MAX_VALUE,
                Math.max(least, entry.getSize() + entry.getName().length()));
    }

    /** What a generation lets it hold. */
    void bound(Settings.ResponseCache most) {
        least = Math.max(1, most.maxBytes() / most.maxEntries());
        Policy.Eviction<String, CacheEntry> bound = entries.policy().eviction().orElseThrow();
        bound.setMaximum(most.maxBytes());
    }

    /** By the names that the routes use. */
    Map<String, Object> names() {
        return Map.of(
                "cache-memory",
                entries,
                "memoryKey",
                (Processor) Memory::key,
                "memoryBytes",
                (Processor) Memory::bytes,
                "memoryClear",
                (Processor) this::clear,
                "memorySize",
                (Processor) this::size,
                "memoryPurge",
                (Processor) this::purge);
    }

    private static void key(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        String name = body instanceof CacheEntry entry ? entry.getName() : ((CacheKey) body).name();
        exchange.getMessage().setHeader(CaffeineConstants.KEY, name);
    }

    /** On a miss camel-caffeine leaves the key where it was. */
    private static void bytes(Exchange exchange) {
        Object found = exchange.getMessage().getBody();
        exchange.getMessage().removeHeaders("CamelCaffeine*");
        exchange.getMessage().setBody(found instanceof CacheEntry entry ? entry.bytes() : null);
    }

    private void clear(Exchange exchange) {
        CacheScope scope = exchange.getMessage().getBody(CacheScope.class);
        List<CacheEntry> covered =
                entries.asMap().values().stream().filter(scope::covers).toList();
        covered.forEach(entry -> entries.invalidate(entry.getName()));
        exchange.getMessage().setBody((long) covered.size());
    }

    private void size(Exchange exchange) {
        long bytes = 0;
        long count = 0;
        for (CacheEntry entry : entries.asMap().values()) {
            bytes += entry.getSize();
            count++;
        }
        exchange.getMessage().setBody(new CacheSize(count, bytes));
    }

    private void purge(Exchange exchange) {
        entries.cleanUp();
        exchange.getMessage().setBody(0L);
    }
}
