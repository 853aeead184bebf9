package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several models are asked at once, and the first to say something serves. */
final class RaceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final String STREAM = "\"stream\":true";
    private static final Script NEVER = exchange -> exchange.awaitPeerClosed();

    private static final String RACE = """
            rotations:
              r:
                strategy: race
                providers:
                  - {provider_id: one, models: [{name: a}]}
                  - {provider_id: two, models: [{name: b}]}
                  - {provider_id: three, models: [{name: c}]}
                  - {provider_id: four, models: [{name: d}]}
            """;

    private final StubUpstream one = new StubUpstream().on(r -> Scripts.chat("one"));
    private final StubUpstream two = new StubUpstream().on(r -> Scripts.chat("two"));
    private final StubUpstream three = new StubUpstream().on(r -> Scripts.chat("three"));
    private final StubUpstream four = new StubUpstream().on(r -> Scripts.chat("four"));

    @AfterEach
    void stop() {
        one.close();
        two.close();
        three.close();
        four.close();
    }

    private TestBroker.Setup setup(String rotations) throws Exception {
        return TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .provider("one", one)
                .provider("two", two)
                .provider("three", three)
                .provider("four", four)
                .file("config/rotations.yaml", rotations);
    }

    /** Answers once all three of the race have been asked, so that there is somebody to call off. */
    private Script whenAllAreAsked(String text) {
        return exchange -> {
            one.awaitRequests(1);
            two.awaitRequests(1);
            three.awaitRequests(1);
            Scripts.chat(text).play(exchange);
        };
    }

    @ParameterizedTest
    @CsvSource({"one, false", "one, true", "three, false", "three, true"})
    void theFirstWordWinsAndTheOthersAreCalledOff(String winner, boolean streamed) throws Exception {
        one.on(r -> winner.equals("one") ? whenAllAreAsked("one") : NEVER);
        two.on(r -> NEVER);
        three.on(r -> winner.equals("three") ? whenAllAreAsked("three") : NEVER);
        try (TestBroker broker = setup(RACE).start();
                RequestLog log = new RequestLog()) {
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("rotation/r", "\"stream\":" + streamed),
                    "x-request-id",
                    "raced",
                    "content-type",
                    "application/json");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains(winner).contains(streamed ? "[DONE]" : "usage");
            for (StubUpstream loser : new StubUpstream[] {winner.equals("one") ? three : one, two}) {
                loser.lastRequest().awaitPeerClosed(AT_ONCE);
            }
            assertThat(four.requests()).isEmpty();
            var line = log.await("raced");
            assertThat(line.toString()).contains("overtaken");
            assertThat(broker.get("/health").body()).doesNotContain("OPEN");
        }
    }
}
