package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Camel's placeholders and expressions in a client's text are text. */
final class PlaceholderTextIsHarmlessTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{serai.port}}",
                "{{user.home}}",
                "{{env:HOME}}",
                "{{nothing}}",
                "{{",
                "}}",
                "${camelContext.version}",
                "${sys.user.home}",
                "${env.HOME}",
                "${bean:keys}",
                "${exception.stacktrace}",
                "$simple{1+1}",
                "${",
                "RAW(x)",
                "#bean:vertx",
                "{model}",
                "%s %d %n",
                "{}",
                "${jndi:ldap://127.0.0.1/x}"
            })
    void itPassesUntouchedOrIsNotFound(String text) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            for (boolean stream : new boolean[] {false, true}) {
                String body =
                        TestBroker.body("acme/" + text, "\"stream\":" + stream).replace("Hello", text);
                HttpResponse<String> passed = broker.post("/v1/chat/completions", body);
                assertThat(passed.statusCode()).as(passed.body()).isEqualTo(200);
                assertThat(stub.lastRequest().json().path("model").asText()).isEqualTo(text);
                assertThat(stub.lastRequest().json().at("/messages/0/content").asText())
                        .isEqualTo(text);
            }

            for (String model : new String[] {text, "nobody/" + text, "rotation/" + text}) {
                HttpResponse<String> refused = broker.chat(model);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(404);
                assertThat(refused.body()).doesNotContain(System.getProperty("user.home"), "4.18");
            }
        }
    }
}
