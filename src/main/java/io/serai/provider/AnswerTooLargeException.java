package io.serai.provider;

import java.io.IOException;

/** A provider's answer exceeds {@code serai.upstream.max-answer-bytes}. */
final class AnswerTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    AnswerTooLargeException(long limit) {
        super("The provider's answer is larger than " + limit + " bytes (serai.upstream.max-answer-bytes)");
    }
}
