package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An open breaker is a failure, never a 200 that repeats the request. */
final class BreakerDoesNotEchoTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOpenBreakerIsAnsweredWith503(boolean stream) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.retry.attempts", "1")
                        .set("serai.breaker.window", "2")
                        .set("serai.breaker.minimum", "2")
                        .set("serai.breaker.open", "60s")
                        .start()) {
            stub.enqueue(Scripts.html(500), Scripts.html(500));
            String more = "\"stream\":" + stream;
            assertThat(broker.chat("acme/m", more).statusCode()).isEqualTo(502);
            assertThat(broker.chat("acme/m", more).statusCode()).isEqualTo(502);
            stub.on(r -> Scripts.stall());
            for (int i = 1; i <= 2; i++) { // those that are let through to see whether the provider is well again
                broker.http()
                        .sendAsync(
                                broker.request("/v1/chat/completions")
                                        .POST(HttpRequest.BodyPublishers.ofString(TestBroker.body("acme/m")))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                stub.awaitRequests(2 + i);
            }

            HttpResponse<String> answer = broker.chat("acme/m", more);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
            assertThat(answer.body()).contains("no_available_target").doesNotContain("Hello", "messages");
            assertThat(stub.requests()).hasSize(4);
        }
    }
}
