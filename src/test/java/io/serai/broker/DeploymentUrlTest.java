package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Azure's form of an address: the model stands in the path, the key in a header of its own, the version in the query. */
final class DeploymentUrlTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theModelStandsInThePath(boolean stream) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider(
                                "azure",
                                stub,
                                "chat_path: \"/deployments/{model}/chat/completions\"",
                                "auth_header: api-key",
                                "auth_scheme: \"\"",
                                "query: {api-version: \"2024-10-21\"}")
                        .start()) {
            HttpResponse<String> answer = broker.chat("azure/my gpt/4?x=1&y", "\"stream\":" + stream);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(stub.lastRequest().target())
                    .isEqualTo("/v1/deployments/my%20gpt%2F4%3Fx%3D1%26y/chat/completions?api-version=2024-10-21");
            assertThat(stub.lastRequest().header("api-key")).isEqualTo("sk-upstream-azure");
            assertThat(stub.lastRequest().headers().contains("authorization")).isFalse();
        }
    }
}
