package io.serai.routing;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The candidates that several branches of a call share: each goes to one branch and never to a second, so that no two ask the
 * same model by the same key. Any thread.
 */
final class CandidateQueue {
    /** For a walk that has all that there is. */
    static final CandidateQueue NOTHING = new CandidateQueue(List.of());

    private final Deque<Waypoint> waiting = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();

    /** @param order may name a provider's model twice, by way of two members; it counts once */
    CandidateQueue(Collection<? extends Waypoint> order) {
        for (Waypoint next : order) {
            if (seen.add(name(next))) {
                waiting.add(next);
            }
        }
    }

    private static String name(Waypoint next) {
        return switch (next) {
            case Candidate c -> c.path();
            case Crossroads at -> "autoselect/" + at.autoselect();
        };
    }

    synchronized @Nullable Waypoint next() {
        return waiting.poll();
    }

    synchronized @Nullable Waypoint peek() {
        return waiting.peek();
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Those are next, but for such as a branch has already. */
    synchronized void first(List<Waypoint> order) {
        for (Waypoint next : order.reversed()) {
            String name = name(next);
            if (seen.add(name) || waiting.removeIf(other -> name(other).equals(name))) {
                waiting.addFirst(next);
            }
        }
    }
}
