package io.serai.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.ChildBroker;
import io.serai.broker.CutWire;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.SelfSigned;
import io.serai.stub.StubUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis with a password behind TLS, whose certificate a CA of the operator's own has signed. */
final class RedisTlsTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void whoTrustsTheCertificateSharesWhatIsCounted(@TempDir Path keys, @TempDir Path home) throws Exception {
        try (StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("Hello"));
                RedisServer redis = RedisServer.withPassword("sesame");
                CutWire tls = new CutWire(SelfSigned.listen(keys), redis.port())) {
            List<String> trusting = new ArrayList<>(List.of("env"));
            trusting.add("JAVA_TOOL_OPTIONS=" + String.join(" ", SelfSigned.trusted(keys)));
            try (ChildBroker broker = new ChildBroker(
                    home,
                    trusting,
                    stub.baseUrl(),
                    "serai.auth.keys=sk-one",
                    "serai.redis.url=rediss://:sesame@127.0.0.1:" + tls.port(),
                    "serai.redis.timeout=10s", // a busy machine is no slow Redis
                    "serai.limits.per-key.requests-per-minute=1")) {
                int first = broker.start();
                awaitRedis(first);
                assertThat(chat(first)).isEqualTo(200);
                assertThat(broker.log()).doesNotContain("sesame");
                broker.kill();

                int second = broker.start();
                awaitRedis(second);
                assertThat(chat(second)).isEqualTo(429);
            }
        }
    }

    private void awaitRedis(int port) {
        await("Redis")
                .atMost(Duration.ofSeconds(60))
                .until(() -> new ObjectMapper()
                        .readTree(http.send(request(port, "/health").build(), BodyHandlers.ofString())
                                .body())
                        .path("redis")
                        .path("state")
                        .asText()
                        .equals("up"));
    }

    private int chat(int port) throws Exception {
        return http.send(
                        request(port, "/v1/chat/completions")
                                .POST(BodyPublishers.ofString(TestBroker.body("acme/m")))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("authorization", "Bearer sk-one")
                .header("content-type", "application/json");
    }
}
