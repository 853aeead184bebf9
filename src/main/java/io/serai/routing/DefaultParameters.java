package io.serai.routing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.config.Provider;
import java.util.Map;
import java.util.Set;

/** A model's {@code default_parameters}: what a request to it has when its client did not say it. */
final class DefaultParameters {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What makes a request what it is; predecessors' files may hold it all the same. */
    private static final Set<String> NEVER = Set.of("model", "messages", "input", "prompt", "stream");
    /** Two names of one thing: with one of them said, the other is too. */
    private static final Map<String, String> SAME =
            Map.of("max_tokens", "max_completion_tokens", "max_completion_tokens", "max_tokens");

    private DefaultParameters() {}

    static void fill(ObjectNode body, Provider provider, String model) {
        Provider.Model declared = provider.model(model).orElse(null);
        if (declared == null || !(declared.extra().get("default_parameters") instanceof Map<?, ?> defaults)) {
            return;
        }
        defaults.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (value != null && !NEVER.contains(name) && !body.has(name) && !body.has(SAME.getOrDefault(name, name))) {
                body.set(name, JSON.valueToTree(value));
            }
        });
    }
}
