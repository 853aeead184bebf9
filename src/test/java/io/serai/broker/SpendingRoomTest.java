package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under a cap that has room for one request at a time, the next has as much however the last one ended. */
final class SpendingRoomTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REQUESTS = 2;
    private static final StubUpstream STUB = new StubUpstream();
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        String impatient = "models: [{name: m}, {name: judge}, {name: slow, timeouts: {total: 1}}]";
        broker = TestBroker.with()
                .set("serai.hedging.max-usd-per-hour", "0.1") // a model of unknown price is expected to cost 0.0376
                .set("serai.retry.max-wait", "0")
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.error-cooldown", "0")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .provider("one", STUB, impatient)
                .provider("two", STUB, impatient)
                .provider("three", STUB, impatient)
                .file("config/rotations.yaml", "rotations:\n" + rotations("m", "") + rotations("slow", "late-"))
                .start();
    }

    private static String rotations(String model, String prefix) {
        String three = "";
        for (String provider : new String[] {"one", "two", "three"}) {
            three += "{provider_id: " + provider + ", models: [{name: " + model + "}]}, ";
        }
        return """
                  %1$srace: {strategy: race, width: 3, providers: [%2$s]}
                  %1$shedge: {strategy: hedge, hedge_after: 1, providers: [%2$s]}
                  %1$spanel: {strategy: panel, width: 2, judge: one/judge, providers: [%2$s]}
                """.formatted(prefix, three);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        STUB.close();
    }

    private static JsonNode spend() throws Exception {
        return JSON.readTree(broker.post("/v1/route/explain", TestBroker.body("rotation/race"))
                        .body())
                .path("extra_spend");
    }

    private static BigDecimal spent() throws Exception {
        return spend().path("spent_usd").decimalValue();
    }

    /** Each does its part when all of the request's branches are out, so that each has its room. */
    private static Script whenAsked(int all, Script what) {
        return exchange -> {
            STUB.awaitRequests(all);
            what.play(exchange);
        };
    }

    @ParameterizedTest
    @CsvSource({"race, 3", "hedge, 2", "panel, 2"})
    void whenAllFail(String rotation, int width) throws Exception {
        Script rejects = Scripts.error(400, "Bad temperature.", "invalid_request_error", "invalid_value");
        endsAndCosts("0", width, rejects, rejects, rotation);
    }

    @ParameterizedTest
    @CsvSource({"late-race, 3", "late-hedge, 2", "late-panel, 2"})
    void whenAllAreLate(String rotation, int width) throws Exception {
        Script never = exchange -> exchange.awaitPeerClosed();
        endsAndCosts("0", width, never, never, rotation);
    }

    /** A loser costs the 5 tokens that were sent to it, at 15 dollars a million. */
    @ParameterizedTest
    @CsvSource({"race, 3, 0.000150", "hedge, 2, 0.000075"})
    void whenOneWins(String rotation, int width, String cost) throws Exception {
        endsAndCosts(cost, width, Scripts.chat("first"), exchange -> exchange.awaitPeerClosed(), rotation);
    }

    @ParameterizedTest
    @CsvSource({"race, 3", "hedge, 2", "panel, 2"})
    void whenTheClientLeaves(String rotation, int width) throws Exception {
        STUB.on(r -> exchange -> exchange.awaitPeerClosed());
        for (int i = 0; i < REQUESTS; i++) {
            BigDecimal before = spent();
            int all = STUB.requests().size() + width;
            try (RawClient client = new RawClient(broker).chat("leaves", TestBroker.body("rotation/" + rotation))) {
                STUB.awaitRequests(all);
            }
            awaitSpent(before);
        }
        assertThat(spend().path("refused").asInt()).isZero();
    }

    private static void endsAndCosts(String each, int width, Script one, Script others, String rotation)
            throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            BigDecimal before = spent();
            int asked = STUB.requests().size();
            AtomicBoolean taken = new AtomicBoolean();
            STUB.on(r -> whenAsked(asked + width, taken.compareAndSet(false, true) ? one : others));
            broker.chat("rotation/" + rotation);
            assertThat(STUB.requests()).hasSizeGreaterThanOrEqualTo(asked + width);
            awaitSpent(before.add(new BigDecimal(each)));
        }
        assertThat(spend().path("refused").asInt()).isZero();
    }

    /** The call is settled when it goes on record, which the client does not wait for. */
    private static void awaitSpent(BigDecimal usd) {
        await().untilAsserted(() -> assertThat(spent()).isEqualByComparingTo(usd));
    }
}
