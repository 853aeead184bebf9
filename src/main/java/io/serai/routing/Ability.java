package io.serai.routing;

import io.serai.call.Call;
import io.serai.config.Autoselect;
import io.serai.config.Catalogue;
import io.serai.config.Permits;
import io.serai.config.Snapshot;
import io.serai.models.ModelFacts;
import io.serai.models.Source;
import io.serai.routing.Candidates.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether what a model path leads to can serve a call: the question before one of several paths is picked. */
public final class Ability {
    /** A model with nothing but these does not chat. */
    private static final Set<String> OTHER_MEDIA = Set.of("embeddings", "speech", "transcription", "images");

    private final Snapshot snapshot;
    private final Candidates candidates;
    private final Pools pools;

    public Ability(Snapshot snapshot, Candidates candidates, Pools pools) {
        this.snapshot = snapshot;
        this.candidates = candidates;
        this.pools = pools;
    }

    /** From worst to best. */
    public enum Degree {
        /** Nothing behind the path can do it. */
        NO,
        /** What could do it may not be called at the moment. */
        AWAY,
        /** Nobody has said whether it can do this. */
        MAYBE,
        YES
    }

    /**
     * The best that anything behind the path can do.
     *
     * @param vouched what is said of whatever it leads to
     */
    public Degree of(Call call, String path, Permits vouched) {
        return of(call, Needs.of(call).vouchedBy(vouched), path);
    }

    /**
     * Whether anyone behind the path may be sent what the call is of.
     *
     * @param vouched as above
     */
    public boolean maySee(Call call, String path, Permits vouched) {
        return call.sensitivity().found().isEmpty()
                || maySee(call, Needs.of(call).vouchedBy(vouched), ModelPath.parse(path));
    }

    private boolean maySee(Call call, Needs needs, ModelPath path) {
        if (path.kind() == ModelPath.Kind.AUTOSELECT) {
            Autoselect inner = snapshot.autoselects().get(path.name());
            return inner != null
                    && inner.choices().stream()
                            .anyMatch(choice -> maySee(
                                    call,
                                    needs.vouchedBy(inner.vouches(choice, needs.vouched())),
                                    ModelPath.parse(choice.model().path())));
        }
        return offers(call, path).stream().anyMatch(offer -> needs.closed(offer.permits()) == null);
    }

    /**
     * Whether the request and the answer that it asks for have more tokens than that.
     *
     * @param path of a model; what is no single one counts as most do
     */
    public boolean isAbove(Call call, long tokens, String path) {
        Needs needs = Needs.of(call);
        return needs.length().isAbove(tokens - needs.answer(), () -> candidates.tokens(ModelPath.parse(path)));
    }

    private Degree of(Call call, Needs needs, String path) {
        ModelPath parsed = ModelPath.parse(path);
        if (parsed.kind() == ModelPath.Kind.AUTOSELECT) {
            Autoselect inner = snapshot.autoselects().get(parsed.name());
            return inner == null
                    ? Degree.NO
                    : inner.choices().stream()
                            .map(choice -> of(
                                    call,
                                    needs.vouchedBy(inner.vouches(choice, needs.vouched())),
                                    choice.model().path()))
                            .max(Degree::compareTo)
                            .orElse(Degree.NO);
        }
        Degree best = Degree.NO;
        for (Offer offer : offers(call, parsed)) {
            Degree degree = of(call, needs, offer);
            best = degree.compareTo(best) > 0 ? degree : best;
        }
        return best;
    }

    private Degree of(Call call, Needs needs, Offer offer) {
        ModelFacts facts = candidates.facts(offer);
        if (candidates.unfit(offer, needs) != null) {
            return Degree.NO;
        }
        Degree able = does(call.operation().capability(), facts);
        return able == Degree.NO || candidates.anyAvailable(List.of(offer)) ? able : Degree.AWAY;
    }

    private static Degree does(@Nullable String capability, ModelFacts facts) {
        List<String> known = facts.capabilities();
        if (capability == null) {
            return !known.isEmpty() && OTHER_MEDIA.containsAll(known) ? Degree.NO : Degree.YES;
        }
        if (known.contains(capability)) {
            return Degree.YES;
        }
        // only the catalogue's lists are whole
        return facts.sources().get("capabilities") == Source.CATALOGUE ? Degree.NO : Degree.MAYBE;
    }

    private List<Offer> offers(Call call, ModelPath path) {
        return switch (path.kind()) {
            case PROVIDER ->
                candidates.offer(path.name(), path.model()).stream().toList();
            case CATALOGUE -> {
                Catalogue.Entry entry = snapshot.catalogue().models().get(path.name());
                yield entry == null || !entry.does(call.operation().capability())
                        ? List.of()
                        : candidates.offers(entry);
            }
            case ROTATION, AUTO -> {
                List<Offer> all = new ArrayList<>();
                gather(pools.of(Directory.pool(path)), all);
                yield all;
            }
            case AUTOSELECT -> List.of();
        };
    }

    private static void gather(@Nullable Pool pool, List<Offer> all) {
        if (pool != null) {
            for (Pool.Group group : pool.groups()) {
                all.addAll(group.offers());
                gather(group.within(), all);
            }
        }
    }
}
