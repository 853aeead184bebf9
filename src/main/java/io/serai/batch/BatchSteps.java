package io.serai.batch;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;

/** The steps of the route {@code batch}, and what its aggregator asks. */
public final class BatchSteps {
    private static final String PASSENGER = "passenger";
    private static final String MERGED = "merged";
    private static final String SEAT = "seat";

    private final Batches batches;
    private final Map<Identity, Seat> seats = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    public BatchSteps(Batches batches) {
        this.batches = batches;
    }

    /** A group that still takes inputs; its window opened with the first of them. */
    private record Seat(long number, int inputs, long openedNanos) {
        /** What is left of the window, 1 ms at least. */
        long leftMs(Duration window) {
            return Math.max(1, window.toMillis() - (System.nanoTime() - openedNanos) / 1_000_000);
        }
    }

    /** By the names that the route uses. */
    public Map<String, Object> names() {
        return Map.of(
                "joinsAnother",
                (Predicate) e -> passenger(e).joined(),
                "isMerged",
                (Predicate) e -> Call.of(e).operation() == Operation.EMBEDDINGS,
                "mergeGroup",
                asks(this::group),
                "mergeSize",
                asks(e -> rule(e).maxSize()),
                "mergeWindow",
                asks(e -> seat(e).leftMs(rule(e).window())),
                "mergeFull",
                (Predicate) e -> merged(e).inputs() >= rule(e).maxSize(),
                "gatherInputs",
                (AggregationStrategy) this::gather);
    }

    private interface Question {
        Object of(Exchange exchange);
    }

    private static Expression asks(Question question) {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return question.of(exchange);
            }
        };
    }

    /** The exchange makes the attempt of all from here on. */
    public void board(Exchange exchange) throws UpstreamException {
        Passenger passenger = passenger(exchange);
        SharedCall shared = shared(passenger);
        try {
            passenger.attempt().call().cancellation().during(passenger::leave);
        } catch (UpstreamException gone) {
            passenger.leave();
            throw gone;
        }
        carry(exchange, passenger, shared.carrier());
        shared.sent();
    }

    /** What it brought goes to everyone, and the exchange makes its own attempt again. */
    public void alight(Exchange exchange) {
        Passenger passenger = exchange.getProperty(PASSENGER, Passenger.class);
        if (passenger == null) {
            return;
        }
        Attempt own = passenger.attempt();
        exchange.setProperty(Call.PROPERTY, own.call());
        exchange.setProperty(Attempt.PROPERTY, own);
        exchange.removeProperty(PASSENGER);
        shared(passenger).settle();
        if (!(own.reply() instanceof Reply.Streaming)) {
            own.call().cancellation().done();
        }
    }

    /** Waits until what was asked for together is there. */
    public void await(Exchange exchange) throws Exception {
        passenger(exchange).await();
    }

    /** The aggregator's exchange makes the attempt of all. */
    public void takeOff(Exchange exchange) throws UpstreamException {
        MergedCall merged = merged(exchange);
        long number = seat(exchange).number();
        seats.values().removeIf(seat -> seat.number() == number);
        carry(exchange, passenger(exchange), merged.takeOff());
    }

    public void takeApart(Exchange exchange) {
        merged(exchange).takeApart(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    private static void carry(Exchange exchange, Passenger passenger, Attempt carrier) {
        exchange.setProperty(PASSENGER, passenger);
        exchange.setProperty(Call.PROPERTY, carrier.call());
        exchange.setProperty(Attempt.PROPERTY, carrier);
    }

    /** Of the same key, model and parameters, with no more inputs than may go together. */
    private String group(Exchange exchange) {
        Attempt attempt = Attempt.of(exchange);
        int inputs = Inputs.of(attempt.body()).size();
        String kind = Inputs.areTokens(attempt.body()) ? " tokens" : " texts";
        Identity identity = Identity.of(
                attempt,
                attempt.target().instance().identity() + kind,
                Inputs.FIELD,
                batches.settings().acrossTenants());
        int most = rule(exchange).maxSize();
        Seat seat = seats.compute(
                identity,
                (id, now) -> now == null || now.inputs() + inputs > most
                        ? new Seat(numbers.incrementAndGet(), inputs, System.nanoTime())
                        : new Seat(now.number(), now.inputs() + inputs, now.openedNanos()));
        exchange.setProperty(SEAT, seat);
        return Long.toString(seat.number());
    }

    private Exchange gather(@Nullable Exchange group, Exchange exchange) {
        Exchange to = group == null ? exchange : group;
        if (group == null) {
            to.setProperty(MERGED, batches.merged());
        }
        merged(to).add(passenger(exchange));
        return to;
    }

    private Settings.Batching.Rule rule(Exchange exchange) {
        return batches.settings().of(Attempt.of(exchange).target().provider().id());
    }

    /** The aggregator asks with the newest exchange of a group, or with the group's. */
    private static Seat seat(Exchange exchange) {
        return exchange.getProperty(SEAT, Seat.class);
    }

    private static MergedCall merged(Exchange exchange) {
        return exchange.getProperty(MERGED, MergedCall.class);
    }

    private static SharedCall shared(Passenger passenger) {
        if (passenger.company() instanceof SharedCall shared) {
            return shared;
        }
        throw new IllegalStateException("Embeddings are merged, not shared");
    }

    private static Passenger passenger(Exchange exchange) {
        if (Attempt.of(exchange).travel() instanceof Passenger passenger) {
            return passenger;
        }
        throw new IllegalStateException("An attempt that goes alone has no business here");
    }
}
