package io.serai.context;

/** A conversation that can't be divided into parts of the size wanted; the message says why, as a clause for the client. */
public final class IndivisibleException extends Exception {
    private static final long serialVersionUID = 1L;

    public IndivisibleException(String message) {
        super(message);
    }
}
