package io.serai.models.list;

/** A provider's answer is not a list of models; the message is the class of the failure, such as {@code broken_answer}. */
public final class NoListException extends Exception {
    private static final long serialVersionUID = 1;

    public NoListException(String reason) {
        super(reason);
    }
}
