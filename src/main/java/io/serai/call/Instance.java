package io.serai.call;

import io.serai.config.Provider;
import io.serai.config.Secret;
import org.jspecify.annotations.Nullable;

/**
 * One provider with one of its keys: what a route template is instantiated for.
 *
 * @param id {@code groq}, or {@code groq-0}, {@code groq-1} with several keys
 * @param key null when the provider needs none
 * @param identity the provider's id and the key's fingerprint; state that outlives a reload is kept under it, so that it
 *     survives renumbering
 */
public record Instance(
        String id, Provider provider, @Nullable Secret key, String identity) {
    public static Instance of(Provider provider, int number, @Nullable Secret key) {
        String id = provider.keys().size() > 1 ? provider.id() + "-" + number : provider.id();
        return new Instance(id, provider, key, provider.id() + ":" + (key == null ? "" : key.fingerprint()));
    }

    /** The route's name. */
    public String routeId() {
        return "provider-" + id;
    }
}
