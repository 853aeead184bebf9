package io.serai.door;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.CacheResult;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.JsonBytes;
import io.serai.call.Outcome;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.UsageCost;
import io.serai.call.WholeUsage;
import io.serai.config.Settings;
import io.serai.ledger.Books;
import io.serai.routing.Health;
import io.serai.stream.MediaDecoder;
import io.serai.stream.ReplyStream;
import io.serai.stream.Transcript;
import io.serai.stream.WholeAnswer;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Exchange;

/** The steps of {@code respond}: the reply goes to the client, whole or as it arrives. */
public final class Respond {
    private final ObjectMapper json;
    private final Settings settings;
    private final ErrorBody errors;
    private final Health health;
    private final Books books;

    public Respond(ObjectMapper json, Settings settings, ErrorBody errors, Health health, Books books) {
        this.books = books;
        this.health = health;
        this.json = json;
        this.settings = settings;
        this.errors = errors;
    }

    /** From now on a client that waits for a stream is kept from hanging up: see behaviour, section 6. */
    public void keepAlive(Exchange exchange) {
        Call call = Call.of(exchange);
        ClientResponse client = call.client();
        if (call.streaming() && client != null && comesAsEvents(call)) {
            client.keepAlive(
                    settings.stream().firstKeepalive().toMillis(),
                    settings.stream().keepalive().toMillis(),
                    Map::of);
        }
    }

    /**
     * Whether that is known before the answer is there. Speech comes as audio unless events are asked for, and audio has no
     * comments; a transcript comes whole from a model that does not stream.
     */
    private static boolean comesAsEvents(Call call) {
        return switch (call.operation()) {
            case SPEECH -> call.body().path("stream_format").asText().equals("sse");
            case TRANSCRIPTION, TRANSLATION -> false;
            default -> true;
        };
    }

    /** A whole answer. */
    public void plain(Exchange exchange) {
        Call call = Call.of(exchange);
        if (call.reply() instanceof Reply.Raw(String type, byte[] raw) && call.client() != null) {
            call.answered(200, null);
            seal(call);
            call.client().reply(200, facts(call), type, raw);
            return;
        }
        ObjectNode body = call.getReplyBody();
        ClientResponse client = call.client();
        if (body == null || client == null) {
            return;
        }
        if (settings.echoModel() && body.has("model")) {
            body.put("model", call.asked());
        }
        Attempt served = call.served();
        if (served != null && call.reply() == served.reply() && call.cacheResult() != CacheResult.HIT) {
            WholeUsage.put(body, call, served); // a hit says what it said the first time
        }
        if (call.costWanted()) {
            UsageCost.put(body, call.cost());
        }
        byte[] bytes = JsonBytes.of(json, call.dialect().reply(body));
        call.answered(200, call.reply() instanceof Reply.Report(var words, ApiError why) ? why : null);
        seal(call);
        client.reply(200, facts(call), "application/json", bytes);
    }

    /** The answer is not released before its record is safe, where the operator wants it so. */
    private void seal(Call call) {
        CompletableFuture<?> kept = books.seal(call);
        if (kept != null) {
            kept.join(); // the journal's thread completes it in any case
        }
    }

    private Map<String, String> facts(Call call) {
        if (!settings.routingHeaders()) {
            return Map.of();
        }
        Map<String, String> facts = RoutingFacts.whole(call);
        facts.putAll(ProviderLimits.of(call, settings));
        return facts;
    }

    /** What people are told instead of an answer, as the stream that they asked for; returns when it is on its way. */
    private void tell(Call call, ClientResponse client, Reply.Report report) {
        Buffer events = WholeAnswer.events(json, call, report.body());
        Map<String, String> headers = settings.routingHeaders() ? RoutingFacts.headers(call) : Map.of();
        String facts = settings.routingHeaders() ? RoutingFacts.comment(call) : "";
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        call.answered(200, report.why());
        client.onLoop(() -> {
            try {
                client.open(headers);
                client.write(events);
                client.end(Buffer.buffer(facts + call.dialect().ending()));
            } finally {
                sent.complete(true);
            }
        });
        sent.join();
    }

    /** A stream, as it arrives; returns when it has ended, one way or another. */
    public void stream(Exchange exchange) throws UpstreamException {
        Call call = Call.of(exchange);
        Attempt attempt = call.served();
        ClientResponse client = call.client();
        if (client != null && call.reply() instanceof Reply.Report report) {
            tell(call, client, report);
            return;
        }
        if (attempt == null
                || client == null
                || !(attempt.reply() instanceof Reply.Streaming(Reply.OpenStream open))
                || !(open instanceof ReplyStream stream)) {
            return;
        }
        call.answered(200, null);
        if (!comesAsEvents(call) && MediaDecoder.isEvents(attempt)) {
            long silence = settings.stream().keepalive().toMillis();
            client.keepAlive(silence, silence, Map::of);
        }
        Settings.Texts texts = settings.ledger().texts();
        Transcript transcript = texts.kept() ? new Transcript(json, texts.longest()) : null;
        StreamRelay relay = new StreamRelay(call, client, stream, settings, errors, books, transcript);
        call.cancellation().during(stream::abandon);
        stream.flowTo(relay);
        try {
            relay.finished().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            stream.abandon();
            Thread.currentThread().interrupt();
        } finally {
            call.cancellation().done();
        }
        UpstreamFailure failure = attempt.failure();
        if (failure instanceof UpstreamFailure.ClientGone) {
            call.endedAs(Outcome.CLIENT_CANCELLED);
        } else if (failure != null) {
            call.endedAs(Outcome.UPSTREAM_ERROR_AFTER_OUTPUT);
            if (attempt.travel() == null || !attempt.travel().rides()) { // once, however many heard of it
                health.broke(
                        attempt.target().instance(),
                        attempt.target().model(),
                        settings.breaker(),
                        failure,
                        attempt.target().errorCooldown());
            }
        }
    }
}
