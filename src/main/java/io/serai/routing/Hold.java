package io.serai.routing;

import io.serai.call.Usage;
import io.serai.limits.Grant;
import io.serai.limits.Reservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt holds of its instance's limits while it is made: its leave in the lines, and its tokens. Whoever holds it
 * says once how the call was taken, and once what it used; whatever comes later counts for nothing.
 */
final class Hold {
    private final @Nullable Reservation reservation;
    private final List<Grant> grants = new ArrayList<>(1);

    Hold(@Nullable Reservation reservation) {
        this.reservation = reservation;
    }

    void add(Grant grant) {
        grants.add(grant);
    }

    /** The provider took the call, however it ended. */
    void accepted() {
        grants.forEach(Grant::accepted);
    }

    /** The provider refused it for its rate; nothing was used. */
    void refused(@Nullable Duration retryAfter) {
        grants.forEach(grant -> grant.refused(retryAfter));
        release();
    }

    /** Another's request went out in its place, and has its tokens in it. */
    void rode() {
        grants.forEach(Grant::unused);
    }

    /** The call was not made. */
    void unused() {
        grants.forEach(Grant::unused);
        release();
    }

    /** The attempt is over, with what it used; null: nothing. */
    void ended(@Nullable Usage usage) {
        grants.forEach(Grant::unused); // where nobody has said better
        if (usage == null) {
            release();
        } else if (reservation != null) {
            reservation.settle(usage.input() + usage.output());
        }
    }

    private void release() {
        if (reservation != null) {
            reservation.release();
        }
    }
}
