package io.serai.routing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.serai.call.Instance;
import io.serai.config.Catalogue;
import io.serai.config.Limits;
import io.serai.config.Provider;
import io.serai.context.Tokenizers;
import io.serai.context.Tokens;
import io.serai.models.ModelFacts;
import io.serai.models.ModelFilter;
import io.serai.models.ModelTable;
import io.serai.models.Source;
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
    private final ModelTable models;
    private final Predicate<Instance> running;
    private final Disabled disabled;
    private final Tokenizers tokenizers;

    /** @param running whether the instance's route is not stopped */
    public Candidates(
            Instances instances,
            Health health,
            ModelTable models,
            Disabled disabled,
            Tokenizers tokenizers,
            Predicate<Instance> running) {
        this.tokenizers = tokenizers;
        this.disabled = disabled;
        this.models = models;
        this.instances = instances;
        this.health = health;
        this.running = running;
    }

    /**
     * What the configuration offers under a name, before a call asks.
     *
     * @param limits the cascade: the rotation's word on the model, the provider's, the rotation's defaults, the provider's
     * @param window the context of the catalogue's entry, null without one; two entries may say differently of one backend
     */
    record Offer(
            List<Instance> keys,
            String model,
            Limits limits,
            @Nullable Integer window) {
        Provider provider() {
            return keys.get(0).provider();
        }
    }

    /**
     * A provider's model, with every key that there is; empty when the provider has none here or does not take the model.
     *
     * @param ofMember what the rotation says of the model
     * @param ofRotation the rotation's {@code default_*}
     */
    Optional<Offer> offer(String provider, String model, Limits ofMember, Limits ofRotation, @Nullable Integer window) {
        List<Instance> keys = instances.of(provider);
        if (keys.isEmpty() || !keys.get(0).provider().takes(model)) {
            return Optional.empty();
        }
        Provider configured = keys.get(0).provider();
        Limits limits = Limits.cascade(
                ofMember,
                configured.model(model).map(Provider.Model::limits).orElse(Limits.NONE),
                ofRotation,
                configured.defaults());
        return Optional.of(new Offer(keys, model, limits, window));
    }

    /** Changes whenever {@link #listed} may bring something else. */
    long version() {
        return models.version();
    }

    /** The models that chat in the provider's own list, as far as the list says, and as its filter lets through. */
    List<Offer> listed(String provider, Limits ofMember, Limits ofRotation) {
        List<Instance> keys = instances.of(provider);
        if (keys.isEmpty()) {
            return List.of();
        }
        Provider configured = keys.get(0).provider();
        return models.listed(configured).keySet().stream()
                .filter(ModelFilter.of(configured.modelFilter()))
                .filter(model -> chats(models.of(configured, model)))
                .flatMap(model -> offer(provider, model, ofMember, ofRotation, null).stream())
                .toList();
    }

    private static boolean chats(ModelFacts facts) {
        boolean speaks =
                facts.outputModalities().isEmpty() || facts.outputModalities().contains("text");
        return speaks && Catalogue.chats(facts.capabilities());
    }

    /** The backends of a name of the catalogue, in its order, as far as there is a key for them. */
    List<Offer> offers(Catalogue.Entry entry) {
        Integer window = entry.contextWindow() > 0 ? entry.contextWindow() : null;
        return entry.backends().stream()
                .flatMap(b -> offer(b.provider(), b.model(), Limits.NONE, Limits.NONE, window).stream())
                .toList();
    }

    /** The offer as it stands at the moment, with another key in front each time. */
    Candidate now(Offer offer) {
        List<Instance> keys = offer.keys();
        if (keys.size() > 1) {
            keys = new ArrayList<>(keys);
            Collections.rotate(keys, -health.turn(offer.provider().id(), keys.size()));
        }
        return new Candidate(keys, offer.model(), contextSize(offer), offer.limits());
    }

    @Nullable
    Integer contextSize(Offer offer) {
        Integer said = offer.limits().contextSize();
        if (said != null) {
            return said;
        }
        ModelFacts facts = facts(offer);
        boolean ofBackend = offer.window() == null
                || facts.contextWindow() != null && facts.sources().get("context_window") != Source.CATALOGUE;
        return ofBackend ? facts.contextWindow() : offer.window();
    }

    /** Why it can't serve the request, null when it can as far as anybody knows: perhaps in fewer words. */
    @Nullable
    String unfit(Offer offer, Needs needs) {
        String reason = Fit.reason(
                needs,
                facts(offer),
                contextSize(offer),
                offer.limits().maxRequestTokens(),
                () -> tokens(offer));
        boolean tooLong = Fit.ABOVE_MAX.equals(reason) || Fit.TOO_LONG.equals(reason);
        return tooLong && condensable(offer, needs) ? null : reason;
    }

    /** Whether condensing makes it short enough for the candidate. */
    private boolean condensable(Offer offer, Needs needs) {
        Condensing how = condensing(offer, needs, 100);
        return how != null && needs.least().in(tokens(offer)) <= how.room();
    }

    /** How the candidate's requests are condensed, null when they are not. */
    @Nullable
    Condensing condensing(Offer offer, Needs needs, int percent) {
        return needs.least().isLess() && Condensing.isWanted(offer.limits())
                ? Condensing.of(offer.limits(), contextSize(offer), needs.answer(), percent)
                : null;
    }

    /** Whether it is certain to be too long: for want of another word a guess where nobody condenses, and then it is asked. */
    boolean refuses(Offer offer, Needs needs) {
        String reason = unfit(offer, needs);
        return Fit.ABOVE_MAX.equals(reason)
                || Fit.TOO_LONG.equals(reason) && condensing(offer, needs, 100) != null;
    }

    /** How a provider's model counts. */
    Tokens tokens(Provider provider, String model) {
        return tokenizers.of(provider.type(), provider.id(), model);
    }

    /** How the model that a path names counts; where it names several, as most do. */
    Tokens tokens(ModelPath path) {
        return switch (path.kind()) {
            case PROVIDER -> tokenizers.named(path.model());
            case CATALOGUE -> tokenizers.named(path.name());
            case ROTATION, AUTO, AUTOSELECT -> Tokenizers.usual();
        };
    }

    Tokens tokens(Offer offer) {
        return tokens(offer.provider(), offer.model());
    }

    ModelFacts facts(Offer offer) {
        return models.of(offer.provider(), offer.model());
    }

    /** Whether one of them has a key that may be called at the moment. */
    boolean anyAvailable(List<Offer> among) {
        for (Offer offer : among) {
            for (Instance instance : offer.keys()) {
                if (health.pause(instance) == null
                        && health.pause(instance, offer.model()) == null
                        && health.breakerState(instance) != CircuitBreaker.State.OPEN
                        && !disabled.covers(instance, offer.model())
                        && running.test(instance)) {
                    return true;
                }
            }
        }
        return false;
    }
}
