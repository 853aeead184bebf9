package io.serai.routing;

import io.serai.config.Rotation;
import io.serai.routing.Candidates.Known;
import io.serai.routing.Candidates.Offer;
import io.serai.routing.Pool.Group;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The strategies: in which order a call tries what can serve it. Equal ones take turns. */
public final class Ordering {
    /** Those that ask several at once begin in this order too. */
    private static final Set<Rotation.Strategy> BY_SHARES = EnumSet.of(
            Rotation.Strategy.WEIGHTED, Rotation.Strategy.HEDGE, Rotation.Strategy.RACE, Rotation.Strategy.PANEL);

    private final Function<String, Shares> shares;
    private final Latencies latencies;

    /** @param shares whose turn it is in a pool, by its route */
    public Ordering(Function<String, Shares> shares, Latencies latencies) {
        this.shares = shares;
        this.latencies = latencies;
    }

    /**
     * @param present not empty
     * @param usable what a group brings that can serve the request
     * @param taken whether the turn is taken
     */
    List<Group> order(Pool pool, List<Group> present, Map<Group, List<Known>> usable, Needs needs, boolean taken) {
        if (BY_SHARES.contains(pool.strategy())) {
            return shares.apply(pool.route()).turn(present, Group::name, Group::weight, taken);
        }
        List<Group> inTurn = shares.apply(pool.route()).turn(present, Group::name, g -> BigDecimal.ONE, taken);
        return switch (pool.strategy()) {
            case CHEAPEST -> sorted(inTurn, group -> cost(usable.getOrDefault(group, List.of()), needs));
            case FASTEST -> sorted(inTurn, group -> latency(usable.getOrDefault(group, List.of())));
            default -> sorted(inTurn, group -> -group.weight().doubleValue());
        };
    }

    private record Ranked(Group group, double figure) {}

    /** Each figure is taken once; a group is no key for a map, for its hash is that of all that it holds. */
    private static List<Group> sorted(List<Group> groups, ToDoubleFunction<Group> figure) {
        Ranked[] ranked = new Ranked[groups.size()];
        for (int i = 0; i < ranked.length; i++) {
            Group group = groups.get(i);
            ranked[i] = new Ranked(group, figure.applyAsDouble(group));
        }
        Arrays.sort(ranked, Comparator.comparingDouble(Ranked::figure));
        List<Group> sorted = new ArrayList<>(ranked.length);
        for (Ranked one : ranked) {
            sorted.add(one.group());
        }
        return sorted;
    }

    /** Whatever has no known price comes last: it may cost anything. */
    private double cost(List<Known> offers, Needs needs) {
        double least = Double.MAX_VALUE;
        for (Known offer : offers) {
            BigDecimal cost = expectedCost(offer, needs);
            least = cost == null ? least : Math.min(least, cost.doubleValue());
        }
        return least;
    }

    /** USD that the request is expected to cost there, null when a price is not known. */
    @Nullable
    static BigDecimal expectedCost(Known offer, Needs needs) {
        return ExpectedCost.expected(offer.facts().prices(), needs);
    }

    /** One that was never asked comes first: nobody knows how fast it is. */
    private double latency(List<Known> offers) {
        double least = offers.isEmpty() ? 0 : Double.MAX_VALUE;
        for (Known known : offers) {
            Offer offer = known.offer();
            least = Math.min(least, latencies.firstTokenMs(offer.provider().id(), offer.model()));
        }
        return least;
    }
}
