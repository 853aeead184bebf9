package io.serai.limits;

import java.time.Duration;

/** Whether a call's tokens may be used. */
public sealed interface TokenAnswer {
    /** They are set aside for it. */
    record Reserved(Reservation reservation) implements TokenAnswer {}

    /**
     * Not before enough of the window has passed.
     *
     * @param limit TPM, TPH or TPD: the one that takes longest
     * @param left until there is room
     */
    record Out(String limit, Duration left) implements TokenAnswer {}

    /**
     * Never: the call alone is above the limit.
     *
     * @param limit TPM, TPH or TPD
     * @param most tokens
     */
    record TooLarge(String limit, long most) implements TokenAnswer {}
}
