package io.serai.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one broker has put into Redis, another finds there: answers, lists of models, embeddings. */
final class SharedStoreTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String prefix = RedisServer.newPrefix();
    private final StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("Hello"));

    @AfterEach
    void stop() {
        stub.close();
    }

    private TestBroker.Setup setup(RedisServer redis) throws Exception {
        return TestBroker.with()
                .provider("acme", stub)
                .set("serai.redis.url", redis.url())
                .set("serai.redis.prefix", prefix)
                .set("serai.redis.timeout", "10s") // a busy machine is no slow Redis
                .set("serai.cache.key-prefix", prefix)
                .set("serai.cache.type", "redis")
                .set("serai.response-cache.backend", "redis");
    }

    private TestBroker started(TestBroker.Setup setup) throws Exception {
        TestBroker broker = setup.start();
        await().until(() -> state(broker).equals("up"));
        return broker;
    }

    private static String state(TestBroker broker) throws Exception {
        return JSON.readTree(broker.get("/health").body())
                .path("redis")
                .path("state")
                .asText();
    }

    /** Waits until so many entries of a kind are kept, and no more come. */
    private void awaitKept(String kind, int atLeast) throws Exception {
        try (RedisClient client = RedisClient.create(RedisServer.shared().url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            AtomicInteger before = new AtomicInteger(-1);
            await().pollInterval(Duration.ofMillis(200)).until(() -> {
                int kept = (int) connection.sync().zrange(prefix + "index:age", 0, -1).stream()
                        .filter(name -> name.startsWith(prefix + kind + ":"))
                        .count();
                return kept >= atLeast && before.getAndSet(kept) == kept;
            });
        }
    }

    private static String cache(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-serai-cache").orElse("none");
    }

    @Test
    void anAnswerThatOneGotTheOtherGives() throws Exception {
        try (TestBroker one = started(setup(RedisServer.shared()).set("serai.response-cache.enabled", "true"));
                TestBroker two = started(setup(RedisServer.shared()).set("serai.response-cache.enabled", "true"))) {
            assertThat(cache(one.chat("acme/m"))).isEqualTo("miss");
            awaitKept("response", 1);
            HttpResponse<String> hit = two.chat("acme/m");
            assertThat(cache(hit)).isEqualTo("hit");
            assertThat(hit.body()).contains("Hello");
            assertThat(stub.requests()).hasSize(1);
            JsonNode stats = JSON.readTree(two.get("/api/cache/stats").body());
            assertThat(stats.path("backends").path("redis").path("entries").asInt())
                    .isOne();
            assertThat(stats.path("backends").path("redis").path("hits").asInt())
                    .isOne();
            assertThat(one.post("/api/cache/clear", "{\"provider\":\"acme\"}").statusCode())
                    .isEqualTo(200);
            assertThat(cache(two.chat("acme/m"))).isEqualTo("miss");
        }
    }

    @Test
    void stoppedInMidRunAHitBecomesAMissAndNoMore() throws Exception {
        Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
        AtomicBoolean over = new AtomicBoolean();
        try (RedisServer own = RedisServer.ownServer();
                TestBroker broker = started(setup(own).set("serai.response-cache.enabled", "true"))) {
            List<Thread> clients = IntStream.range(0, 4)
                    .mapToObj(c -> Thread.ofVirtual().start(() -> {
                        for (int i = 0; !over.get(); i++) {
                            try {
                                int status = broker.chat("acme/m" + i % 3).statusCode();
                                statuses.computeIfAbsent(status, s -> new AtomicInteger())
                                        .incrementAndGet();
                            } catch (Exception e) {
                                statuses.computeIfAbsent(-1, s -> new AtomicInteger())
                                        .incrementAndGet();
                            }
                        }
                    }))
                    .toList();
            await().until(() -> cache(broker.chat("acme/m1")).equals("hit"));
            own.stop();
            await().until(() -> state(broker).equals("away"));
            for (int i = 0; i < 30; i++) {
                assertThat(broker.chat("acme/m1").statusCode()).isEqualTo(200);
            }
            own.start();
            await().until(() -> state(broker).equals("up"));
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(statuses).containsOnlyKeys(200);
        }
    }

    @Test
    void aListThatOneHasFetchedTheOtherHasAtOnce() throws Exception {
        stub.onModels(
                Scripts.status(
                        200,
                        "{\"object\":\"list\",\"data\":[{\"id\":\"deep\",\"context_length\":131072,\"description\":\"Deep.\"}]}"));
        try (TestBroker one = started(setup(RedisServer.shared()).set("serai.models.refresh", "4h"))) {
            await().until(() -> one.get("/v1/models/acme/deep").statusCode() == 200);
            awaitKept("models", 1);
            try (TestBroker two = started(setup(RedisServer.shared()).set("serai.models.refresh", "4h"))) {
                await().until(() -> two.get("/v1/models/acme/deep").statusCode() == 200);
                JsonNode model = JSON.readTree(two.get("/v1/models/acme/deep").body());
                assertThat(model.path("context_window").asInt()).isEqualTo(131072);
                assertThat(model.path("description").asText()).isEqualTo("Deep.");
            }
        }
        assertThat(stub.requests()).hasSize(1);
    }

    @Test
    void withoutRedisAListIsKeptInSqliteFromTheStartOn() throws Exception {
        stub.onModels(Scripts.status(200, "{\"object\":\"list\",\"data\":[{\"id\":\"deep\"}]}"));
        TestBroker.Setup setup = TestBroker.with()
                .provider("acme", stub)
                .set("serai.models.refresh", "4h")
                .set("serai.cache.type", "sqlite");
        try (LogWatch log = new LogWatch();
                TestBroker broker = setup.start()) {
            await().until(() -> JSON.readTree(broker.get("/api/cache/stats").body())
                            .path("backends")
                            .path("sqlite")
                            .path("sets")
                            .asInt()
                    == 1);
            assertThat(log.text()).doesNotContain("cache backend");
        }
    }

    @Test
    void aListThatIsDueAgainIsFetched() throws Exception {
        stub.onModels(Scripts.status(200, "{\"object\":\"list\",\"data\":[{\"id\":\"deep\"}]}"));
        try (TestBroker one = started(setup(RedisServer.shared()).set("serai.models.refresh", "200ms"))) {
            await().until(() -> stub.requests().size() >= 3);
        }
    }

    @Test
    void whatOneHasEmbeddedTheOtherDoesNotLoadTheModelFor() throws Exception {
        String yaml = """
                smart:
                  classify_semantic: true
                  fallback: acme/chatter
                  available_models:
                    - {model_id: acme/coder, description: "Programming: writes and debugs source code"}
                    - {model_id: acme/lawyer, description: "Law: contracts, tenants, rights and courts"}
                """;
        String body =
                TestBroker.body("autoselect/smart").replace("Hello", "My landlord keeps the deposit. May he do that?");
        try (TestBroker one = started(setup(RedisServer.shared()).file("config/autoselect.yaml", yaml))) {
            one.post("/v1/chat/completions", body);
            assertThat(stub.lastRequest().model()).isEqualTo("lawyer");
            awaitKept("embeddings", 100);
        }
        try (LogWatch log = new LogWatch();
                TestBroker two = started(setup(RedisServer.shared()).file("config/autoselect.yaml", yaml))) {
            two.post("/v1/chat/completions", body);
            assertThat(stub.requests()).hasSize(2);
            assertThat(stub.lastRequest().model()).isEqualTo("lawyer");
            assertThat(log.text()).doesNotContain("The embedding model");
            two.post("/v1/chat/completions", body.replace("deposit", "key"));
            await().until(() -> log.text().contains("The embedding model")); // only then, for a prompt that is new
        }
    }
}
