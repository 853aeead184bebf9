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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long an instance rests is what the first place of the cascade says, whichever way it failed. */
final class ErrorCooldownTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final StubUpstream STUB = new StubUpstream();
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        String model = "api_key_required: false, models: [{name: m, error_cooldown: 2000}]";
        String provider = "api_key_required: false, default_error_cooldown: 4000";
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.error-cooldown", "5000s")
                .provider("a", STUB, model)
                .provider("b", STUB, model)
                .provider("c", STUB, provider)
                .provider("d", STUB, provider)
                .provider("e", STUB)
                .provider("f", STUB, "default_error_cooldown: 6000")
                .file("config/rotations.yaml", """
                        rotations:
                          member: {default_error_cooldown: 3000, providers: [{provider_id: a, models: [{name: m, error_cooldown: 1000}]}]}
                          model: {default_error_cooldown: 3000, providers: [{provider_id: b, models: [{name: m}]}]}
                          rotation: {default_error_cooldown: 3000, providers: [{provider_id: c, models: [{name: m}]}]}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        STUB.close();
    }

    @ParameterizedTest
    @CsvSource({
        "rotation/member, a, 1000",
        "rotation/model, b, 2000",
        "rotation/rotation, c, 3000",
        "d/m, d, 4000",
        "e/m, e, 5000"
    })
    void itRestsAsLongAsTheFirstThatSaysSo(String path, String provider, long seconds) throws Exception {
        STUB.on(r -> Scripts.error(500, "Broken.", "server_error", null));
        for (int i = 0; i < 3; i++) {
            broker.chat(path);
        }
        assertThat(rest(provider)).isBetween(seconds - 100, seconds);
    }

    @Test
    void itDoesSoWhenStreamsBreakOffSideBySide() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        STUB.on(r ->
                Scripts.stream("one", "two", "three", "four").gateAfter(3, gate).cutAfter(4));
        HttpRequest request = broker.request("/v1/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString(TestBroker.body("f/m", "\"stream\":true")))
                .build();
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            streams.add(broker.http()
                    .send(request, HttpResponse.BodyHandlers.ofInputStream())
                    .body());
        }
        gate.complete(null);
        for (InputStream stream : streams) {
            stream.readAllBytes();
        }
        assertThat(rest("f")).isBetween(5900L, 6000L);
    }

    /** Seconds that the provider is left alone. */
    private static long rest(String provider) throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> instance(provider).has("cooldown_until"));
        Instant until = Instant.parse(instance(provider).path("cooldown_until").asText());
        return Duration.between(Instant.now(), until).toSeconds();
    }

    private static JsonNode instance(String provider) throws Exception {
        return JSON.readTree(broker.get("/health").body()).at("/providers/" + provider + "/instances/0");
    }
}
