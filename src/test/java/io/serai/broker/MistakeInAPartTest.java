package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A mistake that comes while an exchange carries a part of its call, which nobody waits for: the client is told all the same. */
final class MistakeInAPartTest {
    private static final String MISTAKE =
            "- throwException: {exceptionType: java.lang.IllegalStateException, message: tubercle}";

    /** An operator's own file in place of the shipped one, with a mistake in place of a step. */
    private static String mistaken(String file, String step) throws IOException {
        try (var in = Objects.requireNonNull(MistakeInAPartTest.class.getResourceAsStream("/" + file))) {
            String shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shipped).containsOnlyOnce(step);
            return shipped.replace(step, MISTAKE);
        }
    }

    private static HttpResponse<String> ask(TestBroker broker, String model, String id) throws Exception {
        return broker.http()
                .send(
                        broker.request("/v1/chat/completions")
                                .timeout(Duration.ofSeconds(10))
                                .header("content-type", "application/json")
                                .header("x-request-id", id)
                                .POST(HttpRequest.BodyPublishers.ofString(TestBroker.body(model)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static void assertTold(HttpResponse<String> answer, RequestLog log, String id, String model)
            throws Exception {
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("tubercle");
        assertThat(log.await(id)).containsEntry("status", "500").containsEntry("model", model);
    }

    @Test
    void theClientHasItsErrorAndTheCallItsRecord() throws Exception {
        String file = "routes/broker/autoselect.camel.yaml";
        try (StubUpstream stub = new StubUpstream();
                RequestLog log = new RequestLog();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .file(
                                file,
                                mistaken(file, "- process: {ref: endQuestion}")) // the question is left on the exchange
                        .file("config/autoselect.yaml", """
                                asking:
                                  selection_model: acme/picker
                                  fallback: acme/chatter
                                  available_models:
                                    - {model_id: acme/coder, description: Programming}
                                    - {model_id: acme/cook, description: Cooking}
                                """)
                        .start()) {
            HttpResponse<String> answer = ask(broker, "autoselect/asking", "mistaken");

            assertTold(answer, log, "mistaken", "autoselect/asking");
        }
    }

    /** The request that goes out for several is nobody's part. */
    @Test
    void theSameWhereItIsTheRequestOfABatch() throws Exception {
        String file = "routes/broker/batch.camel.yaml";
        try (StubUpstream stub = new StubUpstream();
                RequestLog log = new RequestLog();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.batching.enabled", "true")
                        .file(file, mistaken(file, "- process: {ref: alightShared}"))
                        .start()) {
            HttpResponse<String> answer = ask(broker, "acme/m", "carried");

            assertTold(answer, log, "carried", "acme/m");
        }
    }
}
