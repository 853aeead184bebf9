package io.serai.limits;

/**
 * When a limit that is counted by the minute begins to count anew: at the same second of every minute, which each outage
 * narrows down. Times are in seconds. Not thread-safe.
 */
final class FixedWindow {
    private static final double PERIOD = 60;
    /** Two outages that ended at the same moment of a minute may differ by so much: calls take different times to arrive. */
    private static final double SLACK = 0.5;

    private double after = Double.NaN;
    private double by = Double.NaN;

    /**
     * An outage ended after the one moment and by the other.
     *
     * @return whether that is when a window opens whose other openings were seen; if not, what they told is forgotten
     */
    boolean opened(double endedAfter, double endedBy) {
        double shift = PERIOD * Math.round((endedAfter + endedBy - after - by) / 2 / PERIOD);
        double least = Math.max(after + shift, endedAfter);
        double most = Math.min(by + shift, endedBy);
        boolean again = least < most + SLACK; // false for what is NaN
        after = again ? least : endedAfter;
        by = again ? Math.max(least, most) : endedBy;
        return again;
    }

    /** The earliest moment at which the last opening may have been. */
    double openedAfter() {
        return after;
    }

    /** When the next one has been, at the latest. */
    double opensBy(double now) {
        return by + PERIOD * Math.max(0, Math.ceil((now - by) / PERIOD));
    }

    /** When the window began to count that is open now, at the latest. */
    double countsSince(double now) {
        return opensBy(now) - PERIOD;
    }
}
