package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Content as a list of thoughts and texts (https://docs.mistral.ai/capabilities/reasoning), which OpenAI's clients can't read. */
final class ThinkingPartsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String THOUGHT =
            "{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Two and \"},{\"type\":\"text\",\"text\":\"two.\"}]}";
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with().provider("mistral", stub).start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static void answers(String content) {
        stub.enqueue(Scripts.status(
                200,
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
                        + "{\"role\":\"assistant\",\"tool_calls\":null,\"content\":" + content
                        + "},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"total_tokens\":56,\"completion_tokens\":46}}",
                "content-type",
                "application/json"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            [THOUGHT,{"type":"text","text":"Four"},{"type":"text","text":"."}] | "Four." | Two and two.
            [THOUGHT]                                                          | null    | Two and two.
            [{"type":"text","text":"Four."}]                                   | "Four." |
            """)
    void thoughtsAndTextsAreEachOneText(String content, String text, String thoughts) throws Exception {
        answers(content.replace("THOUGHT", THOUGHT));

        JsonNode message = JSON.readTree(broker.chat("mistral/m").body()).at("/choices/0/message");

        assertThat(message.get("content")).isEqualTo(JSON.readTree(text));
        assertThat(message.path("reasoning_content").textValue()).isEqualTo(thoughts);
        assertThat(message.path("role").asText()).isEqualTo("assistant");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            [{"type":"text","text":"So [1]"},{"type":"reference","reference_ids":[1]}]
            [{"type":"thinking","thinking":[{"type":"reference","reference_ids":[1]}]}]
            [{"type":"thinking","thinking":"bare"}]
            "only text"
            """)
    void whatIsNeitherStaysAsItIs(String content) throws Exception {
        answers(content);

        JsonNode message = JSON.readTree(broker.chat("mistral/m").body()).at("/choices/0/message");

        assertThat(message.get("content")).isEqualTo(JSON.readTree(content));
        assertThat(message.has("reasoning_content")).isFalse();
    }

    @Test
    void inAStreamToo() throws Exception {
        stub.enqueue(Scripts.events(
                chunk("\"role\":\"assistant\",\"content\":[" + THOUGHT + "]", "null", ""),
                chunk("\"content\":[{\"type\":\"text\",\"text\":\"Fo\"}]", "null", ""),
                chunk("\"content\":\"ur\"", "null", ""),
                chunk("\"content\":\"\"", "\"stop\"", ",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":46}"),
                "data: [DONE]\n\n"));

        HttpResponse<String> answer = broker.chat("mistral/m", "\"stream\":true");

        assertThat(answer.body().lines().filter(line -> line.startsWith("data: {")))
                .extracting(line ->
                        JSON.readTree(line.substring(6)).at("/choices/0/delta").toString())
                .containsExactly(
                        "{\"role\":\"assistant\",\"reasoning_content\":\"Two and two.\"}",
                        "{\"content\":\"Fo\"}",
                        "{\"content\":\"ur\"}",
                        "{\"content\":\"\"}");
        assertThat(answer.body()).doesNotContain("usage").endsWith("data: [DONE]\n\n");
    }

    private static String chunk(String delta, String finish, String more) {
        return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                + "\"delta\":{" + delta + "},\"finish_reason\":" + finish + "}]" + more + "}\n\n";
    }
}
