package io.serai.call;

import io.serai.config.Provider;
import org.jspecify.annotations.Nullable;

/**
 * Where an attempt goes.
 *
 * @param model the provider's own name of the model
 * @param contextSize tokens, null when nobody said
 */
public record Target(
        Instance instance, String model, @Nullable Integer contextSize) {
    public Provider provider() {
        return instance.provider();
    }
}
