package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.OpenAiRules;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OpenAI-compatible providers refuse: adapted and named, or refused in strict mode. */
final class OpenAiParametersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LONG_NAME = "a_name_of_more_than_sixty_four_characters_".repeat(2);

    private static StubUpstream stub;
    private static TestBroker strict;

    @BeforeAll
    static void start() throws Exception {
        stub = strictStub();
        strict = TestBroker.with()
                .set("serai.params", "strict")
                .provider("openai", stub)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        strict.close();
        stub.close();
    }

    private static StubUpstream strictStub() {
        StubUpstream stub = new StubUpstream();
        OpenAiRules rules = new OpenAiRules();
        return stub.on(request -> rules.apply(request).orElse(Scripts.chat("Hello")));
    }

    private static JsonNode error(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body()).path("error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "messages[].thinking_blocks | {'role':'assistant','content':'x','thinking_blocks':[]}",
                "messages[].content[].cache_control | {'role':'user','content':[{'type':'text','text':'x','cache_control':{'type':'ephemeral'}}]}",
                "tools[].function.name | {'role':'assistant','tool_calls':[{'id':'1','type':'function','function':{'name':'LONG','arguments':'{}'}}]}"
            })
    void strictRefusesWhatWouldHaveToBeChanged(String param, String message) throws Exception {
        int before = stub.requests().size();
        String body = "{\"model\":\"openai/m\",\"messages\":["
                + message.replace('\'', '"').replace("LONG", LONG_NAME) + "]}";
        HttpResponse<String> answer = strict.post("/v1/chat/completions", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(error(answer).path("param").asText()).isEqualTo(param);
        assertThat(error(answer).path("code").asText()).isEqualTo("unsupported_parameter");
        assertThat(stub.requests()).hasSize(before);
    }

    @Test
    void strictLeavesAnUnknownFieldToTheProvider() throws Exception {
        int before = stub.requests().size();
        HttpResponse<String> answer = strict.chat("openai/m", "\"top_k\":3");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("param").asText()).isEqualTo("top_k");
        assertThat(error(answer).path("code").asText()).isEqualTo("unknown_parameter");
        assertThat(stub.requests()).hasSize(before + 1);
    }

    @Test
    void aFieldThatGroqNamesInItsWordsIsLeftOut() throws Exception {
        try (StubUpstream groq = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("groq", groq).start()) {
            groq.enqueue(
                    Scripts.status(
                            400,
                            "{\"error\":{\"message\":\"property 'store' is unsupported, did you mean 'stop'?\","
                                    + "\"type\":\"invalid_request_error\"}}"),
                    Scripts.chat("Hello"));
            HttpResponse<String> answer = broker.chat("groq/m", "\"store\":true");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-params-adapted")).hasValue("store");
            assertThat(groq.lastRequest().json().has("store")).isFalse();
        }
    }

    @Test
    void whatOneProviderRefusesTheNextStillGets() throws Exception {
        try (StubUpstream first = strictStub();
                StubUpstream second = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("openai", first)
                        .provider("lab", second)
                        .set("serai.retry.attempts-per-key", "1")
                        .file("config/models.yaml", """
                                models:
                                  pair:
                                    backends:
                                      - {provider: openai, model_id: m, priority: 1, free: true}
                                      - {provider: lab, model_id: m, priority: 2, free: true}
                                """)
                        .start()) {
            first.on(r -> Scripts.error(503, "Busy", "server_error", null));
            String messages = "[{\"role\":\"user\",\"content\":\"Hello\"},{\"role\":\"assistant\",\"content\":null,"
                    + "\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"x\",\"signature\":\"y\"}],"
                    + "\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"get\",\"arguments\":\"{}\"},"
                    + "\"extra_content\":{\"google\":{\"thought_signature\":\"s\"}}}]},"
                    + "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":[{\"type\":\"text\",\"text\":\"z\","
                    + "\"cache_control\":{\"type\":\"ephemeral\"}}]}]";
            HttpResponse<String> answer =
                    broker.post("/v1/chat/completions", "{\"model\":\"pair\",\"messages\":" + messages + "}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(first.lastRequest().json().toString())
                    .doesNotContain("thinking_blocks", "cache_control", "extra_content")
                    .contains("tool_calls", "\"z\"");
            assertThat(second.lastRequest().json().path("messages")).isEqualTo(JSON.readTree(messages));
            assertThat(answer.headers().firstValue("x-serai-params-adapted")).isEmpty();
        }
    }
}
