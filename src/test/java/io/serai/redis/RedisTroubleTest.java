package io.serai.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.SelfSigned;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that is gone, slow, locked or not there yet: requests don't notice. */
final class RedisTroubleTest {
    private static final String BODY = TestBroker.body("stub/m");

    private final StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("Hello"));

    @AfterEach
    void stop() {
        stub.close();
    }

    private TestBroker.Setup setup(String url) throws Exception {
        return TestBroker.with()
                .provider("stub", stub)
                .set("serai.auth.keys", "sk-one,sk-two")
                .set("serai.redis.url", url)
                .set("serai.redis.pause", "200ms")
                .set("serai.limits.per-key.requests-per-minute", "100000");
    }

    private static int chat(TestBroker broker) throws Exception {
        return broker.post("/v1/chat/completions", BODY, "authorization", "Bearer sk-one")
                .statusCode();
    }

    private static void awaitState(TestBroker broker, String state) {
        await("Redis " + state).until(() -> {
            chat(broker); // a breaker closes when it sees that all is well
            return SharedLimitsTest.health(broker).path("state").asText().equals(state);
        });
    }

    /** Statuses, by how often each came, of four clients that go on until it is closed. */
    private static final class Traffic implements AutoCloseable {
        private final Map<Object, AtomicInteger> results = new ConcurrentHashMap<>();
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Thread> clients = new ArrayList<>();

        Traffic(TestBroker broker) {
            for (int i = 0; i < 4; i++) {
                clients.add(Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        Object result;
                        try {
                            result = chat(broker);
                        } catch (Exception e) {
                            result = e.toString();
                        }
                        results.computeIfAbsent(result, r -> new AtomicInteger())
                                .incrementAndGet();
                    }
                }));
            }
        }

        /** Waits for so many more. */
        void goOn(int requests) {
            int before = count();
            await().until(() -> count() >= before + requests);
        }

        private int count() {
            return results.values().stream().mapToInt(AtomicInteger::get).sum();
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
        }
    }

    @Test
    void aCertificateThatIsNotTrustedIsSaidToBeTheReason(@TempDir Path folder) throws Exception {
        try (ServerSocket server = SelfSigned.listen(folder);
                LogWatch log = new LogWatch()) {
            Thread.startVirtualThread(() -> shakeHands(server));
            String url = "rediss://:secret@127.0.0.1:" + server.getLocalPort();
            try (TestBroker broker = setup(url).start()) {
                await("a line").until(() -> log.text().contains("can't be reached"));
                assertThat(log.text())
                        .containsPattern("can't be reached \\(.*certificat.*\\)")
                        .doesNotContain("secret");
                assertThat(chat(broker)).isEqualTo(200);
            }
        }
    }

    private static void shakeHands(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read();
            } catch (IOException e) {
                // the client has not shaken hands, or the test is over
            }
        }
    }

    @Test
    void stoppedInMidRunItChangesNoStatus() throws Exception {
        try (RedisServer redis = RedisServer.ownServer();
                TestBroker broker = setup(redis.url()).start()) {
            awaitState(broker, "up");
            Traffic traffic = new Traffic(broker);
            try (traffic) {
                traffic.goOn(50);
                redis.stop();
                traffic.goOn(100);
                await().until(() ->
                        SharedLimitsTest.health(broker).path("state").asText().equals("away"));
                redis.start();
                awaitState(broker, "up");
                traffic.goOn(50);
            }
            assertThat(traffic.results).containsOnlyKeys(200);
            assertThat(SharedLimitsTest.health(broker).path("unasked").asInt()).isPositive();
        }
    }

    @Test
    void oneThatSaysNothingAnyMoreIsLeftAloneAndComesBack() throws Exception {
        try (RedisServer redis = RedisServer.ownServer();
                TestBroker broker = setup(redis.url())
                        .set("serai.redis.pause", "1h")
                        .set("serai.redis.timeout", "300ms")
                        .start()) {
            awaitState(broker, "up");
            long late = SharedLimitsTest.health(broker).path("late").asLong();
            redis.pause();
            try {
                for (int i = 0; i < 60; i++) {
                    assertThat(chat(broker)).isEqualTo(200);
                }
                // half of twenty at most until the breaker opens; sixty would have waited otherwise
                assertThat(SharedLimitsTest.health(broker).path("late").asLong() - late)
                        .isBetween(1L, 20L);
                assertThat(SharedLimitsTest.health(broker).path("state").asText())
                        .isNotEqualTo("up");
            } finally {
                redis.resume();
            }
        }
        try (RedisServer redis = RedisServer.ownServer();
                TestBroker broker = setup(redis.url()).start()) {
            awaitState(broker, "up");
            redis.pause();
            awaitState(broker, "away");
            redis.resume();
            awaitState(broker, "up");
        }
    }

    @Test
    void whatWasUsedWithItCountsWithoutIt() throws Exception {
        try (RedisServer redis = RedisServer.ownServer();
                TestBroker broker = setup(redis.url())
                        .set("serai.redis.timeout", "10s")
                        .set("serai.limits.per-key.requests-per-minute", "2")
                        .start()) {
            await().until(() ->
                    SharedLimitsTest.health(broker).path("state").asText().equals("up"));
            assertThat(chat(broker)).isEqualTo(200);
            assertThat(chat(broker)).isEqualTo(200);
            redis.stop();
            await().until(() ->
                    SharedLimitsTest.health(broker).path("state").asText().equals("away"));
            assertThat(chat(broker)).isEqualTo(429);
        }
    }

    @Test
    void itMayComeLater() throws Exception {
        try (RedisServer redis = RedisServer.ownServer()) {
            redis.stop();
            try (TestBroker broker = setup(redis.url()).start()) {
                assertThat(chat(broker)).isEqualTo(200);
                assertThat(SharedLimitsTest.health(broker).path("state").asText())
                        .isEqualTo("away");
                redis.start();
                awaitState(broker, "up");
            }
        }
    }

    @Test
    void thePasswordIsNowhereButOnTheWire() throws Exception {
        String right = "right-zq91 secret";
        String wrong = "wrong-zq92-secret";
        try (RedisServer redis = RedisServer.withPassword(right);
                LogWatch log = new LogWatch(Level.DEBUG)) {
            String url = "redis://default:right-zq91%20secret@127.0.0.1:" + redis.port() + "/1";
            TestBroker.Setup fromEnvironment = TestBroker.with()
                    .provider("stub", stub)
                    .set("serai.auth.keys", "sk-one,sk-two")
                    .env("SERAI_REDIS_URL", url)
                    .set("serai.limits.per-key.requests-per-minute", "100000");
            try (TestBroker broker = fromEnvironment.start()) {
                awaitState(broker, "up");
                assertThat(broker.get("/health", "authorization", "Bearer sk-one")
                                .body())
                        .doesNotContain("zq9");
            }
            try (TestBroker broker =
                    setup(url.replace("right-zq91%20secret", wrong)).start()) {
                assertThat(chat(broker)).isEqualTo(200);
                await().until(() -> log.text().contains("can't be reached (WRONGPASS"));
                assertThat(SharedLimitsTest.health(broker).path("state").asText())
                        .isEqualTo("away");
            }
            for (String line : log.text().split("\n")) {
                assertThat(line).doesNotContain("zq9");
            }
        }
    }
}
