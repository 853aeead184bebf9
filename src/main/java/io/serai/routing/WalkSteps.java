package io.serai.routing;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.LogText;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.provider.Guards;
import org.apache.camel.Exchange;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code walk}. */
public final class WalkSteps {
    private static final Logger LOG = LoggerFactory.getLogger(WalkSteps.class);

    /** Makes the next attempt, after the wait that the last failure asked for. */
    public void next(Exchange exchange) throws UpstreamException {
        Attempt attempt = walk(exchange).next();
        exchange.setProperty(Attempt.PROPERTY, attempt);
        UpstreamFailure failure = attempt.failure();
        if (failure != null) {
            throw new UpstreamException(failure); // a limit of the broker's own: it is not made
        }
    }

    /** The attempt brought a reply. */
    public void succeeded(Exchange exchange) {
        walk(exchange).succeeded(Attempt.of(exchange));
    }

    /** The attempt failed: types the failure, whatever it was, and lets the walk decide. */
    public void failed(Exchange exchange) throws Exception {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Attempt attempt = exchange.getProperty(Attempt.PROPERTY, Attempt.class);
        if (attempt == null) {
            walk(exchange).leave(); // the probe that it may have been
            throw caught; // the client left before there was one
        }
        Guards.release(attempt);
        UpstreamFailure failure = typed(caught, attempt);
        if (failure == null) {
            throw caught;
        }
        LOG.atLevel(
                        failure instanceof UpstreamFailure.ClientGone
                                ? org.slf4j.event.Level.DEBUG
                                : org.slf4j.event.Level.WARN)
                .log(
                        "{} attempt {} on {}/{} failed: {} (status {}) {}",
                        attempt.call().id(),
                        attempt.number(),
                        attempt.target().instance().id(),
                        LogText.of(attempt.target().model()),
                        failure.reason(),
                        failure.status(),
                        LogText.of(failure.message()));
        walk(exchange).failed(attempt, failure);
    }

    /** Raises what the client is to be told when no attempt brought a reply. */
    public void settle(Exchange exchange) {
        Call call = Call.of(exchange);
        if (call.served() == null) {
            throw walk(exchange).error();
        }
    }

    private static @Nullable UpstreamFailure typed(Exception caught, Attempt attempt) {
        for (Throwable t = caught; t != null; t = t.getCause()) {
            if (t instanceof UpstreamException upstream) {
                return upstream.failure();
            }
            if (t instanceof CallNotPermittedException) {
                return new UpstreamFailure.NotTried("breaker_open", null);
            }
            if (t instanceof DirectConsumerNotAvailableException) {
                return new UpstreamFailure.NotTried("stopped", null);
            }
        }
        return attempt.call().cancellation().reason();
    }

    private static Walk walk(Exchange exchange) {
        Walk walk = Walk.of(exchange);
        if (walk == null) {
            throw new IllegalStateException("A walk needs candidates first");
        }
        return walk;
    }
}
