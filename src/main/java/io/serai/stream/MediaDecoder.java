package io.serai.stream;

import io.serai.call.Attempt;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream that may be events or anything else: events by their lines where the answer's content type says so, else
 * whatever arrives is one piece.
 */
public final class MediaDecoder implements EventDecoder {
    private final Attempt attempt;
    private @Nullable EventDecoder events;

    public MediaDecoder(Attempt attempt) {
        this.attempt = attempt;
    }

    /** Whether the attempt's answer is made of events. */
    public static boolean isEvents(Attempt attempt) {
        return attempt.streamType().toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Handler handler) {
        if (!isEvents(attempt)) {
            handler.event(null, bytes, from, to);
            return;
        }
        EventDecoder parser = events;
        if (parser == null) {
            parser = new SseParser(UpstreamStream.MAX_EVENT_BYTES);
            events = parser;
        }
        parser.feed(bytes, from, to, handler);
    }

    @Override
    public void end(Handler handler) {
        if (events != null) {
            events.end(handler);
        }
    }
}
