package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.broker.LogWatch;
import io.serai.broker.RawHttp;
import io.serai.broker.TestBroker;
import io.serai.call.Cancellation;
import io.serai.call.UpstreamFailure;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client's leaving interrupts a plain call's thread; an interrupt that comes late would hit whatever it does next. */
final class LateInterruptTest {
    @Test
    void afterDoneNoInterruptComes() throws Exception {
        Cancellation cancellation = new Cancellation();
        cancellation.during(Thread.currentThread()::interrupt);
        cancellation.done();

        cancellation.cancel(new UpstreamFailure.ClientGone());

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void clientsThatLeaveAsTheAnswerComesHarmNobody() throws Exception {
        String body = TestBroker.body("acme/m");
        String request =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        try (StubUpstream stub = new StubUpstream();
                LogWatch log = new LogWatch();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.breaker.window", "4")
                        .set("serai.breaker.minimum", "4")
                        .start()) {
            stub.on(r -> Scripts.chat("Hello").after(Duration.ofMillis(5)));
            broker.chat("acme/m");
            for (int i = 0; i < 300; i++) {
                try (RawHttp client = new RawHttp(broker).send(request)) {
                    Thread.sleep(2 + i % 10);
                    if (i % 2 == 0) {
                        client.reset();
                    }
                }
            }
            await().untilAsserted(() ->
                    assertThat(broker.broker().view().getInFlight()).isZero());
            for (int i = 0; i < 20; i++) {
                assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            }
            assertThat(broker.get("/health").body()).contains("\"breaker\":\"closed\"");
            log.assertQuiet();
        }
    }
}
