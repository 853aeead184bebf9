package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A name that stands for several models. */
final class RotationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StubUpstream one = new StubUpstream().on(r -> Scripts.chat("one"));
    private final StubUpstream two = new StubUpstream().on(r -> Scripts.chat("two"));

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private TestBroker start(String rotations) throws Exception {
        return TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .provider("one", one)
                .provider("two", two)
                .file("config/rotations.yaml", rotations)
                .start();
    }

    private static final String THREE_TO_ONE = """
            rotations:
              mix:
                providers:
                  - {provider_id: one, models: [{name: a, weight: 3}]}
                  - {provider_id: two, models: [{name: b, weight: 1}]}
            """;

    @Test
    void requestsAreServedByShares() throws Exception {
        try (TestBroker broker = start(THREE_TO_ONE)) {
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 40)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            return broker.chat("rotation/mix");
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }))
                    .toList();
            answers.forEach(a -> assertThat(a.join().statusCode()).isEqualTo(200));
            assertThat(one.requests()).hasSize(30).allMatch(r -> "a".equals(r.model()));
            assertThat(two.requests()).hasSize(10).allMatch(r -> "b".equals(r.model()));
        }
    }

    /** While others serve, nobody would call it to see: its time alone must open the door again. */
    @Test
    void aMemberWhoseBreakerHasOpenedIsCalledAgainAfterItsTime() throws Exception {
        one.enqueue(Scripts.error(500, "Broken.", "server_error", null));
        try (TestBroker broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.window", "1")
                .set("serai.breaker.minimum", "1")
                .set("serai.breaker.open", "50ms")
                .provider("one", one)
                .provider("two", two)
                .file("config/rotations.yaml", THREE_TO_ONE)
                .start()) {
            HttpResponse<String> failedOver = broker.chat("rotation/mix");

            assertThat(failedOver.headers().firstValue("x-serai-provider")).hasValue("two");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> broker.chat("rotation/mix").body().contains("one"));
        }
    }

    /** Members and keys both take turns, and their turns must not fall into step. */
    @Test
    void keysOfMembersThatAlternateAlternateToo() throws Exception {
        try (TestBroker broker = TestBroker.with()
                .provider("one", one, "api_keys: [sk-one-a, sk-one-b]")
                .provider("two", two, "api_keys: [sk-two-a, sk-two-b]")
                .file("config/rotations.yaml", """
                        rotations:
                          mix:
                            providers:
                              - {provider_id: one, models: [{name: a}, {name: b}]}
                              - {provider_id: two, models: [{name: c}, {name: d}]}
                        """)
                .start()) {
            for (int i = 0; i < 16; i++) {
                assertThat(broker.chat("rotation/mix").statusCode()).isEqualTo(200);
            }

            assertThat(keys(one)).containsEntry("Bearer sk-one-a", 4L).containsEntry("Bearer sk-one-b", 4L);
            assertThat(keys(two)).containsEntry("Bearer sk-two-a", 4L).containsEntry("Bearer sk-two-b", 4L);
        }
    }

    @Test
    void keysOfTheOnlyMemberTakeTurns() throws Exception {
        try (TestBroker broker = TestBroker.with()
                .provider("one", one, "api_keys: [sk-one-a, sk-one-b]")
                .file(
                        "config/rotations.yaml",
                        "rotations: {mix: {providers: [{provider_id: one, models: [{name: a}]}]}}")
                .start()) {
            for (int i = 0; i < 6; i++) {
                assertThat(broker.chat("rotation/mix").statusCode()).isEqualTo(200);
            }

            assertThat(keys(one)).containsEntry("Bearer sk-one-a", 3L).containsEntry("Bearer sk-one-b", 3L);
        }
    }

    /** How often each was used. */
    private static Map<String, Long> keys(StubUpstream at) {
        return at.requests().stream()
                .collect(Collectors.groupingBy(r -> r.header("authorization"), Collectors.counting()));
    }

    @Test
    void aDyingMemberIsNotNoticed() throws Exception {
        one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        try (TestBroker broker = start(THREE_TO_ONE)) {
            for (int i = 0; i < 8; i++) {
                assertThat(broker.chat("rotation/mix").body()).contains("two");
            }
            HttpResponse<String> streamed = broker.chat("rotation/mix", "\"stream\":true");
            assertThat(streamed.statusCode()).isEqualTo(200);
            assertThat(streamed.body()).contains("two", "[DONE]");
        }
    }

    @Test
    void strictPriorityPrefersTheHeaviestAlways() throws Exception {
        try (TestBroker broker =
                start(THREE_TO_ONE.replace("    providers:\n", "    strategy: priority\n    providers:\n"))) {
            for (int i = 0; i < 8; i++) {
                assertThat(broker.chat("rotation/mix").body()).contains("one");
            }
            assertThat(two.requests()).isEmpty();
        }
    }

    @Test
    void aRotationWithinARotationTakesItsOwnTurns() throws Exception {
        try (TestBroker broker = start("""
                rotations:
                  inner: {providers: [{provider_id: one, models: [{name: a}, {name: b}]}]}
                  outer: {providers: [{provider_id: rotation/inner}, {provider_id: two, models: [{name: c}]}]}
                """)) {
            for (int i = 0; i < 8; i++) {
                broker.chat("rotation/outer");
            }
            assertThat(one.requests().stream().map(r -> r.model())).containsExactly("a", "b", "a", "b");
            assertThat(two.requests()).hasSize(4);
        }
    }

    @Test
    void whenEveryoneFailsTheFirstClassOfFailureIsToldWithEveryAttempt() throws Exception {
        one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        two.on(r -> Scripts.error(401, "Bad key.", "invalid_request_error", "invalid_api_key"));
        try (TestBroker broker = start(THREE_TO_ONE)) {
            HttpResponse<String> answer = broker.chat("rotation/mix");
            assertThat(answer.statusCode()).isEqualTo(502);
            JsonNode error = JSON.readTree(answer.body()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("upstream_error");
            assertThat(error.path("attempts").findValuesAsText("provider")).containsExactlyInAnyOrder("one", "two");
        }
    }

    @Test
    void anUnknownRotationIs404WithTheNearestName() throws Exception {
        try (TestBroker broker = start(THREE_TO_ONE)) {
            HttpResponse<String> answer = broker.chat("rotation/mxi");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("mix");
        }
    }

    private static void byHand(String route, String operation) throws Exception {
        var server = ManagementFactory.getPlatformMBeanServer();
        var name = new ObjectName("org.apache.camel:type=routes,name=\"" + route + "\",*");
        server.invoke(server.queryNames(name, null).iterator().next(), operation, null, null);
    }

    @Test
    void eachRotationIsARouteThatCanBeStopped() throws Exception {
        try (TestBroker broker = start(THREE_TO_ONE)) {
            byHand("rotation-mix", "stop");
            HttpResponse<String> answer = broker.chat("rotation/mix");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("stopped");
            assertThat(broker.chat("one/a").statusCode()).isEqualTo(200);
            byHand("rotation-mix", "start");
            assertThat(broker.chat("rotation/mix").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aStoppedMembersShareGoesToTheOthers() throws Exception {
        try (TestBroker broker = start(THREE_TO_ONE)) {
            byHand("provider-one", "stop");
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> answer = broker.chat("rotation/mix");
                assertThat(answer.body()).contains("two");
                assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("1");
            }
        }
    }

    @Test
    void theOtherMediaGoByRotationsToo() throws Exception {
        one.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        two.on(r -> Scripts.status(
                200,
                r.path().endsWith("/embeddings")
                        ? "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5,1]}],\"model\":\"b\",\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}"
                        : "{\"text\":\"heard\"}"));
        try (TestBroker broker = start(THREE_TO_ONE)) {
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> vectors =
                        broker.post("/v1/embeddings", "{\"model\":\"rotation/mix\",\"input\":\"x\"}");
                assertThat(vectors.statusCode()).as(vectors.body()).isEqualTo(200);
            }
            String form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nrotation/mix\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
                    + "Content-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n";
            HttpResponse<String> heard =
                    broker.post("/v1/audio/transcriptions", form, "content-type", "multipart/form-data; boundary=b");
            assertThat(heard.body()).contains("heard");
            assertThat(two.lastRequest().path()).endsWith("/audio/transcriptions");
        }
    }
}
