package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Total failure of a rotation, told as an answer where {@code notifyerrors} says so. */
final class NotifyErrorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final StubUpstream ONE = new StubUpstream();
    private static final StubUpstream TWO = new StubUpstream();
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .set("serai.error-cooldown", "0")
                .provider("one", ONE)
                .provider("two", TWO)
                .provider("three", ONE)
                .file("config/rotations.yaml", """
                        notifyerrors: true
                        rotations:
                          told:
                            providers:
                              - {provider_id: one, models: [{name: a}]}
                              - {provider_id: two, models: [{name: b}]}
                          rests:
                            default_error_cooldown: 200
                            providers: [{provider_id: three, models: [{name: c}]}]
                          silent:
                            notifyerrors: false
                            providers: [{provider_id: one, models: [{name: a}]}]
                          hedge:
                            strategy: hedge
                            providers:
                              - {provider_id: one, models: [{name: a}]}
                              - {provider_id: two, models: [{name: b}]}
                          race:
                            strategy: race
                            providers:
                              - {provider_id: one, models: [{name: a}]}
                              - {provider_id: two, models: [{name: b}]}
                          panel:
                            strategy: panel
                            judge: rotation/told
                            providers:
                              - {provider_id: one, models: [{name: a}]}
                              - {provider_id: two, models: [{name: b}]}
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        ONE.close();
        TWO.close();
    }

    @BeforeEach
    void breakBoth() {
        ONE.on(r -> Scripts.error(500, "Broken for sk-upstream-one.", "server_error", null));
        TWO.on(r -> Scripts.error(404, "No b.", "invalid_request_error", "model_not_found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"told", "hedge", "race", "panel"})
    void peopleReadWhatFailed(String rotation) throws Exception {
        HttpResponse<String> response = broker.chat("rotation/" + rotation);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = JSON.readTree(response.body());
        JsonNode message = answer.at("/choices/0/message");
        assertThat(message.path("role").asText()).isEqualTo("assistant");
        assertThat(message.path("content").asText())
                .contains(
                        "rotation/" + rotation,
                        "`one/a`: overloaded (status 500)",
                        "`two/b`: model_not_found (status 404)")
                .doesNotContain("sk-upstream");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        assertThat(answer.at("/usage/total_tokens").isInt()).isTrue();
        assertThat(answer.at("/usage/total_tokens").asInt()).isZero();
        assertThat(answer.path("model").asText()).isEqualTo("rotation/" + rotation);
        assertThat(answer.has("error")).isFalse();
    }

    @Test
    void whoRestsIsSaidToRest() throws Exception {
        broker.chat("rotation/rests");
        broker.chat("rotation/rests");
        assertThat(JSON.readTree(broker.chat("rotation/rests").body())
                        .at("/choices/0/message/content")
                        .asText())
                .containsPattern("`three/c`: .*left alone for (200|1\\d\\d) s: failing");
    }

    @Test
    void aStreamTellsItToo() throws Exception {
        HttpResponse<String> response =
                broker.chat("rotation/told", "\"stream\":true", "\"stream_options\":{\"include_usage\":true}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(response.body())
                .contains(
                        "\"role\":\"assistant\"",
                        "`two/b`: model_not_found",
                        "\"finish_reason\":\"stop\"",
                        "\"total_tokens\":0")
                .endsWith("data: [DONE]\n\n")
                .doesNotContain("sk-upstream", "\"error\"");
    }

    @Test
    void aLegacyCompletionTellsItInItsShape() throws Exception {
        HttpResponse<String> response =
                broker.post("/v1/completions", "{\"model\":\"rotation/told\",\"prompt\":\"Hello\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(JSON.readTree(response.body()).at("/choices/0/text").asText())
                .contains("rotation/told");
    }

    @Test
    void theRecordSaysFailure() throws Exception {
        try (RequestLog log = new RequestLog()) {
            for (String stream : new String[] {"\"stream\":false", "\"stream\":true"}) {
                HttpResponse<String> response = broker.chat("rotation/told", stream);
                Map<String, String> line =
                        log.await(response.headers().firstValue("x-request-id").orElseThrow());
                assertThat(line)
                        .containsEntry("status", "200")
                        .containsEntry("outcome", "UPSTREAM_ERROR_BEFORE_OUTPUT")
                        .containsKey("error");
            }
        }
    }

    @Test
    void withoutItTheErrorStays() throws Exception {
        assertThat(broker.chat("rotation/silent").statusCode()).isGreaterThanOrEqualTo(500);
        assertThat(broker.chat("one/a").statusCode()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void aWrongRequestStaysAnError() throws Exception {
        ONE.on(r -> Scripts.error(400, "Wrong.", "invalid_request_error", "invalid_value"));
        TWO.on(r -> Scripts.error(400, "Wrong.", "invalid_request_error", "invalid_value"));
        try (TestBroker fresh = TestBroker.with()
                .provider("one", ONE)
                .file("config/rotations.yaml", """
                        rotations:
                          told: {notifyerrors: true, providers: [{provider_id: one, models: [{name: a}]}]}
                        """)
                .start()) {
            assertThat(fresh.chat("rotation/told").statusCode()).isEqualTo(400);
        }
    }
}
