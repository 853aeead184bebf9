package io.serai.call;

import io.serai.config.PriceRule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model costs at one provider, in US dollars for one of what is counted: a token, an image, a request. The names are
 * those of <a href="https://openrouter.ai/docs/models">OpenRouter's list</a>, and like ones where it has none. A price that
 * nobody said is absent, never 0.
 *
 * @param usd by name
 * @param rules where other prices hold, in order
 */
public record Prices(Map<String, BigDecimal> usd, List<PriceRule> rules) {
    public static final String INPUT = "prompt";
    public static final String OUTPUT = "completion";
    public static final String REASONING = "internal_reasoning";
    public static final String CACHE_READ = "input_cache_read";
    public static final String CACHE_WRITE = "input_cache_write";
    /** For vendors that keep a prefix for an hour at a price of its own. */
    public static final String CACHE_WRITE_1H = "input_cache_write_1h";
    /** A token of audio that was heard, and one that was spoken. */
    public static final String AUDIO_INPUT = "audio";

    public static final String AUDIO_OUTPUT = "audio_output";
    /** A token of a picture that was looked at, and one of a picture that was made. */
    public static final String IMAGE_INPUT = "image_token";

    public static final String IMAGE_OUTPUT = "image_output";
    public static final String IMAGE = "image";
    public static final String REQUEST = "request";
    public static final String WEB_SEARCH = "web_search";
    public static final String MINUTE = "minute";
    public static final String HOUR = "hour";
    public static final String CHARACTER = "character";

    public static final Prices NONE = new Prices(Map.of());
    /** What runs in the broker itself. */
    public static final Prices FREE = new Prices(Map.of(INPUT, BigDecimal.ZERO, OUTPUT, BigDecimal.ZERO));

    public Prices {
        usd = Collections.unmodifiableMap(new LinkedHashMap<>(usd));
        rules = List.copyOf(rules);
    }

    public Prices(Map<String, BigDecimal> usd) {
        this(usd, List.of());
    }

    public @Nullable BigDecimal of(String name) {
        return usd.get(name);
    }

    /**
     * What decides among a model's prices.
     *
     * @param inputTokens of all kinds
     * @param serviceTier that the provider says it served; null: it did not say
     * @param quality of an image, as asked for; null: not said
     * @param size of an image, as asked for; null: not said
     * @param at when the request was made
     */
    public record Circumstances(
            long inputTokens,
            @Nullable String serviceTier,
            @Nullable String quality,
            @Nullable String size,
            Instant at) {}

    /** The prices of one request, all of it: whoever crosses a threshold pays the other price from the first token. */
    public Prices under(Circumstances request) {
        Map<String, BigDecimal> found = null;
        BigDecimal factor = BigDecimal.ONE;
        for (PriceRule rule : rules) {
            if (holds(rule, request)) {
                found = found == null ? new LinkedHashMap<>(usd) : found;
                found.putAll(rule.usd());
                factor = factor.multiply(rule.factor());
            }
        }
        if (found == null) {
            return this;
        }
        BigDecimal by = factor;
        found.replaceAll((name, each) -> each.multiply(by));
        return new Prices(found);
    }

    private static boolean holds(PriceRule rule, Circumstances request) {
        return request.inputTokens() >= rule.fromTokens()
                && (rule.serviceTier() == null || rule.serviceTier().equals(request.serviceTier()))
                && (rule.quality() == null || rule.quality().equals(request.quality()))
                && (rule.size() == null || rule.size().equals(request.size()))
                && (rule.hours() == null || rule.hours().contain(request.at()));
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
