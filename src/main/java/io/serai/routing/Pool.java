package io.serai.routing;

import io.serai.config.Permits;
import io.serai.config.Rotation;
import io.serai.routing.Candidates.Offer;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name that stands for several models: a rotation, or one of the {@code auto} names. It has a route of its own.
 *
 * @param route the route's id, which is also the name under which its turns are remembered
 * @param groups in the order of the file
 */
record Pool(String route, Rotation.Strategy strategy, List<Group> groups) {

    /**
     * What one member brings.
     *
     * @param name the same in every generation; ends with a slash where a provider's list is not known yet
     * @param weight its share, or its rank
     * @param within what the member names when that is a pool itself; {@code offers} is empty then
     * @param chooser who picks among the offers, for each request; null: they are tried in their order
     */
    record Group(
            String name,
            BigDecimal weight,
            @Nullable Pool within,
            List<Offer> offers,
            @Nullable Chooser chooser) {
        Group(String name, BigDecimal weight, @Nullable Pool within, List<Offer> offers) {
            this(name, weight, within, offers, null);
        }
    }

    /**
     * An autoselect.
     *
     * @param permits what counts of sensitive prompts for whatever it picks
     */
    record Chooser(String autoselect, Permits permits) {}

    /** What all members bring, also those that are pools themselves. */
    List<Offer> offers() {
        return groups.stream()
                .flatMap(g -> (g.within() == null ? g.offers() : g.within().offers()).stream())
                .toList();
    }

    /** A provider whose list of models is not known yet, and would bring members; null without one. */
    @Nullable
    String awaits() {
        for (Group group : groups) {
            String awaited = group.within() == null ? null : group.within().awaits();
            if (awaited != null) {
                return awaited;
            }
            if (group.name().endsWith("/")) {
                return group.name().substring(0, group.name().length() - 1);
            }
        }
        return null;
    }

    /** Whether a call could be sent anywhere by it; else none of its members has a provider here. */
    boolean servable() {
        return groups.stream()
                .anyMatch(g ->
                        g.within() == null ? !g.offers().isEmpty() : g.within().servable());
    }
}
