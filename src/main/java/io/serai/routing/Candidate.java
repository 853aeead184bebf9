package io.serai.routing;

import io.serai.call.Instance;
import io.serai.config.Limits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider and a model that can serve a call, with every key that there is for it.
 *
 * @param instances in the order in which this call should try them; never empty
 * @param model the provider's own name
 * @param contextSize tokens, null when nobody said
 * @param limits what the cascade says of its use
 */
public record Candidate(
        List<Instance> instances, String model, @Nullable Integer contextSize, Limits limits) {}
