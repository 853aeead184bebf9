package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a second reading of the code found, each with the input that showed it. */
final class SecondLookTest {
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void anEventOfSeveralLinesReachesTheClientAsOne() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            stub.enqueue(Scripts.events(
                    "data: {\ndata: \"choices\": [{\"index\": 0,\ndata: \"delta\": {\"content\": \"one\"}}]}\n\n",
                    "data: {\"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"stop\"}]}\n\n",
                    "data: [DONE]\n\n"));
            String first = broker.chat("acme/m", "\"stream\":true")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .findFirst()
                    .orElseThrow();
            assertThat(json.readTree(first.substring("data: ".length()))
                            .at("/choices/0/delta/content")
                            .asText())
                    .isEqualTo("one");
        }
    }

    @Test
    void aSchemaThatRefersToItselfEverywhereFillsNoHeap() throws Exception {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            properties.append(i == 0 ? "" : ",").append("\"p").append(i).append("\":{\"$ref\":\"#\"}");
        }
        String schema = "{\"type\":\"object\",\"properties\":{" + properties + "}}";
        try (TestBroker broker = TestBroker.with().start()) {
            HttpResponse<String> answer = broker.chat(
                    "local/echo",
                    "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":" + schema
                            + "}}");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body().length()).isLessThan(200_000);
        }
    }

    @Test
    void aModelThatTheKeyMayNotUseSaysNothingOfTheKey() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            stub.forModel(
                    "dear",
                    Scripts.status(
                            403,
                            "{\"error\":{\"message\":\"no access\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}"));
            assertThat(broker.chat("acme/dear").statusCode()).isEqualTo(404);
            assertThat(broker.chat("acme/cheap").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void streamsThatBreakOffOpenTheBreaker() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.breaker.window", "4")
                        .set("serai.breaker.minimum", "4")
                        .start()) {
            stub.forModel("cut", Scripts.cutAfter(2));
            for (int i = 0; i < 4; i++) {
                broker.chat("acme/cut", "\"stream\":true");
            }
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(broker.get("/health").body()).contains("\"breaker\":\"open\""));
        }
    }

    @Test
    void changedBreakerSettingsTakeEffect() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.retry.attempts", "1")
                        .start()) {
            Files.writeString(
                    broker.home().resolve("config/application.properties"),
                    "serai.breaker.window=2\nserai.breaker.minimum=2\n");
            assertThat(broker.broker().reload()).isTrue();
            stub.forModel("bad", Scripts.html(500));
            broker.chat("acme/bad");
            broker.chat("acme/bad");
            assertThat(broker.get("/health").body()).contains("\"breaker\":\"open\"");
        }
    }
}
