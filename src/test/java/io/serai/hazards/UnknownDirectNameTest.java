package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An unknown {@code direct:} name blocks for 30 s; client text must never become one. */
final class UnknownDirectNameTest {
    @Test
    @Timeout(60)
    void noModelNamesARoute() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            long began = System.nanoTime();
            for (String model : new String[] {
                "provider-acme",
                "direct:ledger",
                "direct:provider-acme",
                "ledger",
                "walk",
                "nope/m",
                "provider-acme/m",
                "../acme/m",
                "acme?block=true/m",
                "log:x/m",
                "http://127.0.0.1:" + stub.port() + "/v1/chat/completions",
                "file:/etc/passwd"
            }) {
                for (boolean stream : new boolean[] {false, true}) {
                    assertThat(broker.chat(model, "\"stream\":" + stream).statusCode())
                            .as(model)
                            .isEqualTo(404);
                }
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
            assertThat(stub.requests()).isEmpty();
        }
    }
}
