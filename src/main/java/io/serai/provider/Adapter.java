package io.serai.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.stream.EventDecoder;
import io.serai.stream.SseParser;
import io.serai.stream.StreamTranslator;
import io.serai.stream.UpstreamStream;

/** The whole translation of one operation between OpenAI's shape and one kind of provider, both ways. */
public interface Adapter {

    /**
     * Makes the attempt's payload and headers from its body, addresses it where that is not where the kind's chats go, and
     * notes on it what had to be changed.
     *
     * @throws UpstreamException {@link UpstreamFailure.Rejected} when the request can't be said in the provider's terms
     */
    void prepare(Attempt attempt) throws UpstreamException;

    /**
     * The whole answer of a 200 in OpenAI's shape; notes usage and served model on the attempt.
     *
     * @throws UpstreamException {@link UpstreamFailure.BrokenAnswer} when it isn't one
     */
    ObjectNode read(Attempt attempt, Attempt.Answer answer) throws UpstreamException;

    /**
     * The whole answer of a 200 for the client; {@link #read} where it is not JSON.
     *
     * @throws UpstreamException {@link UpstreamFailure.BrokenAnswer} when it isn't one
     */
    default Reply reply(Attempt attempt, Attempt.Answer answer) throws UpstreamException {
        return new Reply.Complete(read(attempt, answer));
    }

    /** What an answer other than 200 means. */
    UpstreamFailure failure(Attempt attempt, Attempt.Answer answer);

    /** A translator of this attempt's events. */
    StreamTranslator translator(Attempt attempt);

    /** What the content type of a stream begins with, in lower case. */
    default String streamType() {
        return "text/event-stream";
    }

    /** Whether an answer of that content type, in lower case, is this attempt's stream. */
    default boolean streams(String contentType) {
        return contentType.startsWith(streamType());
    }

    /** The content type of the client's stream, where that of the provider's is another: a chat is told in events, always. */
    default String relayedAs(String contentType) {
        return "text/event-stream";
    }

    /** What cuts this attempt's stream into events. */
    default EventDecoder decoder(Attempt attempt) {
        return new SseParser(UpstreamStream.MAX_EVENT_BYTES);
    }
}
