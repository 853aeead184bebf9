package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.ledger.MariaDb;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where answers are kept: what each backend does with them. */
final class CacheBackendsTest {
    private static final Duration SOON = CacheWatch.SOON;
    private static final Map<String, TestBroker> BROKERS = new HashMap<>();
    private static StubUpstream stub;
    private TestBroker broker;
    private String more = "\"seed\":1";

    @BeforeAll
    static void prepare() {
        stub = new StubUpstream();
    }

    @AfterAll
    static void stop() throws Exception {
        for (TestBroker each : BROKERS.values()) {
            each.close();
        }
        stub.close();
    }

    private void use(String backend) throws Exception {
        broker = BROKERS.get(backend);
        if (broker == null) {
            TestBroker.Setup setup = TestBroker.with()
                    .set("serai.response-cache.enabled", "true")
                    .set("serai.response-cache.backend", backend)
                    .set("serai.response-cache.max-entries", "8")
                    .set("serai.response-cache.max-bytes", "10KiB")
                    .set("serai.cache.upkeep", "100ms")
                    .set("serai.cache.retry", "1s")
                    .provider("acme", stub);
            if (backend.equals("mysql")) {
                setup.set("serai.cache.url", MariaDb.shared().newDatabase());
                setup.set("serai.cache.user", "root");
            }
            broker = setup.start();
            BROKERS.put(backend, broker);
        }
        stub.on(request -> Scripts.chat("Hello from the stub."));
        awaitHit("warm"); // the database is open
        assertThat(broker.post("/api/cache/clear", "").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> ask(String what) throws Exception {
        return ask(what, "cache-control", "max-age=3600");
    }

    private HttpResponse<String> ask(String what, String... headers) throws Exception {
        HttpResponse<String> answer = broker.post(
                "/v1/chat/completions", TestBroker.body("acme/m", more).replace("Hello", what), headers);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private boolean isHit(String what) throws Exception {
        return ask(what).headers().firstValue("x-serai-cache").orElse("").equals("hit");
    }

    private JsonNode stats(String backend) throws Exception {
        return CacheWatch.stats(broker, backend);
    }

    private void awaitHit(String what) {
        CacheWatch.awaitHit(broker, () -> isHit(what));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "sqlite", "mysql"})
    void anAnswerIsKeptGivenClearedAndForgotten(String backend) throws Exception {
        use(backend);
        stub.on(request -> Scripts.chat("A long answer. ".repeat(500)));

        awaitHit("one");
        int before = stub.requests().size();
        assertThat(ask("one").body()).contains("A long answer. A long answer.");
        assertThat(stub.requests()).hasSize(before);
        assertThat(stats(backend).path("entries").asLong()).isEqualTo(1);
        assertThat(stats(backend).path("bytes").asLong()).as("compressed").isBetween(100L, 4000L);

        assertThat(broker.post("/api/cache/clear", "{\"model\":\"acme/m\"}").body())
                .isEqualTo("{\"cleared\":1}");
        assertThat(isHit("one")).isFalse();
        awaitHit("one");

        ask("short", "cache-control", "no-cache");
        await().atMost(SOON).until(() -> stats(backend).path("entries").asLong() == 2);
        assertThat(broker.post("/api/cache/clear", "").body()).isEqualTo("{\"cleared\":2}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file", "sqlite", "mysql"})
    void whatHasExpiredGoes(String backend) throws Exception {
        use(backend);

        more = "\"cache\":{\"ttl\":1}";
        awaitHit("brief");

        await().atMost(SOON).until(() -> stats(backend).path("entries").asLong() == 0);
        assertThat(isHit("brief")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file", "sqlite", "mysql"})
    void theNumberOfEntriesIsBounded(String backend) throws Exception {
        use(backend);
        long sets = stats(backend).path("sets").asLong();
        long evictions = stats(backend).path("evictions").asLong();

        for (int i = 0; i < 15; i++) {
            ask("question " + i);
        }

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(stats(backend).path("sets").asLong()).isGreaterThanOrEqualTo(sets + 15));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(stats(backend).path("entries").asLong()).isBetween(1L, 8L));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(stats(backend).path("evictions").asLong()).isGreaterThanOrEqualTo(evictions + 7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file", "sqlite", "mysql"})
    void theirSizeIsBounded(String backend) throws Exception {
        String random = new java.util.Random(1)
                .ints(3000, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        use(backend);
        long sets = stats(backend).path("sets").asLong();
        stub.on(request -> Scripts.chat(random));

        for (int i = 0; i < 10; i++) {
            ask("large " + i);
        }

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(stats(backend).path("sets").asLong()).isGreaterThanOrEqualTo(sets + 10));
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(stats(backend).path("bytes").asLong()).isBetween(1000L, 10240L));
    }
}
