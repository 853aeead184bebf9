package io.serai.routing;

import io.serai.config.Catalogue;
import io.serai.config.Rotation;
import io.serai.config.Rotation.Strategy;
import io.serai.config.Snapshot;
import io.serai.routing.Candidates.Offer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every {@link Pool} of one generation, built once from the configuration. */
public final class Pools {
    public static final String ROTATION = "rotation-";
    /** Names that mean the whole catalogue. */
    static final Set<String> AUTO = Set.of("auto", "autocheapest", "autobest");

    private static final List<String> TIERS = List.of("economy", "standard", "premium");
    private static final int QUALITIES = 1_000_000;

    private final Snapshot snapshot;
    private final Candidates candidates;
    private final Map<String, Pool> pools = new LinkedHashMap<>();

    public Pools(Snapshot snapshot, Candidates candidates) {
        this.snapshot = snapshot;
        this.candidates = candidates;
        snapshot.rotations().values().forEach(this::rotation);
        Pool cheapest = new Pool("autocheapest", Strategy.CHEAPEST, backends());
        Pool best = new Pool("autobest", Strategy.PRIORITY, byQuality());
        pools.put(cheapest.route(), cheapest);
        pools.put(best.route(), best);
        boolean cheap = snapshot.settings().autoStrategy().equals("cheapest");
        pools.put(
                "auto",
                new Pool("auto", cheap ? Strategy.CHEAPEST : Strategy.PRIORITY, (cheap ? cheapest : best).groups()));
    }

    /** The template of the pool's route. */
    public String template(String route) {
        Pool pool = pools.get(route);
        return switch (pool == null ? Strategy.WEIGHTED : pool.strategy()) {
            case HEDGE -> "rotation-hedge";
            case RACE -> "rotation-race";
            case PANEL -> "rotation-panel";
            case WEIGHTED, PRIORITY, CHEAPEST, FASTEST -> "rotation";
        };
    }

    /** Each has a route of this id. */
    public Collection<String> routes() {
        return pools.keySet();
    }

    @Nullable
    Pool of(String route) {
        return pools.get(route);
    }

    /** The configuration was checked for loops. */
    private Pool rotation(Rotation rotation) {
        String route = ROTATION + rotation.name();
        Pool known = pools.get(route);
        if (known != null) {
            return known;
        }
        Pool pool = new Pool(
                route,
                rotation.strategy(),
                rotation.members().stream().map(m -> group(rotation, m)).toList());
        pools.put(route, pool);
        return pool;
    }

    private Pool.Group group(Rotation rotation, Rotation.Member member) {
        ModelPath path = ModelPath.parse(member.path());
        Pool within = null;
        List<Offer> offers = List.of();
        switch (path.kind()) {
            case ROTATION -> {
                Rotation inner = snapshot.rotations().get(path.name());
                within = inner == null ? null : rotation(inner);
            }
            case PROVIDER ->
                offers =
                        candidates.offer(path.name(), path.model(), member.limits(), rotation.defaults(), null).stream()
                                .toList();
            case AUTO, CATALOGUE, AUTOSELECT -> {
                Catalogue.Entry entry = snapshot.catalogue().models().get(path.name());
                offers = entry == null ? List.of() : candidates.offers(entry);
            }
        }
        return new Pool.Group(member.path(), member.weight(), within, offers);
    }

    /** Each backend of each model that chats, on its own, for backends of one model differ in price. */
    private List<Pool.Group> backends() {
        List<Pool.Group> groups = new ArrayList<>();
        for (Catalogue.Entry entry : chatting()) {
            for (Offer offer : candidates.offers(entry)) {
                groups.add(new Pool.Group(
                        offer.provider().id() + "/" + offer.model(), BigDecimal.ONE, null, List.of(offer)));
            }
        }
        return List.copyOf(groups);
    }

    /** Each model that chats, ranked by its tier and then by its quality. */
    private List<Pool.Group> byQuality() {
        return chatting().stream()
                .map(entry -> new Pool.Group(
                        entry.name(),
                        BigDecimal.valueOf((long) TIERS.indexOf(entry.tier()) * QUALITIES + entry.quality()),
                        null,
                        candidates.offers(entry)))
                .filter(group -> !group.offers().isEmpty())
                .toList();
    }

    private List<Catalogue.Entry> chatting() {
        return snapshot.catalogue().models().values().stream()
                .filter(Catalogue.Entry::chats)
                .toList();
    }
}
