package io.serai.routing;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The candidates that several branches of a call share: each goes to one branch and never to a second, so that no two ask the
 * same model by the same key. Any thread.
 */
final class CandidateQueue {
    /** For a walk that has all that there is. */
    static final CandidateQueue NOTHING = new CandidateQueue(List.of());

    private final Queue<Candidate> waiting = new ArrayDeque<>();

    /** @param order may name a provider's model twice, by way of two members; it counts once */
    CandidateQueue(Collection<Candidate> order) {
        Set<String> seen = new HashSet<>();
        for (Candidate candidate : order) {
            if (seen.add(candidate.path())) {
                waiting.add(candidate);
            }
        }
    }

    synchronized @Nullable Candidate next() {
        return waiting.poll();
    }

    synchronized @Nullable Candidate peek() {
        return waiting.peek();
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }
}
