package io.serai.stream;

import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one stream into events. For one thread at a time; a handler must not call the decoder. When a handler
 * throws, the rest of that feed is lost.
 */
public interface EventDecoder {
    /** Receives the events in order. */
    @FunctionalInterface
    interface Handler {
        /**
         * One event.
         *
         * @param type the event's name where the format has one; null without, or when it is empty
         * @param bytes holds the data in {@code [from, to)}, UTF-8 and unchecked; valid only during the call, not to be changed
         */
        void event(@Nullable String type, byte[] bytes, int from, int to);
    }

    /**
     * Takes the bytes in {@code [from, to)} and hands out every event they complete.
     *
     * @throws EventTooLargeException when an event, finished or not, exceeds the limit; and for every feed after that
     */
    void feed(byte[] bytes, int from, int to, Handler handler);

    /** Says that the stream is over: hands out what waits for its end, which may be cut short. */
    void end(Handler handler);
}
