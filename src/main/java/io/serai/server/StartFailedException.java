package io.serai.server;

/** The broker can't begin to serve, for a reason outside its files. */
public final class StartFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
