package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.AnthropicRules;
import io.serai.stub.GoogleRules;
import io.serai.stub.OllamaRules;
import io.serai.stub.OpenAiRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each known provider works from nothing but its key in the environment; {@code <ID>_BASE_URL} only leads it to the stub. */
final class KeysAloneTest {
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream().on(KeysAloneTest::vendor);
        TestBroker.Setup setup = TestBroker.with().set("serai.ollama.probe", "50ms");
        for (String id : new String[] {"OPENAI", "OPENROUTER", "GROQ", "SAMBANOVA", "DEEPSEEK"}) {
            setup.env(id + "_API_KEY", "sk-of-" + id).env(id + "_BASE_URL", stub.origin() + "/" + id + "/v1");
        }
        for (String id : new String[] {"ANTHROPIC", "GOOGLE", "OLLAMA"}) {
            setup.env(id + "_API_KEY", "sk-of-" + id).env(id + "_BASE_URL", stub.origin() + "/" + id);
        }
        broker = setup.start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static Script vendor(RecordedRequest request) {
        String path = request.path();
        if (path.endsWith("/chat/completions")) {
            return new OpenAiRules().apply(request).orElse(Scripts.chat("Hello"));
        }
        return switch (path) {
            case "/ANTHROPIC/v1/messages" -> new AnthropicRules().apply(request).orElse(Scripts.status(200, """
                    {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hello"}],
                    "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}"""));
            case "/GOOGLE/v1beta/models/m:generateContent" ->
                new GoogleRules().apply(request).orElse(Scripts.status(200, """
                    {"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP","index":0}],
                    "usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}"""));
            case "/OLLAMA/api/version" -> Scripts.status(200, "{\"version\":\"0.12.0\"}");
            case "/OLLAMA/api/chat" -> new OllamaRules().apply(request).orElse(Scripts.status(200, """
                    {"model":"m","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"Hello"},\
                    "done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":1}"""));
            default -> Scripts.status(404, "{}");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "openai, authorization, Bearer sk-of-OPENAI",
        "openrouter, authorization, Bearer sk-of-OPENROUTER",
        "groq, authorization, Bearer sk-of-GROQ",
        "sambanova, authorization, Bearer sk-of-SAMBANOVA",
        "deepseek, authorization, Bearer sk-of-DEEPSEEK",
        "anthropic, x-api-key, sk-of-ANTHROPIC",
        "google, x-goog-api-key, sk-of-GOOGLE",
        "ollama, authorization, Bearer sk-of-OLLAMA"
    })
    void aKeyIsEnough(String id, String header, String value) throws Exception {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60)) // Ollama is there when it answers
                .until(() -> broker.chat(id + "/m").statusCode() != 404);
        int before = stub.requests().size();
        HttpResponse<String> answer = broker.chat(id + "/m");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"content\":\"Hello\"");
        assertThat(answer.headers().firstValue("x-serai-provider")).hasValue(id);
        RecordedRequest sent = stub.requests().stream()
                .skip(before)
                .filter(r -> r.path().startsWith("/" + id.toUpperCase(Locale.ROOT) + "/"))
                .filter(r -> r.method().equals("POST"))
                .findFirst()
                .orElseThrow();
        assertThat(sent.header(header)).isEqualTo(value);
    }

    @Test
    void googlesOtherVariableDoesToo() throws Exception {
        try (TestBroker gemini = TestBroker.with()
                .env("GEMINI_API_KEY", "sk-of-GEMINI")
                .env("GOOGLE_BASE_URL", stub.origin() + "/GOOGLE")
                .start()) {
            HttpResponse<String> answer = gemini.chat("google/m");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(stub.requests())
                    .filteredOn(r -> "sk-of-GEMINI".equals(r.header("x-goog-api-key")))
                    .hasSize(1);
        }
    }
}
