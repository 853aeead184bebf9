package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** An operator's own route files take the place of the extension points, with nothing but YAML. */
final class CustomRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aCallIsSentToAnotherModel() throws Exception {
        HttpResponse<String> answer = chat("""
                - route:
                    id: before-dispatch
                    from:
                      uri: direct:before-dispatch
                      steps:
                        - choice:
                            when:
                              - simple: "${exchangeProperty.call.model} == 'gpt4o' && ${exchangeProperty.call.bodyBytes} < 4000"
                                steps:
                                  - setProperty: {name: done, simple: "${exchangeProperty.call.setModel('acme/other')}"}
                """, "gpt4o", "{\"model\":\"other\"");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void aFieldIsAddedToTheRequest() throws Exception {
        chat("""
                - route:
                    id: before-dispatch
                    from:
                      uri: direct:before-dispatch
                      steps:
                        - setProperty: {name: done, simple: "${exchangeProperty.call.setField('temperature', '0')}"}
                """, "acme/m", "\"temperature\":0");
    }

    @Test
    void aFieldIsAddedToTheReply() throws Exception {
        String route = """
                - route:
                    id: after-reply
                    from:
                      uri: direct:after-reply
                      steps:
                        - setProperty: {name: done, simple: "${exchangeProperty.call.setReplyField('served_by', 'us')}"}
                """;
        JsonNode answer = JSON.readTree(chat(route, "acme/m", "").body());
        assertThat(answer.path("served_by").asText()).isEqualTo("us");
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .file("routes/custom/mine.camel.yaml", route)
                        .start()) {
            assertThat(broker.chat("acme/m", "\"stream\":true").body()).contains("data: [DONE]");
        }
    }

    @Test
    void anExceptionInAnExtensionEndsTheCallInShape() throws Exception {
        HttpResponse<String> answer = chat("""
                - route:
                    id: before-dispatch
                    from:
                      uri: direct:before-dispatch
                      steps:
                        - throwException: {exceptionType: java.lang.IllegalStateException, message: "not today"}
                """, "acme/m", "");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(JSON.readTree(answer.body()).at("/error/code").asText()).isEqualTo("internal_error");
        assertThat(answer.body()).doesNotContain("not today");
    }

    /** Of a key that rests one call at a time finds out whether it is well again: this one has found out nothing. */
    @Test
    void aMistakeInAProvidersRouteLetsTheNextCallSeeWhetherTheProviderIsWellAgain() throws Exception {
        String file = "routes/providers/openai.camel.yaml";
        String step = "- process: {ref: openai-prepare}";
        String mistake = """
                - choice: {when: [{simple: "${exchangeProperty.attempt.call.bodyBytes} > 1000", steps: [
                            {throwException: {exceptionType: java.lang.IllegalStateException, message: too long}}]}]}
                """.indent(10).strip() + "\n" + " ".repeat(10);
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .set("serai.retry.attempts", "1")
                        .provider("acme", stub)
                        .file(file, shipped(file).replace(step, mistake + step))
                        .start()) {
            for (int i = 0; i < 3; i++) {
                stub.enqueue(Scripts.error(500, "Broken.", "server_error", null));
                assertThat(broker.chat("acme/m").statusCode()).isEqualTo(502);
            }
            assertThat(broker.chat("acme/m", "\"user\":\"" + "x".repeat(1000) + "\"")
                            .statusCode())
                    .isEqualTo(500);

            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
        }
    }

    private static String shipped(String file) throws IOException {
        try (var in = Objects.requireNonNull(CustomRoutesTest.class.getResourceAsStream("/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static HttpResponse<String> chat(String route, String model, String sent) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .file("routes/custom/mine.camel.yaml", route)
                        .start()) {
            HttpResponse<String> answer = broker.chat(model);
            if (!sent.isEmpty()) {
                assertThat(stub.lastRequest().text()).contains(sent);
            }
            return answer;
        }
    }
}
