package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An Ollama without an entry: it is there while it answers. */
final class FindOllamaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String VERSION = "{\"version\":\"0.12.6\"}";
    private static final String CHAT =
            "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":true}";

    private static Script ollama(RecordedRequest request) {
        return Scripts.status(200, request.path().equals("/api/version") ? VERSION : CHAT);
    }

    private static TestBroker.Setup looking(String variable, String value) throws Exception {
        return TestBroker.with().set("serai.ollama.probe", "50ms").env(variable, value);
    }

    private static boolean answers(TestBroker broker) throws Exception {
        return broker.chat("ollama/m").statusCode() == 200;
    }

    private static void awaitFound(TestBroker broker) {
        Awaitility.await().atMost(PATIENCE).until(() -> answers(broker));
    }

    @ParameterizedTest
    @ValueSource(strings = {"OLLAMA_BASE_URL", "OLLAMA_HOST"})
    void itIsThereSoonAfterTheStart(String variable) throws Exception {
        try (StubUpstream stub = new StubUpstream().on(FindOllamaTest::ollama);
                LogWatch log = new LogWatch();
                TestBroker broker = looking(
                                variable, variable.endsWith("HOST") ? "0.0.0.0:" + stub.port() : stub.origin())
                        .start()) {
            awaitFound(broker);
            JsonNode health = JSON.readTree(broker.get("/health").body());
            assertThat(health.at("/providers/ollama/instances/0/state").asText())
                    .isEqualTo("ok");
            assertThat(log.lines())
                    .filteredOn(m -> m.contains("Ollama answers"))
                    .hasSize(1);
            int asked = stub.requests().size();
            stub.awaitRequests(asked + 5); // looked for again and again, with no second generation and no further line
            assertThat(broker.broker().view().getGeneration()).isEqualTo(2);
            assertThat(log.lines())
                    .filteredOn(m -> m.contains("Ollama answers"))
                    .hasSize(1);
        }
    }

    @Test
    void itComesAndGoesWithoutAnyoneElseNoticing() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                StubUpstream other = new StubUpstream();
                TestBroker broker = looking("OLLAMA_BASE_URL", stub.origin())
                        .provider("acme", other)
                        .start()) {
            stub.on(r -> Scripts.hangUp());
            stub.awaitRequests(3);
            HttpResponse<String> absent = broker.chat("ollama/m");
            assertThat(absent.statusCode()).isEqualTo(404);
            assertThat(absent.body()).contains("Nothing answers at the usual address of 'ollama'", "model_not_found");
            assertThat(broker.broker().view().getGeneration()).isEqualTo(1);
            stub.on(FindOllamaTest::ollama);
            awaitFound(broker);
            stub.on(r -> Scripts.hangUp());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> broker.chat("ollama/m").statusCode() == 404);
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            stub.on(FindOllamaTest::ollama);
            awaitFound(broker);
        }
    }

    @Test
    void whatIsNoOllamaIsNotTakenForOne() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(r -> Scripts.html());
                TestBroker broker = looking("OLLAMA_BASE_URL", stub.origin()).start()) {
            stub.awaitRequests(3);
            assertThat(answers(broker)).isFalse();
            assertThat(broker.broker().view().getGeneration()).isEqualTo(1);
        }
    }

    @Test
    void anEntryIsTheOperatorsWordAndNobodyLooks() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(FindOllamaTest::ollama);
                TestBroker broker = looking("OLLAMA_BASE_URL", stub.origin())
                        .file("config/providers.yaml", "providers: {ollama: {}}\n")
                        .start()) {
            assertThat(answers(broker)).isTrue();
            assertThat(stub.requests()).hasSize(1); // no call before the call, and none beside it
        }
    }

    @Test
    void anEntryThatSwitchesItOffIsObeyed() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(FindOllamaTest::ollama);
                TestBroker broker = looking("OLLAMA_BASE_URL", stub.origin())
                        .file("config/providers.yaml", "providers: {ollama: {enabled: false}}\n")
                        .start()) {
            assertThat(answers(broker)).isFalse();
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void aValidationAsksNobody() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(FindOllamaTest::ollama)) {
            Broker.validate(
                    new ConfigSource(
                            null,
                            Map.of("OLLAMA_BASE_URL", stub.origin()),
                            Map.of("serai.port", "0", "serai.ollama.probe", "1ms")),
                    null);
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void aReloadKeepsWhatWasFound() throws Exception {
        try (StubUpstream stub = new StubUpstream().on(FindOllamaTest::ollama);
                TestBroker broker = looking("OLLAMA_BASE_URL", stub.origin()).start()) {
            awaitFound(broker);
            assertThat(broker.broker().reload()).isTrue();
            assertThat(answers(broker)).isTrue();
        }
    }

    @Test
    void aPortThatSwallowsTheQuestionDelaysNoRequest() throws Exception {
        try (ServerSocket silent = new ServerSocket(0);
                LogWatch log = new LogWatch();
                TestBroker broker = looking("OLLAMA_BASE_URL", "http://127.0.0.1:" + silent.getLocalPort())
                        .start()) {
            long began = System.nanoTime();
            assertThat(broker.chat("local/echo").statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1900));
            broker.broker().close();
            log.assertQuiet();
        }
    }
}
