package io.serai.cache;

import org.jspecify.annotations.Nullable;

/**
 * What is to be cleared: entries for which all that is said holds; without a word, all of one prefix.
 *
 * @param prefix of the keys, {@code serai.cache.key-prefix}
 * @param kind of data; null: any
 * @param provider its id; null: any
 * @param model a model path that was asked for, {@code provider/model} that answered, or the provider's name of it; null: any
 */
public record CacheScope(
        String prefix,
        @Nullable String kind,
        @Nullable String provider,
        @Nullable String model) {

    /** Whether it covers the entry. */
    public boolean covers(CacheEntry entry) {
        return prefix.equals(entry.key().prefix())
                && covers(entry.getKind(), entry.path(), entry.provider(), entry.model());
    }

    /** Whether it will, when that is kept. */
    boolean covers(CacheContent content) {
        return prefix.equals(content.key().prefix())
                && covers(content.key().kind(), content.path(), content.provider(), content.model());
    }

    /** Whether it covers an entry of the prefix with these. */
    public boolean covers(String ofKind, String path, String ofProvider, String ofModel) {
        return (kind == null || kind.equals(ofKind))
                && (provider == null || provider.equals(ofProvider))
                && (model == null
                        || model.equals(path)
                        || model.equals(ofModel)
                        || model.equals(ofProvider + "/" + ofModel));
    }

    /** Whether it covers every entry under the prefix. */
    public boolean isAll() {
        return kind == null && provider == null && model == null;
    }

    public String getPrefix() {
        return prefix;
    }

    public @Nullable String getKind() {
        return kind;
    }

    public @Nullable String getProvider() {
        return provider;
    }

    public @Nullable String getModel() {
        return model;
    }
}
