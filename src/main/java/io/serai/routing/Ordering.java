package io.serai.routing;

import io.serai.config.Rotation;
import io.serai.routing.Candidates.Offer;
import io.serai.routing.Pool.Group;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The strategies: in which order a call tries what can serve it. Equal ones take turns. */
public final class Ordering {
    /** Those that ask several at once begin in this order too. */
    private static final Set<Rotation.Strategy> BY_SHARES = EnumSet.of(
            Rotation.Strategy.WEIGHTED, Rotation.Strategy.HEDGE, Rotation.Strategy.RACE, Rotation.Strategy.PANEL);

    private final Function<String, Shares> shares;
    private final Latencies latencies;
    private final Candidates candidates;

    /** @param shares whose turn it is in a pool, by its route */
    public Ordering(Function<String, Shares> shares, Latencies latencies, Candidates candidates) {
        this.shares = shares;
        this.latencies = latencies;
        this.candidates = candidates;
    }

    /**
     * @param present not empty
     * @param usable what a group brings that can serve the request
     * @param taken whether the turn is taken
     */
    List<Group> order(Pool pool, List<Group> present, Map<Group, List<Offer>> usable, Needs needs, boolean taken) {
        if (BY_SHARES.contains(pool.strategy())) {
            return shares.apply(pool.route()).turn(present, Group::name, Group::weight, taken);
        }
        List<Group> inTurn =
                new ArrayList<>(shares.apply(pool.route()).turn(present, Group::name, g -> BigDecimal.ONE, taken));
        switch (pool.strategy()) {
            case CHEAPEST -> sort(inTurn, group -> cost(usable.getOrDefault(group, List.of()), needs));
            case FASTEST -> sort(inTurn, group -> latency(usable.getOrDefault(group, List.of())));
            default -> inTurn.sort(Comparator.comparing(Group::weight).reversed());
        }
        return inTurn;
    }

    /** Whatever has no figure comes last: it may cost anything. */
    private static void sort(List<Group> groups, Function<Group, @Nullable BigDecimal> figure) {
        Map<Group, BigDecimal> figures = groups.stream()
                .collect(Collectors.toMap(
                        g -> g,
                        g -> {
                            BigDecimal known = figure.apply(g);
                            return known == null ? BigDecimal.valueOf(Long.MAX_VALUE) : known;
                        },
                        (a, b) -> a));
        groups.sort(Comparator.comparing(g -> figures.getOrDefault(g, BigDecimal.ZERO)));
    }

    private @Nullable BigDecimal cost(List<Offer> offers, Needs needs) {
        return offers.stream()
                .map(offer -> expectedCost(offer, needs))
                .filter(cost -> cost != null)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** USD that the request is expected to cost there, null when a price is not known. */
    @Nullable
    BigDecimal expectedCost(Offer offer, Needs needs) {
        return Cost.expected(candidates.facts(offer).prices(), needs);
    }

    /** One that was never asked comes first: nobody knows how fast it is. */
    private BigDecimal latency(List<Offer> offers) {
        return offers.stream()
                .map(offer -> BigDecimal.valueOf(
                        latencies.firstTokenMs(offer.provider().id(), offer.model())))
                .min(Comparator.naturalOrder())
                .orElse(BigDecimal.ZERO);
    }
}
