package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.StubUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A mistake that comes while an exchange carries a part of its call, which nobody waits for: the client is told all the same. */
final class MistakeInAPartTest {
    private static final String STEP = "                - process: {ref: endQuestion}";

    /** An operator's own file in place of the shipped one, which leaves the question on the exchange. */
    private String mistaken() throws Exception {
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/routes/broker/autoselect.camel.yaml"))) {
            String shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shipped).containsOnlyOnce(STEP);
            return shipped.replace(
                    STEP,
                    "                - throwException: {exceptionType: java.lang.IllegalStateException, message: tubercle}");
        }
    }

    @Test
    void theClientHasItsErrorAndTheCallItsRecord() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                RequestLog log = new RequestLog();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .file("routes/broker/autoselect.camel.yaml", mistaken())
                        .file("config/autoselect.yaml", """
                                asking:
                                  selection_model: acme/picker
                                  fallback: acme/chatter
                                  available_models:
                                    - {model_id: acme/coder, description: Programming}
                                    - {model_id: acme/cook, description: Cooking}
                                """)
                        .start()) {
            HttpResponse<String> answer = broker.http()
                    .send(
                            broker.request("/v1/chat/completions")
                                    .timeout(Duration.ofSeconds(10))
                                    .header("content-type", "application/json")
                                    .header("x-request-id", "mistaken")
                                    .POST(HttpRequest.BodyPublishers.ofString(TestBroker.body("autoselect/asking")))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("tubercle");
            assertThat(log.await("mistaken"))
                    .containsEntry("status", "500")
                    .containsEntry("model", "autoselect/asking");
        }
    }
}
