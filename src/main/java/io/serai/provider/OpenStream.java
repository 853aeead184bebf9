package io.serai.provider;

import io.serai.call.Attempt;
import io.serai.call.Cancellation;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.stream.UpstreamStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Opens the provider's stream and returns with its first meaningful event, or with the failure that came instead noted on
 * the attempt. It is a step of its own because the breaker closes what camel-http opened when its branch ends.
 */
public final class OpenStream implements Processor {
    private final Adapters adapters;
    private final StreamSource source;

    public OpenStream(Adapters adapters, StreamSource source) {
        this.adapters = adapters;
        this.source = source;
    }

    /** Where a stream's bytes come from. */
    public interface StreamSource {
        /**
         * Begins to open the stream.
         *
         * @return completes with an opening's result; never exceptionally but for a bug
         */
        Opening open(Attempt attempt, Adapter adapter);
    }

    /**
     * A stream on its way.
     *
     * @param stream once {@code result} completed with null
     * @param result null: the first meaningful event is there; else why there is none
     */
    public record Opening(UpstreamStream stream, CompletableFuture<@Nullable UpstreamFailure> result) {}

    @Override
    public void process(Exchange exchange) throws UpstreamException {
        Attempt attempt = Attempt.of(exchange);
        Cancellation cancellation = attempt.call().cancellation();
        Opening opening = source.open(attempt, adapters.of(attempt));
        UpstreamFailure failure;
        try {
            cancellation.during(opening.stream()::abandon);
            failure = opening.result().get();
        } catch (UpstreamException e) {
            opening.stream().abandon();
            failure = e.failure();
        } catch (InterruptedException e) {
            opening.stream().abandon();
            Thread.currentThread().interrupt();
            failure = new UpstreamFailure.ClientGone();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        UpstreamFailure gone = cancellation.reason();
        if (failure == null && gone == null) {
            attempt.replied(new Reply.Streaming(opening.stream()));
            return;
        }
        cancellation.done();
        opening.stream().abandon();
        attempt.fail(gone != null ? gone : failure);
    }
}
