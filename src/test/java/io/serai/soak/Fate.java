package io.serai.soak;

import java.util.Set;

/**
 * What a vendor does with a request.
 *
 * @param reasons how the broker must name it; empty: it does not fail before the answer begins
 * @param status of the answer, 0 without one
 */
record Fate(What what, int status, Set<String> reasons) {
    enum What {
        OK,
        ERROR,
        HANG_UP,
        RESET,
        NONSENSE,
        STALL,
        /** Begins and never ends: cut, reset, silent, or ended in good order where half was said. */
        BREAK_OFF
    }

    static final Fate OK = new Fate(What.OK, 200, Set.of());
    static final Fate HANG_UP = new Fate(What.HANG_UP, 0, Set.of("unreachable", "broken_answer"));
    static final Fate RESET = new Fate(What.RESET, 0, Set.of("unreachable", "broken_answer"));
    static final Fate NONSENSE = new Fate(What.NONSENSE, 200, Set.of("broken_answer"));
    static final Fate STALL = new Fate(What.STALL, 0, Set.of("timed_out_first_event", "timed_out_total"));

    static Fate error(int status, String reason) {
        return new Fate(What.ERROR, status, Set.of(reason));
    }

    /** Before anything was said: the next candidate may still answer. */
    static Fate brokenOff(String... reasons) {
        return new Fate(What.BREAK_OFF, 200, Set.of(reasons));
    }

    boolean serves() {
        return reasons.isEmpty();
    }
}
