package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How large contexts are, and how much of them is used: for the operator, over restarts. */
final class ContextDoorTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StubUpstream stub = new StubUpstream().on(r -> Scripts.chat("Hello"));

    @AfterEach
    void stop() {
        stub.close();
    }

    private TestBroker.Setup setup() throws Exception {
        return TestBroker.with()
                .set("serai.admin.token", "the-admin")
                .provider(
                        "acme",
                        stub,
                        "models: [{name: m, context_size: 100000, condense_context: 80, condense_method: sliding_window}, {name: idle}]")
                .provider("open", stub); // takes any model
    }

    private static JsonNode models(TestBroker broker, String provider) throws Exception {
        return JSON.readTree(broker.get("/api/context", "authorization", "Bearer the-admin")
                        .body())
                .path("providers")
                .path(provider)
                .path("models");
    }

    private static void awaitLast(TestBroker broker, String provider, String model, long tokens) {
        await().untilAsserted(() -> assertThat(models(broker, provider)
                        .path(model)
                        .path("last_effective_context")
                        .asLong())
                .isEqualTo(tokens));
    }

    @Test
    void theLatestAndTheLargestAreShownBesideTheSize() throws Exception {
        try (TestBroker broker = setup().start()) {
            stub.enqueue(Scripts.completion("Hello", 7_000, 10));
            broker.chat("acme/m");
            awaitLast(broker, "acme", "m", 7_000);
            stub.enqueue(Scripts.completion("Hello", 40, 10));
            broker.chat("acme/m");
            broker.chat("open/x-1", "\"stream\":true");
            awaitLast(broker, "acme", "m", 40);
            awaitLast(broker, "open", "x-1", Scripts.PROMPT_TOKENS);
            JsonNode m = models(broker, "acme").path("m");
            assertThat(m.path("largest_effective_context").asLong()).isEqualTo(7_000);
            assertThat(m.path("context_size").asInt()).isEqualTo(100_000);
            assertThat(m.path("condense_context").asInt()).isEqualTo(80);
            assertThat(m.path("condense_method").path(0).asText()).isEqualTo("sliding_window");
            assertThat(m.path("requests").asInt()).isEqualTo(2);
            assertThat(m.path("estimated").asBoolean()).isFalse();
            assertThat(m.path("last_used").asText()).endsWith("Z");
            assertThat(models(broker, "acme").path("idle").isEmpty()).isTrue();
            assertThat(broker.broker().view().getContexts())
                    .anySatisfy(view -> {
                        assertThat(view.getModel()).isEqualTo("m");
                        assertThat(view.getLargestEffectiveContext()).isEqualTo(7_000);
                        assertThat(view.getContextSize()).isEqualTo(100_000);
                    })
                    .anySatisfy(view -> {
                        assertThat(view.getModel()).isEqualTo("idle");
                        assertThat(view.getContextSize()).isEqualTo(-1);
                        assertThat(view.getLastEffectiveContext()).isEqualTo(-1);
                    });
        }
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        Path kept = Files.createTempFile("context-use", ".json");
        try (TestBroker broker = setup().start()) {
            broker.chat("open/x-1");
            awaitLast(broker, "open", "x-1", Scripts.PROMPT_TOKENS);
            broker.broker().close();
            Files.writeString(kept, Files.readString(broker.home().resolve("data/context-use.json")));
        }
        TestBroker.Setup again = setup().file("data/context-use.json", Files.readString(kept));
        try (TestBroker broker = again.start()) {
            assertThat(models(broker, "open")
                            .path("x-1")
                            .path("largest_effective_context")
                            .asLong())
                    .isEqualTo(Scripts.PROMPT_TOKENS);
        } finally {
            Files.delete(kept);
        }
    }

    @Test
    void onlyAdministratorsSeeIt() throws Exception {
        try (TestBroker broker = setup().set("serai.auth.keys", "sk-one").start()) {
            assertThat(broker.get("/api/context", "authorization", "Bearer sk-one")
                            .statusCode())
                    .isEqualTo(403);
        }
    }
}
