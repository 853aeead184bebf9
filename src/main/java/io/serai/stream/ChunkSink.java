package io.serai.stream;

import io.serai.call.UpstreamFailure;

/** Takes what a {@link StreamTranslator} makes of a provider's events. The stream's event loop only. */
public interface ChunkSink {
    /**
     * One chunk in OpenAI's shape.
     *
     * @param json holds the chunk from {@code from} to {@code to}, without framing; valid during the call only
     * @param facts of this chunk; valid during the call only
     */
    void chunk(byte[] json, int from, int to, ChunkFacts facts);

    /**
     * Bytes that go to the client as they are, framing and all: pieces of audio, events that are no chunks.
     *
     * @param facts of this piece; valid during the call only
     */
    default void piece(byte[] bytes, int from, int to, ChunkFacts facts) {
        throw new UnsupportedOperationException("takes chunks only");
    }

    /** The provider said that its answer is complete. */
    void done();

    /** The provider reported an error, or something that can't be understood. Nothing follows. */
    void failed(UpstreamFailure failure);
}
