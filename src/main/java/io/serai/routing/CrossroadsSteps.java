package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.component.direct.DirectConsumerNotAvailableException;
import org.jspecify.annotations.Nullable;

/** The steps of the route {@code crossroads}. */
public final class CrossroadsSteps {
    private static final String PROPERTY = "crossroads";

    private final Directory directory;

    public CrossroadsSteps(Directory directory) {
        this.directory = directory;
    }

    /**
     * One reading of a request: the walk that waits for it, and the part of its call that goes to the autoselect.
     *
     * @param outer the reading on whose way this one is: the model that the autoselect asks may be a rotation with one too
     */
    private record Reading(
            Call call,
            Walk walk,
            Crossroads at,
            Call part,
            @Nullable Reading outer) {}

    /** Whether an autoselect has to say where the walk goes on. */
    public Predicate reached() {
        return exchange -> Walk.of(exchange) instanceof Walk walk && walk.crossroads() != null;
    }

    /** From here on the exchange is about what the autoselect picks. */
    public void begin(Exchange exchange) {
        Walk walk = Walk.of(exchange);
        if (walk == null || !(walk.crossroads() instanceof Crossroads at)) {
            throw new IllegalStateException("No autoselect is next");
        }
        Call call = Call.of(exchange);
        Reading reading = new Reading(call, walk, at, at.reading(call), exchange.getProperty(PROPERTY, Reading.class));
        exchange.setProperty(PROPERTY, reading);
        exchange.setProperty(Call.PROPERTY, reading.part());
    }

    /** It has picked: the walk goes on with that. */
    public void take(Exchange exchange) {
        Reading reading = exchange.getProperty(PROPERTY, Reading.class);
        List<Waypoint> behind =
                directory.behind(reading.call(), reading.part()); // what it raises is about the autoselect
        end(exchange, reading);
        reading.walk().leadsTo(behind);
    }

    /**
     * It could not be asked: the walk goes on behind it.
     *
     * @throws Exception what kept it, unless its route is stopped or what it has picked is not for this request
     */
    public void passOver(Exchange exchange) throws Exception {
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Reading reading = exchange.getProperty(PROPERTY, Reading.class);
        if (reading == null) {
            throw caught;
        }
        end(exchange, reading);
        if (!(caught instanceof DirectConsumerNotAvailableException) && !(caught instanceof ApiError)) {
            throw caught;
        }
        String why = caught instanceof ApiError error ? String.valueOf(error.code()) : "stopped";
        reading.call().trail().passesOver("autoselect", reading.at().autoselect(), why);
        reading.walk().leadsTo(List.of());
    }

    /** What follows is about the walk again. */
    private static void end(Exchange exchange, Reading reading) {
        reading.part().complete();
        exchange.setProperty(PROPERTY, reading.outer()); // null removes it
        exchange.removeProperty(Attempt.PROPERTY); // the selection model's
        exchange.setProperty(Call.PROPERTY, reading.call());
        reading.walk().begin(exchange);
    }
}
