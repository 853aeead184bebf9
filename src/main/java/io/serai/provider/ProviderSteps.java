package io.serai.provider;

import io.netty.util.HashedWheelTimer;
import io.serai.call.Attempt;
import io.serai.call.Multipart;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's route does in Java, for any kind: {@code prepare}, then the call itself as the route says, then {@code
 * classify} inside the breaker and {@code read} behind it.
 */
public final class ProviderSteps {
    private final Adapters adapters;
    private final HashedWheelTimer timers;

    public ProviderSteps(Adapters adapters, HashedWheelTimer timers) {
        this.adapters = adapters;
        this.timers = timers;
    }

    /** Headers and body, from the call to the vendor's shape; from here on a plain call can be interrupted. */
    public void prepare(Exchange exchange) throws UpstreamException {
        Attempt attempt = Attempt.of(exchange);
        exchange.removeProperty(
                Exchange.EXCEPTION_CAUGHT); // the attempt before this one left it, and classify reads it
        adapters.of(attempt).prepare(attempt);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        attempt.headers().forEach(message::setHeader);
        if (!attempt.call().streaming()) {
            Multipart form = attempt.form();
            message.setBody(
                    form == null
                            ? new ByteArrayEntity(attempt.payload(), ContentType.APPLICATION_JSON)
                            : new FormEntity(form));
            String url = UpstreamUrl.of(attempt);
            if (!url.equals(UpstreamUrl.of(attempt.target().provider()))) {
                message.setHeader(Exchange.HTTP_URI, url);
            }
            PlainCall.begin(attempt, timers);
        }
    }

    /**
     * Says what the provider's answer, or its absence, means. Throws only what speaks against the provider's health, so that
     * a client's mistake never opens the breaker.
     */
    public void classify(Exchange exchange) throws UpstreamException {
        Attempt attempt = Attempt.of(exchange);
        if (attempt.reply() == null && attempt.failure() == null) {
            UpstreamFailure failure = judge(exchange, attempt);
            if (failure != null) {
                attempt.fail(failure);
            }
        }
        UpstreamFailure failure = failureOf(attempt);
        boolean gone = failure instanceof UpstreamFailure.ClientGone; // no success either; the breaker passes it over
        if (failure != null && (gone || failure.countsAgainstProvider())) {
            throw new UpstreamException(failure);
        }
    }

    /** A stream that began is a reply, even when it has failed since: its client is to hear of that in the stream. */
    private static @Nullable UpstreamFailure failureOf(Attempt attempt) {
        return attempt.reply() == null ? attempt.failure() : null;
    }

    /** Raises the attempt's failure, if it has one; else the reply stands in the attempt. */
    public void read(Exchange exchange) throws UpstreamException {
        UpstreamFailure failure = failureOf(Attempt.of(exchange));
        if (failure != null) {
            throw new UpstreamException(failure);
        }
    }

    private @Nullable UpstreamFailure judge(Exchange exchange, Attempt attempt) {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        boolean timedOut = attempt.guard() instanceof PlainCall guard && guard.timedOut();
        Guards.release(attempt);
        attempt.sent();
        UpstreamFailure gone = attempt.call().cancellation().reason();
        if (gone != null) {
            return gone;
        }
        if (timedOut) {
            return new UpstreamFailure.TimedOut(
                    "total", AttemptTimeouts.of(attempt).total());
        }
        if (caught != null) {
            return ofException(caught, attempt);
        }
        try {
            return judgeAnswer(attempt, answer(exchange.getMessage()));
        } catch (IOException e) {
            return ofException(e, attempt);
        }
    }

    private @Nullable UpstreamFailure judgeAnswer(Attempt attempt, Attempt.Answer answer) {
        attempt.answered(answer);
        attempt.limitedBy(RateLimitHeaders.of(answer.headers().entrySet()));
        attempt.firstEvent();
        attempt.ended();
        try {
            Adapter adapter = adapters.of(attempt);
            if (answer.status() != 200) {
                return adapter.failure(attempt, answer);
            }
            attempt.replied(adapter.reply(attempt, answer));
            return null;
        } catch (UpstreamException e) {
            return e.failure();
        }
    }

    private static Attempt.Answer answer(Message message) throws IOException {
        Map<String, String> headers = new HashMap<>();
        message.getHeaders().forEach((name, value) -> {
            if (value instanceof String text) {
                headers.put(name.toLowerCase(Locale.ROOT), text);
            }
        });
        byte[] body;
        try (InputStream in =
                message.getBody() instanceof InputStream stream ? stream : InputStream.nullInputStream()) {
            body = message.getBody() instanceof byte[] whole ? whole : in.readAllBytes();
        }
        return new Attempt.Answer(message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class), headers, body);
    }

    /** What a failed connection means; shared with streams. */
    static UpstreamFailure ofException(Throwable e, Attempt attempt) {
        return switch (e) {
            case ConnectTimeoutException t -> connectTimeout(attempt);
            case io.netty.channel.ConnectTimeoutException t -> connectTimeout(attempt);
            // Vert.x's, for the connection and for the wait for one
            case java.util.concurrent.TimeoutException t -> connectTimeout(attempt);
            // our own pool is full: nothing that the provider did
            case org.apache.hc.core5.http.ConnectionRequestTimeoutException t ->
                new UpstreamFailure.NotTried("saturated", null);
            case AnswerTooLargeException large ->
                new UpstreamFailure.BrokenAnswer(200, String.valueOf(large.getMessage()));
            case UnknownHostException u -> new UpstreamFailure.Unreachable("The provider's host name is not known");
            case ConnectException c -> new UpstreamFailure.Unreachable("The provider refuses connections");
            case NoRouteToHostException n -> new UpstreamFailure.Unreachable("There is no way to the provider's host");
            case SSLException s ->
                new UpstreamFailure.Unreachable(
                        "No TLS with the provider: its certificate is not trusted, or it does not speak TLS");
            // a connection that was kept open and that the provider closed meanwhile
            case io.vertx.core.http.HttpClosedException c ->
                new UpstreamFailure.Unreachable("The provider closed the connection");
            case NoHttpResponseException n -> new UpstreamFailure.Unreachable("The provider closed without an answer");
            case SocketTimeoutException s ->
                new UpstreamFailure.TimedOut(
                        "total", AttemptTimeouts.of(attempt).total());
            case SocketException s -> new UpstreamFailure.Unreachable("The connection to the provider broke");
            case HttpException h ->
                new UpstreamFailure.BrokenAnswer(0, "The provider's answer is not HTTP as it should be");
            default ->
                new UpstreamFailure.BrokenAnswer(
                        0, "The provider's answer broke off (" + e.getClass().getSimpleName() + ")");
        };
    }

    private static UpstreamFailure connectTimeout(Attempt attempt) {
        return new UpstreamFailure.TimedOut(
                "connect", AttemptTimeouts.of(attempt).connect());
    }
}
