package io.serai.door;

import io.serai.call.Call;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for what a call has going on behind its reply: of a race those that lost it. The client has its answer; what they
 * cost belongs on the record.
 */
public final class AwaitLosers {
    private static final Logger LOG = LoggerFactory.getLogger(AwaitLosers.class);

    private final Duration grace;
    private final CompletableFuture<@Nullable Void> stopping = new CompletableFuture<>();

    /** @param grace how long at most */
    public AwaitLosers(Duration grace) {
        this.grace = grace;
    }

    /** Whether there is anything to wait for. The answer is out by now. */
    public Predicate needed() {
        return exchange -> {
            Call call = DoorRequest.call(exchange);
            if (call == null || call.trail().outlasting().isEmpty()) {
                return false;
            }
            call.over();
            return true;
        };
    }

    /** The broker stops, or has other routes by now: what is waited for goes on record as it is. */
    public void noLonger() {
        stopping.complete(null);
    }

    /** Returns when all of it has ended, or has had its time; what it has used until then is what counts. */
    public void await(Exchange exchange) throws InterruptedException {
        Call call = DoorRequest.of(exchange).call();
        try {
            CompletableFuture<?> ended =
                    CompletableFuture.allOf(call.trail().outlasting().toArray(CompletableFuture[]::new));
            CompletableFuture.anyOf(ended, stopping).get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} is put on record, and an attempt that was called off has not ended yet", call.id());
        } catch (ExecutionException e) {
            LOG.debug("{}", call.id(), e);
        }
    }
}
