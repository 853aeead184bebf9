package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second model is asked when the first is late with its first word. */
final class HedgeTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Script NEVER = exchange -> exchange.awaitPeerClosed();

    private final StubUpstream one = new StubUpstream().on(r -> Scripts.chat("one"));
    private final StubUpstream two = new StubUpstream().on(r -> Scripts.chat("two"));

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    /** The first candidate is always that of the greatest share on a first request. */
    private TestBroker.Setup setup(String hedgeAfter) throws Exception {
        return TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .provider("one", one)
                .provider("two", two)
                .file("config/rotations.yaml", """
                        rotations:
                          r:
                            strategy: hedge
                            %s
                            providers:
                              - {provider_id: one, models: [{name: a, weight: 1000}]}
                              - {provider_id: two, models: [{name: b}]}
                        """.formatted(hedgeAfter));
    }

    private static String stream(boolean streamed) {
        return "\"stream\":" + streamed;
    }

    @Test
    void aFirstThatIsInTimeIsAskedAlone() throws Exception {
        try (TestBroker broker = setup("hedge_after: 60000").start()) {
            HttpResponse<String> answer = broker.chat("rotation/r", stream(true));
            assertThat(answer.body()).contains("one", "[DONE]");
            assertThat(broker.chat("rotation/r").body()).contains("one");
            assertThat(two.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSecondIsAskedWhenTheFirstIsLateAndMayServe(boolean streamed) throws Exception {
        one.on(r -> NEVER);
        try (TestBroker broker = setup("hedge_after: 50").start()) {
            HttpResponse<String> answer = broker.chat("rotation/r", stream(streamed));
            assertThat(answer.body()).contains("two");
            one.lastRequest().awaitPeerClosed(AT_ONCE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFirstThatIsLateMayServeAllTheSame(boolean streamed) throws Exception {
        one.on(r -> exchange -> {
            two.awaitRequests(1);
            Scripts.chat("one").play(exchange);
        });
        two.on(r -> NEVER);
        try (TestBroker broker = setup("hedge_after: 50").start()) {
            HttpResponse<String> answer = broker.chat("rotation/r", stream(streamed));
            assertThat(answer.body()).contains("one");
            two.lastRequest().awaitPeerClosed(AT_ONCE);
        }
    }

    @Test
    void lateIsBeyondWhatTheModelUsuallyTakes() throws Exception {
        try (TestBroker broker =
                setup("").set("serai.hedging.fallback-after", "1000s").start()) {
            for (int i = 0; i < 20; i++) {
                broker.chat("one/a");
            }
            one.on(r -> NEVER);
            assertThat(broker.chat("rotation/r").body()).contains("two");
        }
    }

    @Test
    void whereLittleIsKnownTheSettingSays() throws Exception {
        one.on(r -> NEVER);
        try (TestBroker broker =
                setup("").set("serai.hedging.fallback-after", "50ms").start()) {
            assertThat(broker.chat("rotation/r").body()).contains("two");
        }
    }

    @Test
    void aRequestThatTheFirstRejectsIsNotPutToASecond() throws Exception {
        one.on(r -> Scripts.error(400, "Bad temperature.", "invalid_request_error", "invalid_value"));
        try (TestBroker broker = setup("hedge_after: 60000").start()) {
            assertThat(broker.chat("rotation/r").statusCode()).isEqualTo(400);
            assertThat(two.requests()).isEmpty();
        }
    }

    @Test
    void aFirstThatFailsIsFollowedByTheSecond() throws Exception {
        one.on(r -> Scripts.error(404, "No such model.", "invalid_request_error", "model_not_found"));
        try (TestBroker broker = setup("hedge_after: 60000").start()) {
            assertThat(broker.chat("rotation/r", stream(true)).body()).contains("two", "[DONE]");
        }
    }

    @Test
    void overTheSpendingCapALateFirstIsWaitedFor() throws Exception {
        one.on(r -> Scripts.chat("one").after(Duration.ofMillis(400)));
        try (TestBroker broker = setup("hedge_after: 20")
                .set("serai.hedging.max-usd-per-hour", "0.001")
                .start()) {
            assertThat(broker.chat("rotation/r").body()).contains("one");
            assertThat(two.requests()).isEmpty();
        }
    }
}
