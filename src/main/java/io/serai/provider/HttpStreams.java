package io.serai.provider;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.ClientResponse;
import io.serai.call.Multipart;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Timeouts;
import io.serai.stream.UpstreamStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Streams over HTTP, by Vert.x: bytes go from the provider to the client on one event loop, with back-pressure both ways.
 */
public final class HttpStreams implements OpenStream.StreamSource {
    /** Of an error that came instead of a stream. */
    private static final int MAX_ERROR_BYTES = 1024 * 1024;

    private final Vertx vertx;
    private final StreamClients clients;

    public HttpStreams(Vertx vertx, StreamClients clients) {
        this.vertx = vertx;
        this.clients = clients;
    }

    @Override
    public OpenStream.Opening open(Attempt attempt, Adapter adapter) {
        Call call = attempt.call();
        ClientResponse reply = call.client();
        Context context = reply == null ? vertx.getOrCreateContext() : reply.context();
        Connection connection = new Connection(attempt, adapter, context);
        context.runOnContext(v -> connection.connect());
        return new OpenStream.Opening(connection.stream, connection.result);
    }

    /** One request; confined to its event loop. */
    private final class Connection {
        final Attempt attempt;
        final Adapter adapter;
        final Timeouts timeouts;
        final UpstreamStream stream;
        final CompletableFuture<@Nullable UpstreamFailure> result;
        private @Nullable HttpClientRequest request;
        private boolean closed;
        /** The answer was read whole: the connection may be another request's. */
        private boolean exhausted;

        private long headTimer = -1;

        Connection(Attempt attempt, Adapter adapter, Context context) {
            this.attempt = attempt;
            this.adapter = adapter;
            this.timeouts = AttemptTimeouts.of(attempt);
            this.stream = new UpstreamStream(
                    context, attempt, adapter.decoder(attempt), adapter.translator(attempt), timeouts, this::close);
            this.result = stream.ready();
        }

        void connect() {
            if (closed) {
                return;
            }
            RequestOptions options = new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setAbsoluteURI(UpstreamUrl.withQuery(
                            UpstreamUrl.of(attempt), attempt.target().provider()))
                    .setConnectTimeout(timeouts.connect().toMillis())
                    .setFollowRedirects(false);
            // the head too must come in time; a connection that was waited for in the pool counts
            boolean totalFirst = timeouts.total().compareTo(timeouts.firstEvent()) < 0;
            UpstreamFailure late = totalFirst
                    ? new UpstreamFailure.TimedOut("total", timeouts.total())
                    : new UpstreamFailure.TimedOut("first_event", timeouts.firstEvent());
            long limit = (totalFirst ? timeouts.total() : timeouts.firstEvent()).toMillis();
            headTimer = vertx.setTimer(Math.max(1, limit), id -> stream.refuse(late));
            clients.here()
                    .request(options)
                    .onFailure(e -> stream.refuse(ProviderSteps.ofException(e, attempt)))
                    .onSuccess(this::send);
        }

        private void send(HttpClientRequest made) {
            request = made;
            made.exceptionHandler(e -> {}); // the answer's future tells; Vert.x would say it once more at ERROR
            if (closed) {
                made.reset();
                return;
            }
            Multipart form = attempt.form();
            made.putHeader("content-type", form == null ? "application/json" : form.contentType())
                    .putHeader("accept", adapter.streamType())
                    .putHeader("user-agent", UpstreamHeaders.USER_AGENT);
            attempt.headers().forEach(made::putHeader);
            UpstreamHeaders.of(attempt.target().instance()).forEach(made::putHeader);
            Future<HttpClientResponse> answer =
                    form == null ? made.send(Buffer.buffer(attempt.payload())) : new FormSender(vertx, form).send(made);
            answer.onFailure(e -> stream.refuse(ProviderSteps.ofException(e, attempt)))
                    .onSuccess(this::received);
        }

        private void received(HttpClientResponse response) {
            attempt.sent();
            attempt.limitedBy(RateLimitHeaders.of(response.headers().entries()));
            vertx.cancelTimer(headTimer);
            String type = response.headers().get("content-type");
            if (closed) {
                return;
            }
            if (response.statusCode() == 200 && type != null && adapter.streams(type.toLowerCase(Locale.ROOT))) {
                attempt.streamsAs(adapter.relayedAs(type));
                stream.start(response);
            } else {
                readError(response);
            }
        }

        private void readError(HttpClientResponse response) {
            Buffer body = Buffer.buffer();
            response.handler(part -> {
                body.appendBuffer(part);
                if (body.length() > MAX_ERROR_BYTES) {
                    judge(response, Buffer.buffer());
                }
            });
            response.exceptionHandler(e -> judge(response, body));
            response.endHandler(v -> {
                exhausted = true;
                judge(response, body);
            });
            // an error that never ends is one too
            headTimer = vertx.setTimer(timeouts.connect().toMillis(), id -> judge(response, body));
        }

        private void judge(HttpClientResponse response, Buffer body) {
            if (closed) {
                return;
            }
            Map<String, String> headers = new HashMap<>();
            response.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
            Attempt.Answer answer = new Attempt.Answer(response.statusCode(), headers, body.getBytes());
            stream.refuse(response.statusCode() == 200 ? noStream(answer) : adapter.failure(attempt, answer));
        }

        /** Some providers answer 200 and say in the body why they did not. */
        private UpstreamFailure noStream(Attempt.Answer answer) {
            String type = answer.headers().getOrDefault("content-type", "without a content type");
            try {
                adapter.read(attempt, answer);
            } catch (UpstreamException e) {
                if (!(e.failure() instanceof UpstreamFailure.BrokenAnswer)) {
                    return e.failure();
                }
            }
            return new UpstreamFailure.BrokenAnswer(200, "The provider answered " + type + " where a stream was due");
        }

        private void close() {
            if (closed) {
                return;
            }
            closed = true;
            vertx.cancelTimer(headTimer);
            if (request != null && !exhausted) {
                request.reset();
            }
        }
    }
}
