package io.serai.call;

import io.serai.config.Provider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where an attempt goes.
 *
 * @param model the provider's own name of the model
 * @param contextSize tokens, null when nobody said
 * @param errorCooldown how long the instance rests when it has failed too often
 */
public record Target(
        Instance instance, String model, @Nullable Integer contextSize, Duration errorCooldown) {
    public Provider provider() {
        return instance.provider();
    }
}
