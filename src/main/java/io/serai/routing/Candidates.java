package io.serai.routing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.serai.call.Instance;
import io.serai.config.Catalogue;
import io.serai.config.Limits;
import io.serai.config.Permits;
import io.serai.config.Provider;
import io.serai.config.Rotation;
import io.serai.config.Sensitive;
import io.serai.context.Tokenizers;
import io.serai.context.Tokens;
import io.serai.models.ModelFacts;
import io.serai.models.ModelFilter;
import io.serai.models.ModelTable;
import io.serai.models.Source;
import java.util.ArrayList;
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
     * @param permits the same cascade for the flags of sensitive prompts
     * @param window the context of the catalogue's entry, null without one; two entries may say differently of one backend
     */
    record Offer(
            List<Instance> keys,
            String model,
            Limits limits,
            Permits permits,
            @Nullable Integer window) {
        Provider provider() {
            return keys.get(0).provider();
        }

        /** As it is behind something of which this is said. */
        Offer within(Permits vouched) {
            return new Offer(keys, model, limits, permits.within(vouched), window);
        }
    }

    /**
     * A provider's model, with every key that there is; empty when the provider has none here or does not take the model.
     *
     * @param ofMember what the rotation says of the model
     * @param ofRotation the rotation's {@code default_*}
     */
    Optional<Offer> offer(String provider, String model, Said ofMember, Said ofRotation, @Nullable Integer window) {
        List<Instance> keys = instances.of(provider);
        if (keys.isEmpty() || !keys.get(0).provider().takes(model)) {
            return Optional.empty();
        }
        Provider configured = keys.get(0).provider();
        Optional<Provider.Model> declared = configured.model(model);
        Limits limits = Limits.cascade(
                ofMember.limits(),
                declared.map(Provider.Model::limits).orElse(Limits.NONE),
                ofRotation.limits(),
                configured.defaults());
        Permits permits = ofMember.permits()
                .orElse(declared.map(Provider.Model::permits).orElse(Permits.NONE))
                .orElse(ofRotation.permits())
                .orElse(configured.permits());
        return Optional.of(new Offer(keys, model, limits, permits, window));
    }

    /** The same where no rotation says anything of it. */
    Optional<Offer> offer(String provider, String model) {
        return offer(provider, model, Said.NOTHING, Said.NOTHING, null);
    }

    /** What one place of a rotation says of a model. */
    record Said(Limits limits, Permits permits) {
        static final Said NOTHING = new Said(Limits.NONE, Permits.NONE);

        static Said of(Rotation.Member member) {
            return new Said(member.limits(), member.permits());
        }

        static Said of(Rotation rotation) {
            return new Said(rotation.defaults(), rotation.permits());
        }
    }

    /** Changes whenever {@link #listed} may bring something else. */
    long version() {
        return models.version();
    }

    /** The models that chat in the provider's own list, as far as the list says, and as its filter lets through. */
    List<Offer> listed(String provider, Said ofMember, Said ofRotation) {
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
        return offers(entry, Said.NOTHING);
    }

    /** The same as a member of a rotation, of which only the flags count there. */
    List<Offer> offers(Catalogue.Entry entry, Said ofRotation) {
        Said flags = new Said(Limits.NONE, ofRotation.permits());
        Integer window = entry.contextWindow() > 0 ? entry.contextWindow() : null;
        return entry.backends().stream()
                .flatMap(b -> offer(b.provider(), b.model(), Said.NOTHING, flags, window).stream())
                .toList();
    }

    /** An offer, with what is known of its model at the moment: looked up once, for many questions. */
    record Known(Offer offer, ModelFacts facts, @Nullable Integer contextSize) implements Selection.Found {}

    Known known(Offer offer) {
        ModelFacts facts = facts(offer);
        return new Known(offer, facts, contextSize(offer, facts));
    }

    /**
     * What was found, as candidates of one call.
     *
     * @param taken whether the call is made: its keys have their turns then; else nobody's turn passes
     */
    static List<Waypoint> now(List<? extends Selection.Found> found, boolean taken) {
        List<Waypoint> now = new ArrayList<>(found.size());
        for (Selection.Found next : found) {
            now.add(
                    switch (next) {
                        case Known known -> now(known, taken);
                        case Crossroads at -> at;
                    });
        }
        return now;
    }

    private static Candidate now(Known known, boolean taken) {
        Offer offer = known.offer();
        return new Candidate(
                offer.keys(),
                offer.model(),
                known.contextSize(),
                offer.limits(),
                taken && offer.keys().size() > 1);
    }

    @Nullable
    Integer contextSize(Offer offer) {
        return known(offer).contextSize();
    }

    private static @Nullable Integer contextSize(Offer offer, ModelFacts facts) {
        Integer said = offer.limits().contextSize();
        if (said != null) {
            return said;
        }
        boolean ofBackend = offer.window() == null
                || facts.contextWindow() != null && facts.sources().get("context_window") != Source.CATALOGUE;
        return ofBackend ? facts.contextWindow() : offer.window();
    }

    /** Why it can't serve the request, null when it can as far as anybody knows: perhaps in fewer words. */
    @Nullable
    String unfit(Offer offer, Needs needs) {
        return unfit(known(offer), needs);
    }

    /** Why it can't serve the request, null when it can as far as anybody knows: perhaps in fewer words. */
    @Nullable
    String unfit(Known known, Needs needs) {
        Sensitive closed = needs.closed(known.offer().permits());
        if (closed != null) {
            return Fit.NOT_FOR + closed.spelling();
        }
        String reason = Fit.reason(
                needs,
                known.facts(),
                known.contextSize(),
                known.offer().limits().maxRequestTokens(),
                () -> tokens(known.offer()));
        boolean tooLong = Fit.ABOVE_MAX.equals(reason) || Fit.TOO_LONG.equals(reason);
        return tooLong && condensable(known, needs) ? null : reason;
    }

    /** Whether condensing makes it short enough for the candidate. */
    private boolean condensable(Known known, Needs needs) {
        Condensing how = condensing(known, needs, 100);
        return how != null && needs.least().in(tokens(known.offer())) <= how.room();
    }

    /** How the candidate's requests are condensed, null when they are not. */
    @Nullable
    Condensing condensing(Known known, Needs needs, int percent) {
        Limits limits = known.offer().limits();
        return needs.least().isLess() && Condensing.isWanted(limits)
                ? Condensing.of(limits, known.contextSize(), needs.answer(), percent)
                : null;
    }

    /** Whether it is certain to be too long. Where nobody condenses, that rests on a count, and it is asked all the same. */
    boolean refuses(Known known, Needs needs) {
        String reason = unfit(known, needs);
        return Fit.ABOVE_MAX.equals(reason) || Fit.TOO_LONG.equals(reason) && condensing(known, needs, 100) != null;
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
        return among.stream().anyMatch(this::available);
    }

    /** Whether it has a key that may be called at the moment. */
    boolean available(Offer offer) {
        for (Instance instance : offer.keys()) {
            if (health.pause(instance) == null
                    && health.pause(instance, offer.model()) == null
                    && health.breakerState(instance) != CircuitBreaker.State.OPEN
                    && !disabled.covers(instance, offer.model())
                    && running.test(instance)) {
                return true;
            }
        }
        return false;
    }
}
