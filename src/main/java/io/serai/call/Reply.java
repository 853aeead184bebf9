package io.serai.call;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What an attempt brought: both kinds pass through the walk and the breaker alike. */
public sealed interface Reply {
    /** A whole answer in OpenAI's shape. */
    record Complete(ObjectNode body) implements Reply {}

    /** A whole answer that is no JSON object, or is to stay as it came. */
    record Raw(String contentType, byte[] body) implements Reply {}

    /**
     * What is told for people where there is no answer, in the shape of one (OpenAI's, whole).
     *
     * @param why the error that a client would have got
     */
    record Report(ObjectNode body, ApiError why) implements Reply {}

    /** A stream that is open and has shown its first meaningful event. */
    record Streaming(OpenStream stream) implements Reply {}

    /** An open stream as far as a call must know it: it can be given up. */
    interface OpenStream {
        /** Closes the provider's connection; does nothing when the stream has ended. Any thread. */
        void abandon();

        /**
         * Runs when the stream has ended, and all is known that it has used, before its reader has the end. Never for a stream that
         * uses nothing, being a replay.
         */
        void whenUsed(Runnable action);
    }
}
