package io.serai.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which of the clients' addresses are remembered, however many come. */
final class AddressesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .set("serai.auth.keys", "known")
                .set("serai.admin.token", "operator")
                .set("serai.proxy.trusted", "127.0.0.1, ::1")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static HttpResponse<String> ask(String address, String key) throws Exception {
        return broker.post(
                "/v1/chat/completions",
                TestBroker.body("acme/m"),
                "authorization",
                "Bearer " + key,
                "x-forwarded-for",
                address);
    }

    private static JsonNode shown() throws Exception {
        return JSON.readTree(broker.get("/metrics/detailed", "authorization", "Bearer operator")
                        .body())
                .path("addresses");
    }

    @Test
    void whoHasNoKeyIsNotRemembered() throws Exception {
        assertThat(ask("192.0.2.1", "known").statusCode()).isEqualTo(200);
        assertThat(ask("192.0.2.2", "guessed").statusCode()).isEqualTo(401);

        await().until(() -> shown().at("/192.0.2.1/requests").asInt() == 1);
        await().until(() -> shown().path("192.0.2.2").isMissingNode());
        await("only the one who asks is in flight")
                .until(() -> shown().at("/127.0.0.1/in_flight").asInt() == 1);
    }

    @Test
    void aFloodOfThoseThatAskNothingDisplacesNobody() {
        Addresses addresses = new Addresses();
        addresses.add(Records.from("192.0.2.1"));
        for (int i = 0; i < Addresses.MOST + 5; i++) {
            addresses.came("2001:db8::" + Integer.toHexString(i)); // all at once
        }
        assertThat(addresses.seen())
                .hasSizeLessThanOrEqualTo(2 * Addresses.MOST)
                .anySatisfy(seen -> {
                    assertThat(seen.address()).isEqualTo("192.0.2.1");
                    assertThat(seen.requests()).isOne();
                });
    }

    @Test
    void theOldestOfTooManyIsForgotten() {
        Addresses addresses = new Addresses();
        for (int i = 0; i < Addresses.MOST + 5; i++) {
            Runnable over = addresses.came("192.0.2." + i);
            addresses.add(Records.from("192.0.2." + i));
            over.run();
        }
        assertThat(addresses.seen()).hasSize(Addresses.MOST);
        assertThat(addresses.seen().get(0).address()).isEqualTo("192.0.2.5");
        assertThat(addresses.seen())
                .allSatisfy(seen -> assertThat(seen.inFlight()).isZero());
    }
}
