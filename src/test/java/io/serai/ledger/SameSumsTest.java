package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is asked, and whatever becomes of it: the bill and the metrics count the same. */
final class SameSumsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REQUESTS = 60;
    private static final List<String> COUNTS =
            List.of("requests", "errors", "cancelled", "input_tokens", "output_tokens", "unpriced");

    /** Requests that named a model. */
    private static int understood;

    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        stub.forModel("broken", Scripts.status(500, "{}"));
        stub.forModel("torn", Scripts.stream("Half a ", "word").cutAfter(2));
        broker = TestBroker.with()
                .provider(
                        "acme",
                        stub,
                        "models: [{name: m, pricing: {prompt: 0.0000012345, completion: 0.00000067}, enable_response_cache: true},"
                                + " {name: broken, pricing: {prompt: 0.01, completion: 0.01}}, {name: unpriced},"
                                + " {name: torn, pricing: {prompt: 0.001, completion: 0.002}}]",
                        "default_error_cooldown: 0")
                .file("config/rotations.yaml", """
                        rotations:
                          steady:
                            strategy: priority
                            providers:
                              - {provider_id: acme, models: [{name: broken, weight: 2}, {name: m, weight: 1}]}
                        """)
                .set("serai.ledger.enabled", "true")
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.minimum", "1000")
                .set("serai.breaker.window", "1000")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theBillAndTheMetricsCountTheSame(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < REQUESTS; i++) {
            ask(random);
        }
        await().untilAsserted(() -> {
            JsonNode bill = json("/billing/usage").path("totals");
            JsonNode metrics = json("/metrics");
            assertThat(bill.path("requests").asInt()).isEqualTo(understood);
            for (String count : COUNTS) {
                assertThat(bill.path(count).asLong())
                        .as(count)
                        .isEqualTo(metrics.path(count).asLong());
            }
            BigDecimal usd = bill.path("cost_usd").decimalValue();
            assertThat(usd)
                    .isPositive()
                    .isEqualByComparingTo(metrics.path("cost_usd").decimalValue());
        });
    }

    private static void ask(Random random) throws Exception {
        String stream = "\"stream\": " + random.nextBoolean();
        int what = random.nextInt(9);
        understood += what == 6 ? 0 : 1;
        switch (what) {
            case 0 -> broker.chat("acme/broken", stream);
            case 1 -> broker.chat("acme/unpriced", stream);
            case 2 -> broker.chat("rotation/steady", stream);
            case 3 -> broker.chat("nobody/m", stream);
            case 4 -> { // a stream that breaks off, which an official client would raise on
                try {
                    broker.chat("acme/torn", "\"stream\": true");
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("closed");
                }
            }
            case 5 -> broker.chat("acme/m", stream, "\"temperature\": 0"); // out of the cache, but for the first
            case 6 -> broker.post("/v1/chat/completions", "{"); // nobody can say what was asked for
            default -> {
                stub.enqueue(used(random.nextInt(100_000), random.nextInt(10_000)));
                broker.chat("acme/m", "\"seed\": " + random.nextLong());
            }
        }
    }

    private static Script used(int prompt, int completion) {
        return Scripts.completion("Yes", prompt, completion);
    }

    private static JsonNode json(String path) throws Exception {
        return JSON.readTree(broker.get(path, "accept", "application/json").body());
    }
}
