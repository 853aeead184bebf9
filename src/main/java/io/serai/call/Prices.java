package io.serai.call;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model costs at one provider, in US dollars for one of what is counted: a token, an image, a request. The names are
 * those of <a href="https://openrouter.ai/docs/models">OpenRouter's list</a>. A price that nobody said is absent, never 0.
 *
 * @param usd by name
 */
public record Prices(Map<String, BigDecimal> usd) {
    public static final String INPUT = "prompt";
    public static final String OUTPUT = "completion";
    public static final String CACHE_READ = "input_cache_read";
    public static final String CACHE_WRITE = "input_cache_write";
    /** For vendors that keep a prefix for an hour at a price of its own. */
    public static final String CACHE_WRITE_1H = "input_cache_write_1h";

    public static final Prices NONE = new Prices(Map.of());

    public Prices {
        usd = Collections.unmodifiableMap(new LinkedHashMap<>(usd));
    }

    public @Nullable BigDecimal of(String name) {
        return usd.get(name);
    }

    /**
     * What the provider's prompt cache saved, in USD: the cached tokens at the difference to the price of fresh ones, less what
     * was paid on top for writing. Below 0 when a prefix was written that nobody has read yet; null when a price that
     * it takes is not known.
     */
    public @Nullable BigDecimal saving(Usage usage) {
        BigDecimal read = difference(usage.inCacheRead(), INPUT, CACHE_READ);
        BigDecimal written = difference(usage.inCacheWrite5m(), CACHE_WRITE, INPUT);
        BigDecimal writtenForLong = difference(usage.inCacheWrite1h(), CACHE_WRITE_1H, INPUT);
        return read == null || written == null || writtenForLong == null
                ? null
                : read.subtract(written).subtract(writtenForLong);
    }

    private @Nullable BigDecimal difference(long tokens, String dear, String cheap) {
        if (tokens == 0) {
            return BigDecimal.ZERO;
        }
        BigDecimal from = usd.get(dear);
        BigDecimal less = usd.get(cheap);
        return from == null || less == null ? null : from.subtract(less).multiply(BigDecimal.valueOf(tokens));
    }
}
