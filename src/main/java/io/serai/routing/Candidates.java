package io.serai.routing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.serai.call.Instance;
import io.serai.config.Catalogue;
import io.serai.config.Limits;
import io.serai.config.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes candidates out of what the configuration names. */
public final class Candidates {
    private final Instances instances;
    private final Health health;
    private final Predicate<Instance> running;

    /** @param running whether the instance's route is not stopped */
    public Candidates(Instances instances, Health health, Predicate<Instance> running) {
        this.instances = instances;
        this.health = health;
        this.running = running;
    }

    /**
     * A provider's model, with every key that there is; empty when the provider has none here or does not take the model.
     *
     * @param ofMember what the rotation says of the model
     * @param ofRotation the rotation's {@code default_*}
     */
    Optional<Candidate> of(String provider, String model, Limits ofMember, Limits ofRotation) {
        List<Instance> keys = instances.of(provider);
        if (keys.isEmpty() || !keys.get(0).provider().takes(model)) {
            return Optional.empty();
        }
        return Optional.of(candidate(keys, model, ofMember, ofRotation, null));
    }

    /** One of a provider's models, asked for by its own name. */
    Candidate of(List<Instance> keys, String model) {
        return candidate(keys, model, Limits.NONE, Limits.NONE, null);
    }

    /** The backends of a name of the catalogue, in its order, as far as there is a key for them. */
    List<Candidate> of(Catalogue.Entry entry) {
        List<Candidate> backends = new ArrayList<>();
        for (Catalogue.Backend backend : entry.backends()) {
            List<Instance> keys = instances.of(backend.provider());
            if (!keys.isEmpty() && keys.get(0).provider().takes(backend.model())) {
                backends.add(candidate(
                        keys,
                        backend.model(),
                        Limits.NONE,
                        Limits.NONE,
                        entry.contextWindow() > 0 ? entry.contextWindow() : null));
            }
        }
        return backends;
    }

    /** The cascade: the rotation's word on the model, the provider's, the rotation's defaults, the provider's. */
    private static Candidate candidate(
            List<Instance> keys, String model, Limits ofMember, Limits ofRotation, @Nullable Integer contextWindow) {
        Provider provider = keys.get(0).provider();
        Limits limits = ofMember.orElse(
                        provider.model(model).map(Provider.Model::limits).orElse(Limits.NONE))
                .orElse(ofRotation)
                .orElse(provider.defaults());
        return new Candidate(keys, model, limits.contextSize() != null ? limits.contextSize() : contextWindow, limits);
    }

    /** The same, with another key in front each time. */
    public Candidate inTurn(Candidate candidate) {
        List<Instance> keys = candidate.instances();
        if (keys.size() < 2) {
            return candidate;
        }
        List<Instance> inTurn = new ArrayList<>(keys);
        Collections.rotate(inTurn, -health.turn(keys.get(0).provider().id(), keys.size()));
        return new Candidate(inTurn, candidate.model(), candidate.contextSize(), candidate.limits());
    }

    /** Whether one of them has a key that may be called at the moment. */
    boolean anyAvailable(List<Candidate> among) {
        for (Candidate candidate : among) {
            for (Instance instance : candidate.instances()) {
                if (health.pause(instance) == null
                        && health.breakerState(instance) != CircuitBreaker.State.OPEN
                        && running.test(instance)) {
                    return true;
                }
            }
        }
        return false;
    }
}
