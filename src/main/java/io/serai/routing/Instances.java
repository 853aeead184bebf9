package io.serai.routing;

import io.serai.call.Instance;
import io.serai.config.Provider;
import io.serai.config.Secret;
import io.serai.config.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The instances of one generation, by provider. Only kinds that have a route template are in it.
 */
public final class Instances {
    private final Map<String, List<Instance>> byProvider = new LinkedHashMap<>();

    /**
     * @param kinds the provider types that this broker has a template for
     */
    public Instances(Snapshot snapshot, Set<String> kinds) {
        for (Provider provider : snapshot.providers().values()) {
            if (kinds.contains(provider.type())) {
                byProvider.put(provider.id(), of(provider));
            }
        }
    }

    private static List<Instance> of(Provider provider) {
        if (provider.keys().isEmpty()) {
            return List.of(Instance.of(provider, 0, null));
        }
        List<Instance> instances = new ArrayList<>();
        for (Secret key : provider.keys()) {
            instances.add(Instance.of(provider, instances.size(), key));
        }
        return List.copyOf(instances);
    }

    /** Empty for a provider that is unknown or out of reach. */
    public List<Instance> of(String provider) {
        return byProvider.getOrDefault(provider, List.of());
    }

    public Set<String> providers() {
        return byProvider.keySet();
    }

    public Collection<Instance> all() {
        return byProvider.values().stream().flatMap(List::stream).toList();
    }
}
