package io.serai.batch;

import io.serai.call.Attempt;

/** Those who travel together. */
interface Company {
    /** A client has left; the last one's leaving cancels the request. Any thread. */
    void left(Passenger passenger);

    /** The attempt does not go, or is over. */
    void over(Passenger passenger);

    int size();

    /** See {@link io.serai.call.Travel#paid}. */
    Attempt paid(Attempt own);
}
