package io.serai.cache;

/**
 * What a backend is to keep.
 *
 * @param path the model path that was asked for; empty for what belongs to no model
 * @param provider the id of the provider that it came from; empty for what came from none
 * @param model the provider's own name of the model; empty likewise
 * @param storedAt milliseconds since 1970
 * @param expiresAt milliseconds since 1970
 * @param bytes opaque; not to be changed
 */
public record CacheEntry(
        CacheKey key, String path, String provider, String model, long storedAt, long expiresAt, byte[] bytes) {

    public CacheKey getKey() {
        return key;
    }

    /** {@link CacheKey#name}. */
    public String getName() {
        return key.name();
    }

    public String getKind() {
        return key.kind();
    }

    public String getPath() {
        return path;
    }

    public String getProvider() {
        return provider;
    }

    public String getModel() {
        return model;
    }

    public long getStoredAt() {
        return storedAt;
    }

    public long getExpiresAt() {
        return expiresAt;
    }

    public byte[] getBytes() {
        return bytes;
    }

    /** Bytes that count against the bounds. */
    public int getSize() {
        return bytes.length;
    }

    /** How long it may be kept from now on, at least 1 ms. */
    public long getTtlMs() {
        return Math.max(1, expiresAt - System.currentTimeMillis());
    }
}
