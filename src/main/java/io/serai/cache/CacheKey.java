package io.serai.cache;

/**
 * Under which something is kept.
 *
 * @param kind of data: {@code response}, {@code models} ..; lower case letters and dashes
 * @param hash SHA-256 in hex, of all that the data depends on
 * @param prefix the operator's, {@code serai.cache.key-prefix}, so that several brokers can share a server
 */
public record CacheKey(String kind, String hash, String prefix) {
    /** Chat answers. */
    public static final String RESPONSE = "response";

    /** The whole key as a backend uses it, unique among all kinds: {@code serai:response:9f86d0..}. */
    public String name() {
        return prefix + kind + ":" + hash;
    }

    public String getName() {
        return name();
    }

    public String getKind() {
        return kind;
    }

    public String getHash() {
        return hash;
    }

    public String getPrefix() {
        return prefix;
    }
}
