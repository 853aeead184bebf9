package io.serai.embedding;

/** The model can't be run on this machine, or has no room at the moment. The message is for people, and holds nothing secret. */
public final class NoEmbeddingsException extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean passing;

    NoEmbeddingsException(String message, boolean passing, Throwable cause) {
        super(message, cause);
        this.passing = passing;
    }

    NoEmbeddingsException(String message, boolean passing) {
        super(message);
        this.passing = passing;
    }

    /** Whether it is worth to ask again later; else this machine never will. */
    public boolean passing() {
        return passing;
    }
}
