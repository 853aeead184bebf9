package io.serai.door;

import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.routing.WalkErrors;
import io.serai.stream.StreamOutlet;
import io.serai.stream.UpstreamStream;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** From the provider's stream to the client's response: the head, back-pressure, and the ending. One event loop. */
final class StreamRelay implements StreamOutlet {
    private final Call call;
    private final ClientResponse client;
    private final UpstreamStream stream;
    private final Settings settings;
    private final ErrorBody errors;
    private final CompletableFuture<Boolean> finished = new CompletableFuture<>();
    private boolean opened;

    StreamRelay(Call call, ClientResponse client, UpstreamStream stream, Settings settings, ErrorBody errors) {
        this.call = call;
        this.client = client;
        this.stream = stream;
        this.settings = settings;
        this.errors = errors;
    }

    /** Completes when the last event was handed to the client, or there is nobody to hand it to. */
    CompletableFuture<Boolean> finished() {
        return finished;
    }

    @Override
    public boolean write(Buffer events) {
        open();
        client.write(events);
        if (!client.full()) {
            return true;
        }
        client.onDrain(v -> stream.resume());
        return false;
    }

    @Override
    public void ended(@Nullable UpstreamFailure failure) {
        open();
        if (failure == null) {
            String ending = call.dialect().ending();
            client.end(Buffer.buffer(settings.routingHeaders() ? RoutingFacts.comment(call) + ending : ending));
        } else if (!(failure instanceof UpstreamFailure.ClientGone)) {
            // an error event and no [DONE]: official clients raise on it
            client.end(Buffer.buffer(call.dialect().errorEvent(errors.of(call, WalkErrors.of(failure, null)))));
        }
        finished.complete(true);
    }

    private void open() {
        if (!opened) {
            opened = true;
            client.open(settings.routingHeaders() ? RoutingFacts.headers(call) : Map.of());
        }
    }
}
