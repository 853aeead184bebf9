package io.serai.routing;

import io.serai.config.Autoselect;
import io.serai.config.Catalogue;
import io.serai.config.Permits;
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
import java.util.LinkedHashSet;
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
        return now().get(route);
    }

    private Map<String, Pool> now() {
        Built now = built;
        if (byList && now.version() != candidates.version()) {
            now = build();
            built = now;
        }
        return now.pools();
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
            case AUTOSELECT -> {
                return List.of(choice(member.path(), member.share(), rotation.permits(), pools));
            }
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
            case AUTO, CATALOGUE -> {
                Catalogue.Entry entry = snapshot.catalogue().models().get(path.name());
                offers = entry == null ? List.of() : candidates.offers(entry, Said.of(rotation));
            }
        }
        return List.of(new Pool.Group(member.path(), member.share(), within, offers));
    }

    /**
     * What an autoselect may pick leads to.
     *
     * @param vouched what counts of sensitive prompts for whatever is behind it
     */
    Pool.Group behind(String path, Permits vouched) {
        return group(path, BigDecimal.ONE, vouched, new LinkedHashMap<>(now()));
    }

    private Pool.Group group(String path, BigDecimal weight, Permits vouched, Map<String, Pool> pools) {
        ModelPath parsed = ModelPath.parse(path);
        return switch (parsed.kind()) {
            case PROVIDER ->
                new Pool.Group(
                        path,
                        weight,
                        null,
                        candidates.offer(parsed.name(), parsed.model()).stream().toList());
            case CATALOGUE -> {
                Catalogue.Entry entry = snapshot.catalogue().models().get(path);
                yield new Pool.Group(path, weight, null, entry == null ? List.of() : candidates.offers(entry));
            }
            case ROTATION -> {
                Rotation rotation = snapshot.rotations().get(parsed.name());
                yield new Pool.Group(path, weight, rotation == null ? null : rotation(rotation, pools), List.of());
            }
            case AUTO -> {
                Pool auto = pools.get(path);
                yield auto == null
                        ? new Pool.Group(path, weight, null, allBackends())
                        : new Pool.Group(path, weight, auto, List.of());
            }
            case AUTOSELECT -> choice(path, weight, vouched, pools);
        };
    }

    /** An autoselect, with all that it may lead to. */
    private Pool.Group choice(String path, BigDecimal weight, Permits vouched, Map<String, Pool> pools) {
        String name = ModelPath.parse(path).name();
        Autoselect autoselect = snapshot.autoselects().get(name);
        if (autoselect == null) {
            return new Pool.Group(path, weight, null, List.of());
        }
        Set<String> paths = new LinkedHashSet<>();
        autoselect.choices().forEach(choice -> paths.add(choice.model().path()));
        paths.add(autoselect.fallback().path());
        Set<Offer> offers = new LinkedHashSet<>();
        for (String to : paths) {
            Permits ofChoice = autoselect.vouches(to, vouched);
            Pool.Group group = group(to, BigDecimal.ONE, ofChoice, pools);
            List<Offer> behind =
                    group.within() == null ? group.offers() : group.within().offers();
            behind.forEach(offer -> offers.add(offer.within(ofChoice)));
        }
        return new Pool.Group(path, weight, null, List.copyOf(offers), new Pool.Chooser(name, vouched));
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

    private List<Offer> allBackends() {
        return chatting().stream()
                .flatMap(entry -> candidates.offers(entry).stream())
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
