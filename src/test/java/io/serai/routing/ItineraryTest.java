package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.call.Instance;
import io.serai.call.Instances;
import io.serai.call.UpstreamFailure;
import io.serai.config.Limits;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Which key comes next while keys rest, on a clock that moves by a tick each time that somebody looks at it. */
final class ItineraryTest {
    private static final Instance KEY = Instances.instance("acme");

    private final Logger log = (Logger) LoggerFactory.getLogger(Health.class);
    private final AtomicLong clock = new AtomicLong();
    private final Health health = new Health(clock::getAndIncrement);

    @BeforeEach
    void quiet() {
        log.setLevel(Level.OFF); // it says each rest
    }

    @AfterEach
    void loud() {
        log.setLevel(null);
    }

    private Itinerary itinerary() {
        return new Itinerary(
                List.of(new Candidate(List.of(KEY), "m", null, Limits.NONE, false)),
                CandidateQueue.NOTHING,
                1,
                health,
                new Disabled(null, new ObjectMapper()),
                new Verdict(),
                new Call("id", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "v"));
    }

    /** Three failures in a row, and a rest that goes on for so many ticks behind the present. */
    private void restFor(int ticks) {
        health.breaker(KEY, new Settings.Breaker(20, 10, 50, Duration.ofSeconds(30)));
        for (int i = 0; i < 3; i++) {
            health.learn(
                    KEY,
                    "m",
                    new UpstreamFailure.Overloaded(500, "broken", null),
                    Duration.ofNanos(ticks),
                    Duration.ofMinutes(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theOnlyOneIsThereAtWhateverMomentItsRestEnds(int ticks) {
        restFor(ticks);
        assertThat(itinerary().next()).isEqualTo(KEY);
    }
}
