package io.serai.door;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Operation;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.ledger.Books;
import io.serai.routing.WalkErrors;
import io.serai.stream.MediaDecoder;
import io.serai.stream.ReplyStream;
import io.serai.stream.StreamOutlet;
import io.serai.stream.Transcript;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** From the provider's stream to the client's response: the head, back-pressure, and the ending. One event loop. */
final class StreamRelay implements StreamOutlet {
    private final Call call;
    private final ClientResponse client;
    private final ReplyStream stream;
    private final Settings settings;
    private final ErrorBody errors;
    private final Books books;
    private final CompletableFuture<Boolean> finished = new CompletableFuture<>();
    private final boolean events;
    /** Null unless texts are kept. */
    private final @Nullable Transcript transcript;

    private boolean opened;
    private boolean refused;

    /** @param transcript hears what the client hears; null: nobody does */
    StreamRelay(
            Call call,
            ClientResponse client,
            ReplyStream stream,
            Settings settings,
            ErrorBody errors,
            Books books,
            @Nullable Transcript transcript) {
        this.books = books;
        this.call = call;
        this.client = client;
        this.stream = stream;
        this.settings = settings;
        this.errors = errors;
        Attempt served = call.served();
        this.events = served == null || MediaDecoder.isEvents(served);
        this.transcript = events ? transcript : null;
    }

    /** Completes when the last event was handed to the client, or there is nobody to hand it to. */
    CompletableFuture<Boolean> finished() {
        return finished;
    }

    @Override
    public boolean write(Buffer bytes) {
        open();
        if (refused) {
            return true;
        }
        if (transcript != null) {
            transcript.add(bytes);
        }
        client.write(bytes);
        if (!client.full()) {
            return true;
        }
        client.onDrain(v -> stream.resume());
        return false;
    }

    @Override
    public long unreadMillis() {
        return client.unreadMillis();
    }

    @Override
    public void ended(@Nullable UpstreamFailure failure) {
        open();
        if (transcript != null) {
            call.streamed(transcript.messages());
        }
        if (failure instanceof UpstreamFailure.ClientGone gone && gone.unreadFor() != null) {
            client.drop(() -> finished.complete(true)); // what waits for it would wait for ever
            return;
        }
        if (!events && failure != null && !refused) {
            client.cut(() -> finished.complete(true)); // half a sound must not pass for a whole one
            return;
        } else if (failure == null) {
            CompletableFuture<?> kept = books.seal(call);
            if (kept != null) {
                kept.thenRun(() -> client.onLoop(this::end));
                return;
            }
            client.end(Buffer.buffer(ending()));
        } else if (!(failure instanceof UpstreamFailure.ClientGone)) {
            // an error event and no [DONE]: official clients raise on it
            client.end(Buffer.buffer(call.dialect().errorEvent(errors.of(call, WalkErrors.of(failure, null)))));
        }
        finished.complete(true);
    }

    private void end() {
        client.end(Buffer.buffer(ending()));
        finished.complete(true);
    }

    /** A chat's stream ends as OpenAI's do; any other has brought its own ending with it. */
    private String ending() {
        String facts = events && settings.routingHeaders() ? RoutingFacts.comment(call) : "";
        return call.operation() == Operation.CHAT ? facts + call.dialect().ending() : facts;
    }

    private void open() {
        if (opened) {
            return;
        }
        opened = true;
        client.queueAtMost(settings.stream().buffer());
        Map<String, String> headers = new LinkedHashMap<>(ProviderLimits.of(call, settings));
        if (settings.routingHeaders()) {
            headers.putAll(RoutingFacts.headers(call));
        }
        if (events) {
            client.open(headers);
        } else if (!client.openRaw(200, type(), headers)) {
            refused = true;
            stream.refuse(new UpstreamFailure.BrokenAnswer(
                    200, "The provider answered " + type() + " where a stream of events was due"));
        }
    }

    private String type() {
        Attempt served = call.served();
        return served == null ? "" : served.streamType();
    }
}
