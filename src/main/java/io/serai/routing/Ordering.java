package io.serai.routing;

import io.serai.call.Prices;
import io.serai.config.Rotation;
import io.serai.context.Tokenizers;
import io.serai.context.Tokens;
import io.serai.routing.Candidates.Known;
import io.serai.routing.Candidates.Offer;
import io.serai.routing.Pool.Group;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The strategies: in which order a call tries what can serve it. Equal ones take turns. */
public final class Ordering {
    /** Those that ask several at once begin in this order too. */
    private static final Set<Rotation.Strategy> BY_SHARES = EnumSet.of(
            Rotation.Strategy.WEIGHTED, Rotation.Strategy.HEDGE, Rotation.Strategy.RACE, Rotation.Strategy.PANEL);

    private final Function<String, Shares> shares;
    private final Latencies latencies;
    private final Tokenizers tokenizers;

    /** @param shares whose turn it is in a pool, by its route */
    public Ordering(Function<String, Shares> shares, Latencies latencies, Tokenizers tokenizers) {
        this.shares = shares;
        this.latencies = latencies;
        this.tokenizers = tokenizers;
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
            case CHEAPEST -> cheapest(inTurn, usable, needs);
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

    /** The request is counted only where half as many tokens, or as many as it has bytes, would bring another order. */
    private List<Group> cheapest(List<Group> groups, Map<Group, List<Known>> usable, Needs needs) {
        Map<Group, List<Price>> prices = new IdentityHashMap<>();
        for (Group group : groups) {
            prices.put(group, prices(usable.getOrDefault(group, List.of())));
        }
        long answer = ExpectedCost.answer(needs);
        long guess = needs.length().guess();
        List<Group> order = sorted(groups, group -> cost(prices.get(group), p -> guess, answer));
        if (holds(order, prices, guess / 2, answer) && holds(order, prices, guess * 4, answer)) {
            return order;
        }
        return sorted(
                groups, group -> cost(prices.get(group), p -> needs.length().in(tokens(p.offer)), answer));
    }

    private Tokens tokens(Offer offer) {
        return tokenizers.of(offer.provider().type(), offer.provider().id(), offer.model());
    }

    /** USD a token. */
    private record Price(Offer offer, double in, double out) {}

    private static List<Price> prices(List<Known> offers) {
        List<Price> prices = new ArrayList<>(offers.size());
        for (Known known : offers) {
            BigDecimal in = known.facts().prices().of(Prices.INPUT);
            BigDecimal out = known.facts().prices().of(Prices.OUTPUT);
            if (in != null && out != null) {
                prices.add(new Price(known.offer(), in.doubleValue(), out.doubleValue()));
            }
        }
        return prices;
    }

    private static boolean holds(List<Group> order, Map<Group, List<Price>> prices, long tokens, long answer) {
        double before = 0;
        for (Group group : order) {
            double cost = cost(prices.get(group), p -> tokens, answer);
            if (cost < before) {
                return false;
            }
            before = cost;
        }
        return true;
    }

    /** Whatever has no known price comes last: it may cost anything. */
    private static double cost(@Nullable List<Price> prices, ToLongFunction<Price> tokens, long answer) {
        double least = Double.MAX_VALUE;
        if (prices != null) {
            for (Price price : prices) {
                least = Math.min(least, price.in * tokens.applyAsLong(price) + price.out * answer);
            }
        }
        return least;
    }

    /**
     * USD that the request is expected to cost there, null when a price is not known.
     *
     * @param tokens of its input
     */
    @Nullable
    static BigDecimal expectedCost(Known offer, Needs needs, long tokens) {
        return ExpectedCost.expected(offer.facts().prices(), tokens, needs);
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
