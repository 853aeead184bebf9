package io.serai.routing;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Whose turn it is, by shares: weights of 3 and 1 give three turns of four to the first, evenly mixed and never in runs
 * (nginx's smooth weighted round robin). Each turn adds to every member its weight and takes the whole sum from the one that
 * is chosen, so what a member is owed stays between the turns. A member that is away is neither owed nor charged; when it
 * returns it goes on where it stood, without a burst.
 */
public final class Shares {
    private final Map<String, Double> owed = new HashMap<>();

    /**
     * Whose turn it is.
     *
     * @param present who may be chosen; not empty
     * @param name of a member, the same from turn to turn
     * @param taken whether the turn is taken; else it is the same one's the next time
     * @return the chosen one first, the others by what they are owed
     */
    public synchronized <T> List<T> turn(
            List<T> present, Function<T, String> name, Function<T, BigDecimal> weight, boolean taken) {
        record Standing<T>(T member, String name, double owed) {}
        List<Standing<T>> standings = new ArrayList<>(present.size());
        double sum = 0;
        for (T member : present) {
            double w = weight.apply(member).doubleValue();
            sum += w;
            String known = name.apply(member);
            standings.add(new Standing<>(member, known, owed.getOrDefault(known, 0.0) + w));
        }
        standings.sort(Comparator.comparingDouble((Standing<T> s) -> s.owed()).reversed());
        List<T> order = new ArrayList<>(present.size());
        for (Standing<T> standing : standings) {
            if (taken) {
                owed.put(standing.name(), order.isEmpty() ? standing.owed() - sum : standing.owed());
            }
            order.add(standing.member());
        }
        return order;
    }

    /** Forgets those that are no members any more. */
    public synchronized void keep(java.util.Set<String> names) {
        owed.keySet().retainAll(names);
    }
}
