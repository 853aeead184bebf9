package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.call.Call;
import org.jspecify.annotations.Nullable;

/** One of several ways that a request goes at once: a call and a walk of its own. Its route's thread writes it, any reads it. */
final class Branch {
    private final Branches siblings;
    private final Call call;
    private final String route;
    private volatile @Nullable Walk walk;
    private volatile @Nullable Exception unexpected;

    /** @param route the id of the route that it takes */
    Branch(Branches siblings, Call call, String route, @Nullable Walk walk) {
        this.siblings = siblings;
        this.call = call;
        this.route = route;
        this.walk = walk;
    }

    /** With those that it goes beside. */
    Branches siblings() {
        return siblings;
    }

    Call call() {
        return call;
    }

    String route() {
        return route;
    }

    /** Null as long as it has not set out. */
    @Nullable
    Walk walk() {
        return walk;
    }

    /** Another is faster. What it is asking counts from here on, for the winner's client may be told what all have cost. */
    void callOff() {
        call.overtake();
        Attempt asking = latest();
        Walk way = walk;
        if (way != null && asking != null && asking.failure() == null) {
            way.calledOff(asking);
        }
    }

    void goes(Walk way) {
        walk = way;
    }

    /** What failed it beside providers, null for nothing: a mistake of the broker's own, or of an operator's route. */
    @Nullable
    Exception unexpected() {
        return unexpected;
    }

    void failed(Exception why) {
        unexpected = why;
    }

    /** The attempt that it has made or is making, null before the first. */
    @Nullable
    Attempt latest() {
        Attempt latest = null;
        for (Attempt attempt : call.attempts()) {
            if (attempt.call() == call) {
                latest = attempt;
            }
        }
        return latest;
    }
}
