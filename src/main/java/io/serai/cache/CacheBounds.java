package io.serai.cache;

/**
 * How much a backend may hold.
 *
 * @param prefix of the keys that are meant
 * @param now milliseconds since 1970; what expires before is to go
 * @param maxEntries the oldest above these go
 * @param maxBytes the same by the sum of their values
 */
public record CacheBounds(String prefix, long now, long maxEntries, long maxBytes) {
    public String getPrefix() {
        return prefix;
    }

    public long getNow() {
        return now;
    }

    public long getMaxEntries() {
        return maxEntries;
    }

    public long getMaxBytes() {
        return maxBytes;
    }
}
