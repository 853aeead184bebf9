package io.serai.cache;

/**
 * What a backend holds.
 *
 * @param entries expired ones may be among them
 * @param bytes of their values
 */
public record CacheSize(long entries, long bytes) {
    public static final CacheSize NOTHING = new CacheSize(0, 0);
}
