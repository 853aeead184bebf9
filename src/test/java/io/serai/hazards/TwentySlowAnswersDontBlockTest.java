package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.RawHttp;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Vert.x has twenty worker threads; an answer that takes minutes must not hold one. */
final class TwentySlowAnswersDontBlockTest {
    private static final int SLOW = 200;

    @Test
    void everyoneElseIsServedMeanwhile() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        String body = TestBroker.body("slow/m");
        List<RawHttp> clients = new ArrayList<>();
        try (StubUpstream slow = new StubUpstream();
                StubUpstream fast = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("slow", slow)
                        .provider("fast", fast)
                        .start()) {
            slow.on(request -> Scripts.chat("At last").once(gate));
            for (int i = 0; i < SLOW; i++) {
                clients.add(new RawHttp(broker)
                        .send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body));
            }
            slow.awaitRequests(SLOW, java.time.Duration.ofSeconds(60));

            assertThat(broker.get("/health").statusCode()).isEqualTo(200);
            assertThat(broker.chat("fast/m").statusCode()).isEqualTo(200);
            assertThat(broker.chat("fast/m", "\"stream\":true").body()).endsWith("[DONE]\n\n");

            gate.complete(null);
            for (RawHttp client : clients) {
                RawHttp.Answer answer = client.read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).contains("At last");
                client.close();
            }
        }
    }
}
