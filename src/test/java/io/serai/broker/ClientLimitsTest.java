package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each client may use in a minute, by its address and by its key. */
final class ClientLimitsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BODY = TestBroker.body("stub/m");
    /** Of the question alone, about; 500 are guessed for the answer. */
    private static final int ASKED = 5;

    private final StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("Hello"));

    @AfterEach
    void stop() {
        stub.close();
    }

    private TestBroker.Setup setup(String... settings) throws Exception {
        TestBroker.Setup setup = TestBroker.with()
                .provider("stub", stub)
                .set("serai.auth.keys", "sk-one,sk-two")
                .set("serai.admin.token", "the-admin")
                .set("serai.proxy.trusted", "127.0.0.1, ::1");
        for (int i = 0; i < settings.length; i += 2) {
            setup.set("serai.limits." + settings[i] + "-per-minute", settings[i + 1]);
        }
        return setup;
    }

    private static HttpResponse<String> from(TestBroker broker, String address, String key) throws Exception {
        return broker.post("/v1/chat/completions", BODY, "x-forwarded-for", address, "authorization", "Bearer " + key);
    }

    private static CompletableFuture<Integer> async(TestBroker broker, String address) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return from(broker, address, "sk-one").statusCode();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    private static int remaining(HttpResponse<?> answer) {
        return Integer.parseInt(header(answer, "x-ratelimit-remaining-tokens"));
    }

    @Test
    void manyAtOnceGetNoMoreThanTheAddressMay() throws Exception {
        try (TestBroker broker = setup("per-address.requests", "10").start()) {
            List<CompletableFuture<Integer>> answers = IntStream.range(0, 64)
                    .mapToObj(i -> async(broker, "203.0.113.9"))
                    .toList();
            // one comes back every six seconds, and the machine may be slow
            assertThat(answers.stream().filter(a -> a.join() == 200).count()).isBetween(10L, 14L);
            assertThat(answers.stream().filter(a -> a.join() == 429).count()).isBetween(50L, 54L);
            assertThat(from(broker, "203.0.113.10", "sk-one").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusedInOpenAisShapeWithWhatIsLeft() throws Exception {
        try (TestBroker broker = setup("per-address.requests", "2").start()) {
            HttpResponse<String> first = from(broker, "203.0.113.9", "sk-one");
            assertThat(header(first, "x-ratelimit-limit-requests")).isEqualTo("2");
            assertThat(header(first, "x-ratelimit-remaining-requests")).isEqualTo("1");
            assertThat(header(first, "x-ratelimit-reset-requests")).isEqualTo("30s");
            assertThat(header(first, "x-ratelimit-limit-tokens")).isEqualTo("none");
            from(broker, "203.0.113.9", "sk-one");
            HttpResponse<String> refused = from(broker, "203.0.113.9", "sk-one");
            assertThat(refused.statusCode()).isEqualTo(429);
            JsonNode error = JSON.readTree(refused.body()).path("error");
            assertThat(error.path("type").asText()).isEqualTo("rate_limit_error");
            assertThat(error.path("code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(error.path("message").asText()).contains("This address may use 2 requests a minute");
            assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 30);
            assertThat(header(refused, "x-ratelimit-remaining-requests")).isEqualTo("0");
            assertThat(header(refused, "x-ratelimit-reset-requests")).matches("1m0s|5\\ds");
            assertThat(stub.requests()).hasSize(2);
        }
    }

    @Test
    void ipv6GoesBy64WhileTheRecordHasTheWholeAddress() throws Exception {
        try (TestBroker broker = setup("per-address.requests", "1").start();
                RequestLog log = new RequestLog()) {
            HttpResponse<String> first = from(broker, "2001:db8:1:2::1", "sk-one");
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(log.await(header(first, "x-request-id"))).containsEntry("address", "2001:db8:1:2:0:0:0:1");
            assertThat(from(broker, "2001:db8:1:2:aaaa::7", "sk-one").statusCode())
                    .isEqualTo(429);
            assertThat(from(broker, "2001:db8:1:3::1", "sk-one").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoIsNoTrustedProxyIsNotBelieved() throws Exception {
        try (TestBroker broker = setup("per-address.requests", "1")
                        .set("serai.proxy.trusted", "10.0.0.0/8")
                        .start();
                RequestLog log = new RequestLog()) {
            HttpResponse<String> first = from(broker, "203.0.113.9", "sk-one");
            assertThat(log.await(header(first, "x-request-id"))).containsEntry("address", "127.0.0.1");
            assertThat(from(broker, "203.0.113.10", "sk-one").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void aTrustedProxyIsNotTakenForThisMachine() throws Exception {
        try (TestBroker broker = TestBroker.with()
                .provider("stub", stub)
                .set("serai.proxy.trusted", "127.0.0.1")
                .start()) {
            assertThat(from(broker, "127.0.0.1", "none").statusCode()).isEqualTo(401);
            assertThat(broker.chat("stub/m").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void keysHaveBucketsOfTheirOwnAndWhatTheyRefuseIsNotTheAddresss() throws Exception {
        try (TestBroker broker =
                setup("per-key.requests", "2", "per-address.requests", "4").start()) {
            from(broker, "203.0.113.9", "sk-one");
            HttpResponse<String> second = from(broker, "203.0.113.9", "sk-one");
            assertThat(header(second, "x-ratelimit-limit-requests")).isEqualTo("2");
            HttpResponse<String> refused = from(broker, "203.0.113.9", "sk-one");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("This key may use 2 requests");
            assertThat(from(broker, "203.0.113.9", "sk-two").statusCode()).isEqualTo(200);
            HttpResponse<String> admin = from(broker, "203.0.113.9", "the-admin");
            assertThat(admin.statusCode()).isEqualTo(200);
            assertThat(header(admin, "x-ratelimit-limit-requests")).isEqualTo("4");
            assertThat(header(admin, "x-ratelimit-remaining-requests")).isEqualTo("0");
        }
    }

    @Test
    void requestsCountBeforeTheirBodyIsRead() throws Exception {
        try (TestBroker broker = setup("per-key.requests", "1").start()) {
            HttpResponse<String> bad = broker.post("/v1/chat/completions", "{", "authorization", "Bearer sk-one");
            assertThat(bad.statusCode()).isEqualTo(400);
            assertThat(header(bad, "x-ratelimit-remaining-requests")).isEqualTo("0");
            assertThat(broker.post("/v1/embeddings", "{", "authorization", "Bearer sk-one")
                            .statusCode())
                    .isEqualTo(429);
        }
    }

    @Test
    void usageTakesThePlaceOfTheEstimate() throws Exception {
        try (TestBroker broker = setup("per-key.tokens", "60000").start()) {
            stub.enqueue(Scripts.completion("Hello", 40_000, 10_000));
            long began = System.nanoTime();
            HttpResponse<String> first = from(broker, "203.0.113.9", "sk-one");
            int back = (int) ((System.nanoTime() - began) / 1_000_000); // at most: a token a millisecond
            assertThat(remaining(first)).isBetween(60_000 - 500 - 3 * ASKED, 60_000 - 500 + back);
            String reset = header(first, "x-ratelimit-reset-tokens");
            assertThat(reset).endsWith("ms");
            assertThat(Integer.parseInt(reset.replace("ms", ""))).isBetween(500 - back, 599);
            // a thousand come back in a second, and the guess of the request that asks is 505
            assertThat(remaining(from(broker, "203.0.113.9", "sk-one"))).isBetween(8_000, 30_000);
        }
    }

    @Test
    void noNumberThatAClientNamesIsTooLargeToCount() throws Exception {
        try (TestBroker broker = setup("per-key.tokens", "100000").start()) {
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("stub/m", "\"max_tokens\":" + Long.MAX_VALUE),
                    "authorization",
                    "Bearer sk-one");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(remaining(answer)).isZero();
        }
    }

    @Test
    void aStreamsUsageIsSettledToo() throws Exception {
        try (TestBroker broker = setup("per-key.tokens", "60").start()) {
            stub.enqueue(Scripts.stream(List.of("a", "b"), 400, 80));
            HttpResponse<String> stream = broker.post(
                    "/v1/chat/completions",
                    TestBroker.body("stub/m", "\"stream\":true"),
                    "authorization",
                    "Bearer sk-one");
            assertThat(stream.body()).contains("[DONE]");
            HttpResponse<String> refused = from(broker, "203.0.113.9", "sk-one");
            assertThat(refused.statusCode()).isEqualTo(429);
            // 480 used of 60: seven minutes until there is one again, eight until all are
            assertThat(header(refused, "x-ratelimit-reset-tokens")).matches("[78]m\\d+s");
        }
    }

    @Test
    void whatFailedComesBack() throws Exception {
        try (TestBroker broker = setup("per-key.tokens", "600").start()) {
            for (int i = 0; i < 5; i++) {
                stub.enqueue(Scripts.error(400, "No.", "invalid_request_error", null));
                assertThat(from(broker, "203.0.113.9", "sk-one").statusCode()).isEqualTo(400);
            }
            assertThat(from(broker, "203.0.113.9", "sk-one").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoLeavesGetsBackWhatWasNotUsed() throws Exception {
        try (TestBroker broker = setup("per-key.tokens", "600").start()) {
            CompletableFuture<Void> never = new CompletableFuture<>();
            stub.enqueue(Scripts.stream("a", "b", "c").gateAfter(2, never));
            HttpRequest request = broker.request("/v1/chat/completions")
                    .header("authorization", "Bearer sk-one")
                    .POST(HttpRequest.BodyPublishers.ofString(TestBroker.body("stub/m", "\"stream\":true")))
                    .build();
            try (InputStream body = broker.http()
                    .send(request, HttpResponse.BodyHandlers.ofInputStream())
                    .body()) {
                assertThat(body.read()).isPositive();
                assertThat(from(broker, "203.0.113.9", "sk-one").statusCode()).isEqualTo(429);
            }
            // by themselves ten come back in a second, and 505 are asked for
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(
                                    from(broker, "203.0.113.9", "sk-one").statusCode())
                            .isEqualTo(200));
            never.complete(null);
        }
    }

    @Test
    void aReloadForgetsNothing() throws Exception {
        TestBroker.Setup setup = setup("per-key.requests", "2");
        try (TestBroker broker = setup.start()) {
            from(broker, "203.0.113.9", "sk-one");
            from(broker, "203.0.113.9", "sk-one");
            Files.writeString(setup.home().resolve("config/models.yaml"), "models: {}\n");
            assertThat(broker.broker().reload()).isTrue();
            assertThat(from(broker, "203.0.113.9", "sk-one").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void withoutLimitsNothingIsSaidOfThem() throws Exception {
        try (TestBroker broker = setup().start()) {
            assertThat(from(broker, "203.0.113.9", "sk-one").headers().map().keySet())
                    .noneMatch(name -> name.startsWith("x-ratelimit"));
        }
    }
}
