package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An answer that was read to its end has given its connection back. Vert.x's {@code reset} of its request closes the connection
 * all the same, under whoever has it by then.
 */
final class ConnectionsOutliveTheirErrorsTest {
    private static final String STREAM = "\"stream\":true";
    private static final int REQUESTS = 20;

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of("a refusal", Scripts.error(400, "No.", "invalid_request_error", "invalid_value")),
                Arguments.of("an error", Scripts.error(500, "Broken.", "server_error", null)),
                Arguments.of("a page", Scripts.html()),
                Arguments.of(
                        "a stream that says nothing",
                        Scripts.stream("one ", "two").endAfter(1)),
                Arguments.of(
                        "a stream without its end",
                        Scripts.stream("one ", "two").endAfter(2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void aConnectionIsUsedAgainAfter(String name, Script script) throws Exception {
        try (StubUpstream stub = new StubUpstream().on(r -> script);
                TestBroker broker = TestBroker.with()
                        .set("serai.retry.attempts", "1")
                        .set("serai.error-cooldown", "0")
                        .set("serai.breaker.window", "1000")
                        .set("serai.breaker.minimum", "1000")
                        .provider("acme", stub)
                        .start()) {
            for (int i = 0; i < REQUESTS; i++) {
                broker.chat("acme/m", STREAM);
            }
            assertThat(stub.requests()).hasSizeGreaterThanOrEqualTo(REQUESTS / 2);
            assertThat(stub.acceptedConnections()).isLessThanOrEqualTo(4); // one for each event loop, two to spare
        }
    }

    @Test
    void whoGaveUpWaitingForAConnectionIsNoErrorInTheLog() throws Exception {
        try (LogWatch log = new LogWatch();
                StubUpstream stub = new StubUpstream().on(r -> Scripts.stall());
                TestBroker broker = TestBroker.with()
                        .set("serai.retry.attempts", "1")
                        .set("serai.breaker.window", "1000")
                        .set("serai.breaker.minimum", "1000")
                        .set("serai.upstream.max-connections", "1")
                        .provider("acme", stub, "timeouts: {connect: 5, first_event: 0.3, idle: 5, total: 5}")
                        .start();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                all.add(clients.submit(() -> broker.chat("acme/m", STREAM).statusCode()));
            }
            for (Future<Integer> one : all) {
                assertThat(one.get()).isIn(503, 504);
            }
            log.assertQuiet();
        }
    }
}
