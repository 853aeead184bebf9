package io.serai.limits;

/**
 * What an instance is believed to accept, in calls a second, and how sure that is. Each cycle of calls that ends with a
 * refusal corrects it. Not thread-safe.
 */
final class Ceiling {
    /** How many times faster than in the settled state everything goes while nothing is known. */
    private static final double FASTEST = 24;
    /** After a surprise. */
    private static final double STARTLED = 8;
    /** Each confirmation makes the cycles so many times longer; fewer where the refusal left much open. */
    private static final double CALM = 3;

    private static final double HALF_CALM = 1.5;
    /** A correction up to this share, and what counting so few calls may be wrong by, confirms. */
    private static final double SURPRISE = 0.15;
    /** An outage of this share of a minute or of the cycle, and longer than a call and a half, is a window that was used up. */
    private static final double WINDOW_SHARE = 0.08;

    private static final double WINDOW_CALLS = 1.5;
    /** The first guess is not below six a minute: the slower the guess, the longer it takes to mend. */
    private static final double LEAST_GUESS = 0.1;
    /** The bounds of the part of the way to the refused pace that is believed. */
    private static final double LEAST_TRUST = 0.15;

    private static final double MOST_TRUST = 0.5;
    /** So many calls at least make up the fastest cycle, a cycle being so many settled seconds beside its hold. */
    private static final double LEAST_CALLS = 20;

    private static final double CYCLE = 180;

    private double rate;
    private double speed = FASTEST;
    private double trust = 0.3;
    private double lastCarried;
    private boolean raised;
    private boolean window;

    /**
     * The calls from the end of one outage to the end of the next.
     *
     * @param accepted in all
     * @param seconds of them in which there was demand, the outage included
     * @param outage seconds from the first refusal to the call that was accepted again
     * @param refusedPace calls a second at the first refusal
     * @param lastMinute calls a second that were accepted in the minute before the outage ended
     * @param again whether it ended at the second of a minute at which the one before ended
     * @param hold seconds for which a settled cycle holds back
     */
    record Cycle(
            int accepted,
            double seconds,
            double outage,
            double refusedPace,
            double lastMinute,
            boolean again,
            double hold) {
        double carried() {
            return accepted / Math.max(seconds, 1e-3);
        }
    }

    boolean known() {
        return rate > 0;
    }

    /** Calls a second; 0 while nothing is known. */
    double rate() {
        return rate;
    }

    /** How many times faster than in the settled state the pace climbs: the less is known, the faster. */
    double speed() {
        return speed;
    }

    /** Whether the last refusal came because a fixed window was used up. */
    boolean window() {
        return window;
    }

    /** A pace to begin with, which the operator names. */
    void guess(double perSecond) {
        rate = perSecond;
    }

    /** The provider names its limit. */
    void told(double perSecond) {
        rate = perSecond;
        speed = 1;
    }

    /** Long without news, or passed without a refusal: less sure than it was. */
    void doubt(double least) {
        speed = Math.max(speed, Math.min(FASTEST, least));
    }

    void learn(Cycle cycle) {
        if (known()) {
            correct(cycle);
        } else {
            double worked = Math.max(cycle.seconds() - cycle.outage(), 60);
            rate = Math.max(cycle.accepted() / worked, LEAST_GUESS);
            window = usedUp(cycle, 60);
            speed = window ? 1 : FASTEST;
        }
    }

    private void correct(Cycle cycle) {
        double carried = cycle.carried();
        double gap = Math.max(0, cycle.refusedPace() - carried);
        boolean above = cycle.refusedPace() > rate;
        window = usedUp(cycle, Math.min(60, cycle.seconds())) || window && cycle.again();
        judge(carried, above);
        double measured;
        if (window) {
            measured = Math.max(carried, cycle.lastMinute());
        } else if (above) {
            measured = carried + trust * gap;
        } else {
            measured = carried + Math.min(gap / 2, rate / 20);
        }
        double n = cycle.accepted();
        boolean confirmed = Math.abs(Math.log(measured / rate)) < SURPRISE + 1.5 / n;
        if (confirmed) {
            double weight = speed <= CALM ? Math.max(2, n) : 2;
            measured = (measured * n + rate * weight) / (n + weight);
            speed /= !window && gap > rate / 4 ? HALF_CALM : CALM;
        } else {
            speed = window ? speed / CALM : Math.max(STARTLED, speed);
        }
        boolean search = !confirmed && above;
        rate = measured;
        double most = search ? FASTEST : Math.min(FASTEST, rate * (cycle.hold() + CYCLE) / LEAST_CALLS);
        speed = Math.max(1, Math.min(speed, most));
    }

    /** Whether the pace that is refused is the limit (a shallow bucket) or a deep bucket ran dry: what follows tells. */
    private void judge(double carried, boolean above) {
        if (!above && raised && carried > 0.9 * lastCarried) {
            trust = Math.max(LEAST_TRUST, trust / 2);
        } else if (above && carried < rate && !window) {
            trust = Math.min(MOST_TRUST, trust * 1.5);
        }
        raised = above && !window;
        lastCarried = carried;
    }

    /** Whether the outage was too long for a bucket. */
    private boolean usedUp(Cycle cycle, double seconds) {
        return cycle.outage() > Math.max(WINDOW_SHARE * seconds, WINDOW_CALLS / rate);
    }
}
