package io.serai.metrics;

import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names of models that stand in the configuration. Only they become labels: what a client writes would be a new time series
 * each, and would be shown to whoever sees the metrics.
 */
public final class KnownNames {
    static final String OTHER = "other";
    /** Where OpenTelemetry's name of a provider is not its usual id. */
    private static final Map<String, String> CONVENTIONS = Map.of(
            "google",
            "gcp.gemini",
            "gemini",
            "gcp.gemini",
            "mistral",
            "mistral_ai",
            "xai",
            "x_ai",
            "azure",
            "azure.ai.openai");

    private final Set<String> names = new HashSet<>(List.of("auto", "autocheapest", "autobest", "local/echo"));

    public KnownNames(Snapshot snapshot) {
        for (Provider provider : snapshot.providers().values()) {
            provider.models().forEach(model -> names.add(provider.id() + '/' + model.name()));
        }
        snapshot.rotations().forEach((name, rotation) -> {
            names.add("rotation/" + name);
            rotation.members().forEach(member -> names.add(member.path()));
        });
        snapshot.autoselects().keySet().forEach(name -> names.add("autoselect/" + name));
        snapshot.catalogue().models().forEach((name, model) -> {
            names.add(name);
            model.backends().forEach(backend -> names.add(backend.provider() + '/' + backend.model()));
        });
    }

    /** A model as a client asks for it. */
    String asked(String model) {
        return names.contains(model) ? model : OTHER;
    }

    /** A model as its provider names it; empty without one. */
    String served(String provider, String model) {
        return model.isEmpty() || names.contains(provider + '/' + model) ? model : OTHER;
    }

    /** {@code gen_ai.provider.name}. */
    static String convention(String provider) {
        return CONVENTIONS.getOrDefault(provider, provider);
    }
}
