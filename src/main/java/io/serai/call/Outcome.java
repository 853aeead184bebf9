package io.serai.call;

/** How a call ended. */
public enum Outcome {
    OK,
    /** Whole, but the provider reported no usage. */
    OK_ESTIMATED,
    /** An answer that was there already. */
    CACHE_HIT,
    CLIENT_CANCELLED,
    UPSTREAM_ERROR_BEFORE_OUTPUT,
    UPSTREAM_ERROR_AFTER_OUTPUT,
    TIMEOUT_BEFORE_OUTPUT,
    /** The broker answered itself: refused, not found, or a list. */
    REFUSED,
    /** The broker's own failure. */
    BROKER_ERROR
}
