package io.serai.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two brokers, one Redis, one limit. */
final class SharedLimitsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BODY = TestBroker.body("stub/m");

    private final String prefix = RedisServer.newPrefix();
    private final StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("Hello"));

    @AfterEach
    void stop() {
        stub.close();
    }

    private TestBroker broker(String... limits) throws Exception {
        TestBroker.Setup setup = TestBroker.with()
                .provider("stub", stub)
                .set("serai.auth.keys", "sk-one,sk-two")
                .set("serai.redis.url", RedisServer.shared().url())
                .set("serai.redis.prefix", prefix)
                .set("serai.redis.timeout", "10s"); // a busy machine is no slow Redis
        for (int i = 0; i < limits.length; i += 2) {
            setup.set("serai.limits." + limits[i] + "-per-minute", limits[i + 1]);
        }
        TestBroker broker = setup.start();
        await().until(() -> health(broker).path("state").asText().equals("up"));
        return broker;
    }

    static JsonNode health(TestBroker broker) throws Exception {
        HttpResponse<String> answer = broker.get("/health", "authorization", "Bearer sk-one");
        return JSON.readTree(answer.body()).path("redis");
    }

    private static HttpResponse<String> chat(TestBroker broker, String key) throws Exception {
        return broker.post("/v1/chat/completions", BODY, "authorization", "Bearer " + key);
    }

    private static int remaining(HttpResponse<String> answer, String what) {
        return Integer.parseInt(
                answer.headers().firstValue("x-ratelimit-remaining-" + what).orElseThrow());
    }

    @Test
    void whatOneLetsInTheOtherCounts() throws Exception {
        try (TestBroker one = broker("per-key.requests", "4");
                TestBroker two = broker("per-key.requests", "4")) {
            assertThat(remaining(chat(one, "sk-one"), "requests")).isEqualTo(3);
            assertThat(remaining(chat(two, "sk-one"), "requests")).isEqualTo(2);
            assertThat(remaining(chat(one, "sk-one"), "requests")).isEqualTo(1);
            assertThat(remaining(chat(two, "sk-one"), "requests")).isZero();
            HttpResponse<String> refused = chat(one, "sk-one");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(
                            refused.headers().firstValue("retry-after").orElseThrow()))
                    .isBetween(1, 15);
            assertThat(chat(two, "sk-one").statusCode()).isEqualTo(429);
            assertThat(chat(two, "sk-two").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void manyAtOnceOverBothGetNoMoreThanOneLimit() throws Exception {
        try (TestBroker one = broker("per-key.requests", "10");
                TestBroker two = broker("per-key.requests", "10")) {
            List<CompletableFuture<Integer>> answers = IntStream.range(0, 64)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            return chat(i % 2 == 0 ? one : two, "sk-one").statusCode();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .toList();
            // one comes back every six seconds, and the machine may be slow
            assertThat(answers.stream().filter(a -> a.join() == 200).count()).isBetween(10L, 14L);
            assertThat(answers.stream().filter(a -> a.join() == 429).count()).isBetween(50L, 54L);
        }
    }

    @Test
    void tokensThatOneOwesTheOtherWaitsFor() throws Exception {
        try (TestBroker one = broker("per-key.tokens", "600");
                TestBroker two = broker("per-key.tokens", "600")) {
            stub.enqueue(Scripts.completion("Hello", 4_000, 1_000));
            assertThat(chat(one, "sk-one").statusCode()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(chat(two, "sk-one")
                            .headers()
                            .firstValue("x-ratelimit-reset-tokens")
                            .orElseThrow())
                    .matches("[78]m\\d+s")); // 5,000 used of 600: nine tenths of them owed
            assertThat(chat(two, "sk-one").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void whatTheKeyRefusesTheAddressGetsBack() throws Exception {
        try (TestBroker one = broker("per-address.requests", "50", "per-key.requests", "1")) {
            for (int i = 0; i < 20; i++) {
                chat(one, "sk-one");
            }
            // the address' share, which only a broker without limits on keys shows
            try (TestBroker two = broker("per-address.requests", "50")) {
                assertThat(remaining(chat(two, "sk-one"), "requests")).isGreaterThanOrEqualTo(47);
            }
        }
    }

    @Test
    void aNewBrokerKnowsWhatWasUsedBefore() throws Exception {
        try (TestBroker one = broker("per-key.requests", "2")) {
            chat(one, "sk-one");
            chat(one, "sk-one");
        }
        try (TestBroker again = broker("per-key.requests", "2")) {
            assertThat(chat(again, "sk-one").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void metricsTellHowRedisIs() throws Exception {
        try (TestBroker one = broker("per-key.requests", "100")) {
            chat(one, "sk-one");
            assertThat(one.get("/metrics").body().lines())
                    .contains("serai_redis_up 1.0", "serai_limits_alone_total 0.0")
                    .anyMatch(line -> line.startsWith("serai_redis_questions_total{result=\"answered\"}")
                            && !line.endsWith(" 0.0"));
        }
    }
}
