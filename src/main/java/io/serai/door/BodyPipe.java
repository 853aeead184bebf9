package io.serai.door;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A request's body, piece by piece: the event loop fills it, the route's thread empties it, and no more than a few pieces wait
 * in between.
 */
final class BodyPipe implements AutoCloseable {
    /** Pieces under way, of up to 64 KiB each. */
    private static final int AHEAD = 8;

    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Call call;
    private final HttpServerRequest request;
    private final Duration silence;

    private sealed interface Arrival {}

    private record Piece(Buffer bytes) implements Arrival {}

    private record End() implements Arrival {}

    private record Gone() implements Arrival {}

    private BodyPipe(Call call, HttpServerRequest request, Duration silence) {
        this.call = call;
        this.request = request;
        this.silence = silence;
    }

    /**
     * Begins to read.
     *
     * @param silence how long the next piece may take; 408 after it
     * @throws UpstreamException when the client has gone
     */
    static BodyPipe open(Exchange exchange, Duration silence) throws UpstreamException {
        HttpServerRequest request = DoorRequest.of(exchange).http();
        BodyPipe pipe = new BodyPipe(Call.of(exchange), request, silence);
        RawBody.letIn(request);
        request.exceptionHandler(e -> pipe.arrivals.add(new Gone()));
        request.handler(bytes -> pipe.arrivals.add(new Piece(bytes)));
        request.endHandler(v -> pipe.arrivals.add(new End()));
        pipe.call.cancellation().during(() -> pipe.arrivals.add(new Gone()));
        request.fetch(AHEAD);
        return pipe;
    }

    /** The next piece; null at the end. */
    @Nullable
    Buffer next() throws UpstreamException {
        Arrival arrival;
        try {
            arrival = arrivals.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        }
        return switch (arrival) {
            case null -> throw ApiError.bodyTimeout(silence);
            case Piece piece -> {
                request.fetch(1);
                yield piece.bytes();
            }
            case End end -> null;
            case Gone gone -> throw new UpstreamException(new UpstreamFailure.ClientGone());
        };
    }

    @Override
    public void close() {
        call.cancellation().done();
        arrivals.clear();
    }
}
