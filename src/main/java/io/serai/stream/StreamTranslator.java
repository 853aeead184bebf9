package io.serai.stream;

import org.jspecify.annotations.Nullable;

/** Turns one provider's events into OpenAI chunks. One for each attempt; the stream's event loop only. */
public interface StreamTranslator {
    /**
     * @param type the event's {@code event:} field, null without one
     * @param data holds the event's data from {@code from} to {@code to}; valid during the call only
     */
    void event(@Nullable String type, byte[] data, int from, int to, ChunkSink sink);

    /** Whether an event of that name is a sign that the model is at work, and not only that the connection stands. */
    default boolean alive(@Nullable String type) {
        return true;
    }

    /** What the client sees as the model in each chunk; null: what the provider says. */
    default @Nullable String shownModel() {
        return null;
    }

    /** The provider ended its answer in good order, without a word that it is complete; where no word is due, it is now. */
    default void end(ChunkSink sink) {}
}
