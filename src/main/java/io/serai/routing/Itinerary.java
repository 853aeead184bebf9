package io.serai.routing;

import io.serai.call.Call;
import io.serai.call.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which key of which candidate one call tries next: the first, from where it is, that was not given up, is not left alone and
 * may be tried once more.
 */
final class Itinerary {
    private final int triesPerKey;
    private final Health health;
    private final Disabled disabled;
    private final Verdict verdict;
    private final Call call;
    private final Set<String> given = new HashSet<>();
    /** Behind a door that is shut to everybody, so that no probe goes there. */
    private final Set<String> closed = new HashSet<>();

    /** Passed over because they were left alone at that moment. */
    private final Set<String> rested = new HashSet<>();

    private final Map<String, Integer> tries = new HashMap<>();
    private final List<Waypoint> candidates;
    private final CandidateQueue further;
    private int at;
    private int made;
    private @Nullable Instance next;
    private @Nullable Instance probing;
    private boolean probed;

    /**
     * @param further where the next comes from when these are used up
     * @param triesPerKey at most
     * @param verdict hears why candidates were passed over
     * @param call whose way it is, and whose record has the same
     */
    Itinerary(
            List<? extends Waypoint> candidates,
            CandidateQueue further,
            int triesPerKey,
            Health health,
            Disabled disabled,
            Verdict verdict,
            Call call) {
        this.call = call;
        this.candidates = new ArrayList<>(candidates);
        this.further = further;
        this.triesPerKey = triesPerKey;
        this.health = health;
        this.disabled = disabled;
        this.verdict = verdict;
        find();
    }

    /** Lets go of a probe that was to be made and now is not. */
    void leave() {
        probeEnded(false);
    }

    /** Null when there is none. */
    @Nullable
    Instance next() {
        return next;
    }

    /** Whether there is neither a key nor an autoselect to be asked. */
    boolean isOver() {
        return next == null && crossroads() == null;
    }

    /** The autoselect that has to say first who is next, null where none has. */
    @Nullable
    Crossroads crossroads() {
        return next == null && at < candidates.size() && candidates.get(at) instanceof Crossroads there ? there : null;
    }

    /** What the autoselect has picked is there in its place, perhaps nobody. */
    void leadsTo(List<Waypoint> picked) {
        candidates.remove(at);
        if (further == CandidateQueue.NOTHING) {
            candidates.addAll(at, picked);
        } else {
            further.first(picked);
        }
        find();
    }

    /** The one whose key is next. */
    Candidate candidate() {
        if (candidates.get(at) instanceof Candidate candidate) {
            return candidate;
        }
        throw new IllegalStateException("An autoselect has to say first who is next");
    }

    /** Attempts that went out. */
    int made() {
        return made;
    }

    void tried(Instance instance) {
        made++;
        tries.merge(instance.identity(), 1, Integer::sum);
    }

    /** It did not go out after all, which costs nothing. */
    void untried() {
        made--;
    }

    /** As if it had never been tried: whatever comes next is what would have come then. */
    void forgotten(Instance instance) {
        untried();
        tries.merge(instance.identity(), -1, Integer::sum);
    }

    /** No other key of any candidate is there. */
    boolean isOnlyKey() {
        return candidates.size() == 1 && further.isEmpty() && !hasOtherKeys();
    }

    boolean hasOtherKeys() {
        return candidate().instances().size() > 1;
    }

    boolean mayRepeat(Instance instance) {
        return tries.getOrDefault(instance.identity(), 0) < triesPerKey;
    }

    void stay(Instance instance) {
        next = instance;
    }

    void otherKey(Instance instance) {
        given.add(instance.identity());
        find();
    }

    /** The key may still serve another candidate's model. */
    void otherKeyForModel(Instance instance) {
        given.add(forModel(instance));
        find();
    }

    void close(Instance instance) {
        closed.add(instance.identity());
    }

    void nextCandidate() {
        at++;
        find();
    }

    void nextCandidateAbove(int contextSize) {
        at++;
        while (isThere() && !larger(candidates.get(at), contextSize)) {
            at++;
        }
        find();
    }

    private static boolean larger(Waypoint there, int contextSize) {
        return switch (there) {
            case Candidate c -> larger(c.contextSize(), contextSize);
            case Crossroads c -> c.among().stream().anyMatch(known -> larger(known.contextSize(), contextSize));
        };
    }

    private static boolean larger(@Nullable Integer size, int contextSize) {
        return size != null && size > contextSize;
    }

    private String forModel(Instance instance) {
        return instance.identity() + " " + candidate().model();
    }

    private void find() {
        for (; isThere(); at++) {
            if (candidates.get(at) instanceof Crossroads) {
                next = null;
                return;
            }
            if (candidate().keysTakeTurns()) { // only of those that are reached: one that is not asked has had no turn
                candidates.set(at, candidate().inTurn(health));
            }
            for (Instance instance : candidate().instances()) {
                if (!given.contains(instance.identity())
                        && !given.contains(forModel(instance))
                        && mayRepeat(instance)
                        && available(instance)) {
                    next = instance;
                    return;
                }
            }
        }
        next = null;
        if (made == 0 && !probed) {
            probed = true;
            probeNearest();
        }
    }

    /** Whether there is one to look at; it may be a further one. */
    private boolean isThere() {
        if (at >= candidates.size() && further.next() instanceof Waypoint more) {
            candidates.add(more);
        }
        return at < candidates.size();
    }

    private boolean available(Instance instance) {
        if (disabled.covers(instance, candidate().model())) {
            verdict.isOff(); // not given up: it may be this model alone
            passOver(instance, Disabled.REASON);
            return false;
        }
        Health.Pause pause = health.pause(instance);
        if (pause != null) {
            given.add(instance.identity());
            rested.add(instance.identity());
            verdict.rests(pause);
            passOver(instance, pause.reason());
            return false;
        }
        Health.Pause quota = health.pause(instance, candidate().model());
        if (quota != null) {
            given.add(forModel(instance));
            verdict.rests(quota);
            passOver(instance, quota.reason());
            return false;
        }
        return true;
    }

    private void passOver(Instance instance, String reason) {
        call.trail().passesOver(instance.id(), candidate().model(), reason);
    }

    /**
     * Nobody can be called: of those that the broker itself has put aside, the one that would be back first is tried all the
     * same, lest the broker make an outage where there is none. What a provider has asked for, and dead keys, are respected. One
     * whose rest has ended meanwhile is called like any other.
     */
    private void probeNearest() {
        Instance nearest = null;
        int where = 0;
        long least = Long.MAX_VALUE;
        for (int c = 0; c < candidates.size(); c++) {
            if (!(candidates.get(c) instanceof Candidate there)) {
                continue;
            }
            for (Instance instance : there.instances()) {
                boolean never = closed.contains(instance.identity()) || disabled.covers(instance, there.model());
                long left = never ? -1 : health.guessedPause(instance);
                if (!never && left < 0 && isBack(instance, there.model())) {
                    at = c;
                    next = instance;
                    return;
                }
                if (left >= 0 && left < least) {
                    nearest = instance;
                    where = c;
                    least = left;
                }
            }
        }
        if (nearest != null && health.probe(nearest)) {
            probing = nearest;
            at = where;
            next = nearest;
        }
    }

    private boolean isBack(Instance instance, String model) {
        return rested.contains(instance.identity())
                && health.pause(instance) == null
                && health.pause(instance, model) == null;
    }

    /** Whichever attempt was made: if it was a probe, it told this. */
    void probeEnded(boolean well) {
        if (probing != null) {
            health.probeEnded(probing, well);
            probing = null;
        }
    }
}
