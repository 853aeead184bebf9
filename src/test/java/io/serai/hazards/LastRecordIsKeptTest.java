package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import org.junit.jupiter.api.Test;

/** An answer that went out right before the broker stopped is on record all the same. */
final class LastRecordIsKeptTest {
    @Test
    void stoppingLosesNoRecord() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                LogWatch log = new LogWatch()) {
            for (int i = 0; i < 12; i++) {
                String id = "last-" + i;
                try (TestBroker broker =
                        TestBroker.with().provider("acme", stub).start()) {
                    broker.post("/v1/chat/completions", TestBroker.body("acme/m"), "x-request-id", "warm-" + i);
                    broker.post("/v1/chat/completions", TestBroker.body("acme/m"), "x-request-id", id);
                }
                assertThat(log.text()).contains("id=" + id + " ");
            }
            log.assertQuiet();
        }
    }
}
