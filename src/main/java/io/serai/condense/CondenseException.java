package io.serai.condense;

/** A method can't be used for a conversation, or not now; the message says why, for the log. */
public final class CondenseException extends Exception {
    private static final long serialVersionUID = 1L;

    public CondenseException(String message) {
        super(message);
    }

    public CondenseException(String message, Throwable cause) {
        super(message, cause);
    }
}
