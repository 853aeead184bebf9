package io.serai.routing;

import io.serai.routing.Candidates.Known;
import io.serai.routing.Candidates.Offer;
import io.serai.routing.Pool.Group;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one call finds in a pool: the offers that can serve it, in the order in which it should try them, and why the others
 * can't.
 */
public final class Selection {
    private final Candidates candidates;
    private final Ordering ordering;
    private final Needs needs;
    private final Map<Group, List<Known>> usable = new IdentityHashMap<>();
    private final List<Skipped> skipped = new ArrayList<>();
    private final List<Found> order = new ArrayList<>();

    /** Who can serve the call, or who may say that. */
    sealed interface Found permits Known, Crossroads {}

    /**
     * One that was passed over.
     *
     * @param reason no_tools, no_vision, no_audio, context_too_small, above_max_request_tokens, not_for_nsfw,
     *     not_for_privacy
     */
    public record Skipped(String provider, String model, String reason) {}

    private Selection(Candidates candidates, Ordering ordering, Needs needs) {
        this.candidates = candidates;
        this.ordering = ordering;
        this.needs = needs;
    }

    /** @param taken whether the call is made; else nobody's turn passes */
    static Selection of(Pool pool, Needs needs, Candidates candidates, Ordering ordering, boolean taken) {
        Selection selection = new Selection(candidates, ordering, needs);
        selection.look(pool, false);
        if (selection.usable.values().stream().allMatch(List::isEmpty)) {
            selection.usable.clear();
            selection.skipped.clear();
            selection.look(pool, true); // the length is a guess: better to ask than to refuse by it
        }
        selection.add(pool, taken);
        return selection;
    }

    /** The same for what an autoselect has picked. */
    static Selection of(Group group, Needs needs, Candidates candidates, Ordering ordering, boolean taken) {
        Selection selection = new Selection(candidates, ordering, needs);
        selection.look(group, false);
        if (selection.usable.values().stream().allMatch(List::isEmpty)) {
            selection.usable.clear();
            selection.skipped.clear();
            selection.look(group, true);
        }
        selection.add(group, taken);
        return selection;
    }

    List<Found> order() {
        return order;
    }

    public List<Skipped> skipped() {
        return skipped;
    }

    private void look(Pool pool, boolean anyLength) {
        for (Group group : pool.groups()) {
            look(group, anyLength);
        }
    }

    private void look(Group group, boolean anyLength) {
        List<Known> fitting = new ArrayList<>(group.offers().size());
        if (group.within() instanceof Pool within) {
            look(within, anyLength);
            within.groups().forEach(inner -> fitting.addAll(usable.getOrDefault(inner, List.of())));
        }
        for (Offer offer : group.offers()) {
            Known known = candidates.known(offer);
            String reason = candidates.unfit(known, needs);
            if (reason == null || anyLength && reason.equals(Fit.TOO_LONG) && !candidates.refuses(known, needs)) {
                fitting.add(known);
            } else {
                skipped.add(new Skipped(offer.provider().id(), offer.model(), reason));
            }
        }
        usable.put(group, fitting);
    }

    private void add(Pool pool, boolean taken) {
        List<Group> present = new ArrayList<>();
        List<Group> away = new ArrayList<>();
        for (Group group : pool.groups()) {
            if (available(group)) {
                present.add(group);
            } else {
                away.add(group);
            }
        }
        boolean first = true;
        for (Group group : present.isEmpty() ? present : ordering.order(pool, present, usable, needs, taken)) {
            // only the member in front has its turn, so what it stands for takes one of its own only there
            add(group, taken && first);
            first = false;
        }
        away.forEach(group -> add(group, false)); // the walk says why each of them is passed over
    }

    private void add(Group group, boolean taken) {
        List<Known> fitting = usable.getOrDefault(group, List.of());
        if (group.within() instanceof Pool within) {
            add(within, taken);
        } else if (group.chooser() instanceof Pool.Chooser chooser) {
            if (!fitting.isEmpty()) {
                order.add(new Crossroads(chooser.autoselect(), chooser.permits(), fitting));
            }
        } else {
            order.addAll(fitting);
        }
    }

    private boolean available(Group group) {
        if (group.within() != null) {
            return group.within().groups().stream().anyMatch(this::available);
        }
        for (Known known : usable.getOrDefault(group, List.of())) {
            if (candidates.available(known.offer())) {
                return true;
            }
        }
        return false;
    }
}
