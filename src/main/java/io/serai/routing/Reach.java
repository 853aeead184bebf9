package io.serai.routing;

import io.serai.config.Autoselect;
import io.serai.config.Catalogue;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import io.serai.routing.Candidates.Offer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every model that a model path can lead to, whatever is picked on the way. */
public final class Reach {
    private static final String ROTATION = "rotation/";
    private static final String AUTOSELECT = "autoselect/";

    private final Snapshot snapshot;
    private final Candidates candidates;
    private final Pools pools;

    public Reach(Snapshot snapshot, Candidates candidates, Pools pools) {
        this.snapshot = snapshot;
        this.candidates = candidates;
        this.pools = pools;
    }

    /**
     * A model at its provider.
     *
     * @param model the provider's own name
     * @param through {@code rotation/name} and {@code autoselect/name} on the way, the first one first
     */
    public record Place(Provider provider, String model, List<String> through) {}

    /** Changes whenever {@link #of} may say something else. */
    public long version() {
        return candidates.version();
    }

    /** In no order that means anything, but always in the same, and some perhaps twice; empty where the path leads nowhere. */
    public List<Place> of(String path) {
        List<Place> found = new ArrayList<>();
        gather(path, List.of(), found);
        return List.copyOf(found);
    }

    private void gather(String path, List<String> through, List<Place> found) {
        ModelPath parsed = ModelPath.parse(path);
        switch (parsed.kind()) {
            case PROVIDER ->
                candidates.offer(parsed.name(), parsed.model()).ifPresent(offer -> add(offer, through, found));
            case CATALOGUE -> {
                Catalogue.Entry entry = snapshot.catalogue().models().get(parsed.name());
                if (entry != null) {
                    candidates.offers(entry).forEach(offer -> add(offer, through, found));
                }
            }
            case AUTO -> gather(pools.of(Directory.pool(parsed)), through, found);
            case ROTATION -> gather(pools.of(Directory.pool(parsed)), and(through, ROTATION + parsed.name()), found);
            case AUTOSELECT -> {
                Autoselect autoselect = snapshot.autoselects().get(parsed.name());
                if (autoselect != null && !through.contains(path)) {
                    List<String> on = and(through, AUTOSELECT + parsed.name());
                    autoselect.choices().forEach(choice -> gather(choice.model().path(), on, found));
                    gather(autoselect.fallback().path(), on, found);
                }
            }
        }
    }

    private void gather(@Nullable Pool pool, List<String> through, List<Place> found) {
        if (pool == null) {
            return;
        }
        for (Pool.Group group : pool.groups()) {
            if (group.chooser() != null) {
                gather(group.name(), through, found);
            } else {
                group.offers().forEach(offer -> add(offer, through, found));
            }
            if (group.within() instanceof Pool within) {
                String name = within.route().startsWith(Pools.ROTATION)
                        ? ROTATION + within.route().substring(Pools.ROTATION.length())
                        : within.route();
                gather(within, and(through, name), found);
            }
        }
    }

    private static List<String> and(List<String> through, String name) {
        List<String> longer = new ArrayList<>(through);
        longer.add(name);
        return List.copyOf(longer);
    }

    private static void add(Offer offer, List<String> through, List<Place> found) {
        found.add(new Place(offer.provider(), offer.model(), through));
    }
}
