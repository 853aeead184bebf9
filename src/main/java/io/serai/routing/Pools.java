package io.serai.routing;

import io.serai.config.Catalogue;
import io.serai.config.Rotation;
import io.serai.config.Rotation.Strategy;
import io.serai.config.Snapshot;
import io.serai.routing.Candidates.Offer;
import io.serai.routing.Candidates.Said;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every {@link Pool} of one generation, built from the configuration: once, or where members come out of providers' own lists,
 * anew whenever something else is known of those.
 */
public final class Pools {
    public static final String ROTATION = "rotation-";
    /** Names that mean the whole catalogue. */
    static final Set<String> AUTO = Set.of("auto", "autocheapest", "autobest");

    private static final List<String> TIERS = List.of("economy", "standard", "premium");
    private static final int QUALITIES = 1_000_000;

    private final Snapshot snapshot;
    private final Candidates candidates;
    private final boolean byList;
    private volatile Built built;

    /** @param version of what was known of models then */
    private record Built(long version, Map<String, Pool> pools) {}

    public Pools(Snapshot snapshot, Candidates candidates) {
        this.snapshot = snapshot;
        this.candidates = candidates;
        this.byList = snapshot.rotations().values().stream()
                .flatMap(r -> r.members().stream())
                .anyMatch(m -> m.path().endsWith("/"));
        this.built = build();
    }

    private Built build() {
        long version = byList ? candidates.version() : 0;
        Map<String, Pool> pools = new LinkedHashMap<>();
        snapshot.rotations().values().forEach(rotation -> rotation(rotation, pools));
        Pool cheapest = new Pool("autocheapest", Strategy.CHEAPEST, backends());
        Pool best = new Pool("autobest", Strategy.PRIORITY, byQuality());
        pools.put(cheapest.route(), cheapest);
        pools.put(best.route(), best);
        boolean cheap = snapshot.settings().autoStrategy().equals("cheapest");
        pools.put(
                "auto",
                new Pool("auto", cheap ? Strategy.CHEAPEST : Strategy.PRIORITY, (cheap ? cheapest : best).groups()));
        return new Built(version, pools);
    }

    /** The template of the pool's route. */
    public String template(String route) {
        Pool pool = built.pools().get(route);
        return switch (pool == null ? Strategy.WEIGHTED : pool.strategy()) {
            case HEDGE -> "rotation-hedge";
            case RACE -> "rotation-race";
            case PANEL -> "rotation-panel";
            case WEIGHTED, PRIORITY, CHEAPEST, FASTEST -> "rotation";
        };
    }

    /** Each has a route of this id. */
    public Collection<String> routes() {
        return built.pools().keySet();
    }

    @Nullable
    Pool of(String route) {
        Built now = built;
        if (byList && now.version() != candidates.version()) {
            now = build();
            built = now;
        }
        return now.pools().get(route);
    }

    /** The configuration was checked for loops. */
    private Pool rotation(Rotation rotation, Map<String, Pool> pools) {
        String route = ROTATION + rotation.name();
        Pool known = pools.get(route);
        if (known != null) {
            return known;
        }
        List<Pool.Group> groups = rotation.members().stream()
                .flatMap(member -> groups(rotation, member, pools).stream())
                .toList();
        Pool pool = new Pool(route, rotation.strategy(), groups);
        pools.put(route, pool);
        return pool;
    }

    private List<Pool.Group> groups(Rotation rotation, Rotation.Member member, Map<String, Pool> pools) {
        ModelPath path = ModelPath.parse(member.path());
        Pool within = null;
        List<Offer> offers = List.of();
        switch (path.kind()) {
            case ROTATION -> {
                Rotation inner = snapshot.rotations().get(path.name());
                within = inner == null ? null : rotation(inner, pools);
            }
            case PROVIDER -> {
                if (path.model().isEmpty()) {
                    return listed(rotation, member, path.name());
                }
                offers = candidates.offer(path.name(), path.model(), Said.of(member), Said.of(rotation), null).stream()
                        .toList();
            }
            case AUTO, CATALOGUE, AUTOSELECT -> {
                Catalogue.Entry entry = snapshot.catalogue().models().get(path.name());
                offers = entry == null ? List.of() : candidates.offers(entry, Said.of(rotation));
            }
        }
        return List.of(new Pool.Group(member.path(), member.share(), within, offers));
    }

    /** A group for each model of the provider's list, but for those that the rotation names by themselves. */
    private List<Pool.Group> listed(Rotation rotation, Rotation.Member member, String provider) {
        Set<String> named =
                rotation.members().stream().map(Rotation.Member::path).collect(Collectors.toSet());
        List<Offer> offers = candidates.listed(provider, Said.of(member), Said.of(rotation)).stream()
                .filter(offer -> !named.contains(provider + "/" + offer.model()))
                .toList();
        if (offers.isEmpty()) {
            return List.of(new Pool.Group(member.path(), member.share(), null, List.of()));
        }
        BigDecimal each = member.weight() == null
                ? BigDecimal.ONE
                : member.weight().divide(BigDecimal.valueOf(offers.size()), MathContext.DECIMAL64);
        return offers.stream()
                .map(offer -> new Pool.Group(provider + "/" + offer.model(), each, null, List.of(offer)))
                .toList();
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
