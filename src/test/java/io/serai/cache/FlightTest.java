package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Caller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How long others can join it. */
final class FlightTest {
    private static final ObjectNode BODY = JsonNodeFactory.instance.objectNode();
    private final AtomicInteger closed = new AtomicInteger();
    private final Flight flight = new Flight(
            new Call("req_1", "/v1/chat/completions", Caller.unknown("192.0.2.1", false), null, ""),
            new Lookup(
                    new CacheKey(CacheKey.RESPONSE, "9f86d0", "serai:"),
                    "acme/m",
                    new Ways.Way(0, List.of(), ""),
                    true,
                    true,
                    null,
                    Duration.ofMinutes(1),
                    0),
            closed::incrementAndGet);

    /** Else each of those that come until its leader's call is complete would go for itself, or ask again and again. */
    @Test
    void nobodyJoinsOneThatHasBroughtNothing() {
        flight.land(new Flight.Landing.Nothing(true));

        assertThat(closed).hasValue(1);
        assertThat(flight.landed()).isEqualTo(new Flight.Landing.Nothing(true));
    }

    @Test
    void whatItHasBroughtIsThereUntilItIsKept() {
        flight.land(new Flight.Landing.Whole(BODY));
        assertThat(closed).hasValue(0);

        flight.over();

        assertThat(closed).hasValue(1);
        assertThat(flight.landed()).isEqualTo(new Flight.Landing.Whole(BODY));
    }
}
