package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The way of a chat request through the real broker to a stub vendor and back. */
final class ChatTest {
    @Test
    void aPlainAnswerComesThrough() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            stub.enqueue(Scripts.completion("Good morning"));
            HttpResponse<String> answer = broker.chat("acme/some/model", "\"top_k\":7,\"seed\":12345678901234567890");
            assertThat(answer.body()).contains("Good morning");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(stub.lastRequest().json().path("model").asText()).isEqualTo("some/model");
            assertThat(stub.lastRequest().text()).contains("\"top_k\":7", "12345678901234567890");
            assertThat(stub.lastRequest().header("authorization")).isEqualTo("Bearer sk-upstream-acme");
        }
    }

    @Test
    void aStreamComesThroughWithoutTheUsageThatOnlyTheBrokerAskedFor() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            stub.enqueue(Scripts.stream("Good ", "morning"));
            HttpResponse<String> answer = broker.chat("acme/m", "\"stream\":true");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("Good ", "morning", "data: [DONE]")
                    .doesNotContain("usage");
            assertThat(stub.lastRequest().includeUsage()).isTrue();
        }
    }
}
