package io.serai.routing;

import io.serai.call.Instance;
import io.serai.config.Limits;
import io.serai.config.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider and a model that can serve a call, with every key that there is for it.
 *
 * @param instances in the order in which this call should try them, once they have had their turn; never empty
 * @param model the provider's own name
 * @param contextSize tokens, null when nobody said
 * @param limits what the cascade says of its use
 * @param keysTakeTurns whether another key is to be in front each time that a call comes to it
 */
public record Candidate(
        List<Instance> instances, String model, @Nullable Integer contextSize, Limits limits, boolean keysTakeTurns) {
    Provider provider() {
        return instances.getFirst().provider();
    }

    /** {@code provider/model}. */
    String path() {
        return provider().id() + "/" + model;
    }

    /** With another key in front than the last time. */
    Candidate inTurn(Health health) {
        List<Instance> turned = new ArrayList<>(instances);
        Collections.rotate(turned, -health.turn(provider().id(), turned.size()));
        return new Candidate(turned, model, contextSize, limits, false);
    }
}
