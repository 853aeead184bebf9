package io.serai.ops;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.serai.call.Instance;
import io.serai.config.Provider;
import io.serai.models.ModelLists;
import io.serai.models.ModelTable;
import io.serai.models.list.Listing;
import io.serai.routing.Disabled;
import io.serai.routing.Health;
import io.serai.routing.Instances;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;

/** Whose list is to be fetched, and with which of the provider's keys. */
final class DueLists {
    private final ModelLists lists;
    private final Instances instances;
    private final Health health;
    private final Disabled disabled;
    private final Duration every;
    /** Keys that a provider has refused since its last list. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    DueLists(ModelLists lists, Instances instances, Health health, Disabled disabled, Duration every) {
        this.disabled = disabled;
        this.lists = lists;
        this.instances = instances;
        this.health = health;
        this.every = every;
    }

    /** Begins those that are due now; whoever gets them says how they went. */
    List<ModelListFetch> now(CamelContext context) {
        List<ModelListFetch> due = new ArrayList<>();
        for (String id : instances.providers()) {
            Provider provider = instances.of(id).get(0).provider();
            List<Instance> keys = usable(instances.of(id), context);
            String identity = ModelTable.identity(provider);
            Listing.of(provider)
                    .filter(l -> !keys.isEmpty() && lists.begin(identity, every))
                    .ifPresent(l -> due.add(new ModelListFetch(identity, keys, l)));
        }
        Collections.shuffle(due); // so that brokers that start together don't all ask in one order
        return due;
    }

    /** Those in service, a refused one last. */
    private List<Instance> usable(List<Instance> all, CamelContext context) {
        List<Instance> keys = new ArrayList<>();
        for (Instance instance : all) {
            ServiceStatus route = context.getRouteController().getRouteStatus(instance.routeId());
            if (route != null
                    && route.isStarted()
                    && disabled.of(instance) == null
                    && health.pause(instance) == null
                    && health.breakerState(instance) != CircuitBreaker.State.OPEN) {
                keys.add(refused.contains(instance.identity()) ? keys.size() : 0, instance);
            }
        }
        return keys;
    }

    /** The key brought no list. False when that was so before. */
    boolean refused(Instance key) {
        return refused.add(key.identity());
    }

    void answered(Instance key) {
        refused.remove(key.identity());
    }
}
