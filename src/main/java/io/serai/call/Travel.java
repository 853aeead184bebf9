package io.serai.call;

/** How an attempt goes to its provider together with those of other calls. */
public interface Travel {
    /** The route in which they meet. */
    String route();

    /** Whether another's request went out in place of this one's: it holds no place in a line and tells nothing of the key. */
    boolean rides();

    /** Whether it is known already that it will. */
    boolean joined();

    /** How many calls were answered by the one request; 1 when it went alone. */
    int together();

    /** The attempt that went out, with what it used in all; the call's own where each pays for its part. */
    Attempt paid(Attempt own);

    /** The attempt does not go, or is over: nobody may wait for it. Does nothing when they have their answer. */
    void over();
}
