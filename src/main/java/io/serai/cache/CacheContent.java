package io.serai.cache;

import java.time.Duration;

/**
 * What {@code cache-put} takes: something to be kept.
 *
 * @param path the model path that was asked for; empty for what belongs to no model
 * @param provider the id of the provider that it came from; empty for what came from none
 * @param model the provider's own name of the model; empty likewise
 * @param ttl how long it is to be kept
 * @param since when it began to come about, by {@link Clearings#now}: after a clear that covers it, it is not kept
 * @param content not to be changed any more
 */
public record CacheContent(
        CacheKey key, String path, String provider, String model, Duration ttl, long since, byte[] content) {

    /** What is as good after a clear. */
    public CacheContent(CacheKey key, String path, String provider, String model, Duration ttl, byte[] content) {
        this(key, path, provider, model, ttl, Long.MAX_VALUE, content);
    }
}
