package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client did wrong must not take the provider from everybody. */
final class BreakerIgnoresClientMistakesTest {
    @ParameterizedTest
    @CsvSource({"400,false", "400,true", "404,false", "404,true", "413,false", "422,false", "422,true"})
    void refusalsLeaveTheBreakerClosedAndAreNoAnswer(int status, boolean stream) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.breaker.window", "3")
                        .set("serai.breaker.minimum", "3")
                        .start()) {
            String more = "\"stream\":" + stream;
            for (int i = 0; i < 6; i++) {
                stub.enqueue(Scripts.error(status, "That is wrong", "invalid_request_error", "wrong"));
                var answer = broker.chat("acme/m", more);
                assertThat(answer.statusCode()).isEqualTo(status);
                assertThat(answer.body()).contains("That is wrong").doesNotContain("Hello\"");
            }

            assertThat(broker.chat("acme/m", more).statusCode()).isEqualTo(200);
            assertThat(broker.get("/health").body())
                    .contains("\"breaker\":\"closed\"")
                    .doesNotContain("\"open\"");
            assertThat(stub.requests()).hasSize(7);
        }
    }
}
