package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Ollama's documented streams, cut at every line and within every line, in order and broken off: the client gets the whole
 * answer or an error, and never half an answer that looks whole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OllamaCutTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** docs/api.md, Chat request (Streaming). */
    private static final List<String> TEXT = List.of(
            "{\"model\":\"llama3.2\",\"created_at\":\"2023-08-04T08:52:19.385406455-07:00\",\"message\":{\"role\":\"assistant\","
                    + "\"content\":\"The\",\"images\":null},\"done\":false}\n",
            "{\"model\":\"llama3.2\",\"created_at\":\"2023-08-04T08:52:19.5-07:00\",\"message\":{\"role\":\"assistant\","
                    + "\"content\":\" sk\u00fd\",\"images\":null},\"done\":false}\n",
            "{\"model\":\"llama3.2\",\"created_at\":\"2023-08-04T19:22:45.499127Z\",\"message\":{\"role\":\"assistant\","
                    + "\"content\":\"\"},\"done\":true,\"total_duration\":4883583458,\"load_duration\":1334875,"
                    + "\"prompt_eval_count\":26,\"prompt_eval_duration\":342546000,\"eval_count\":282,\"eval_duration\":4535599000}\n");

    /** docs/api.md, Chat request (Streaming with tools), with thinking before it as in docs/capabilities/thinking.mdx. */
    private static final List<String> TOOLS = List.of(
            "{\"model\":\"llama3.2\",\"created_at\":\"2025-07-07T20:22:19.1Z\",\"message\":{\"role\":\"assistant\",\"content\":\"\","
                    + "\"thinking\":\"Tokyo it is.\"},\"done\":false}\n",
            "{\"model\":\"llama3.2\",\"created_at\":\"2025-07-07T20:22:19.184789Z\",\"message\":{\"role\":\"assistant\","
                    + "\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"get_weather\",\"arguments\":{\"city\":\"Tokyo\"}}}]},"
                    + "\"done\":false}\n",
            "{\"model\":\"llama3.2\",\"created_at\":\"2025-07-07T20:22:19.19314Z\",\"message\":{\"role\":\"assistant\","
                    + "\"content\":\"\"},\"done_reason\":\"stop\",\"done\":true,\"total_duration\":182242375,\"load_duration\":41295167,"
                    + "\"prompt_eval_count\":169,\"prompt_eval_duration\":24573166,\"eval_count\":15,\"eval_duration\":115959084}\n");

    private final StubUpstream stub = new StubUpstream();
    private TestBroker broker;

    @BeforeAll
    void start() throws Exception {
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.retry.attempts-per-key", "1")
                .set("serai.breaker.window", "1000")
                .set("serai.breaker.minimum", "1000")
                .provider("ollama", "ollama", stub.origin())
                .start();
    }

    @AfterAll
    void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private enum Cut {
        /** The transfer ends in good order. */
        ENDED,
        /** The connection is closed. */
        CLOSED,
        /** The connection is closed in the middle of a line. */
        WITHIN,
        RESET
    }

    @TestFactory
    Stream<DynamicTest> wherever() {
        List<DynamicTest> tests = new ArrayList<>();
        for (List<String> lines : List.of(TEXT, TOOLS)) {
            for (Cut cut : Cut.values()) {
                for (int i = 0; i <= lines.size(); i++) {
                    int after = i;
                    String name = (lines == TEXT ? "text " : "tools ") + cut + " after " + i;
                    tests.add(DynamicTest.dynamicTest(name, () -> cut(lines, cut, after)));
                }
            }
        }
        tests.add(DynamicTest.dynamicTest("byte by byte", () -> {
            HttpResponse<String> reply =
                    ask(Scripts.events(TEXT.toArray(String[]::new)).inPieces(1));
            assertThat(text(reply)).isEqualTo("The sk\u00fd");
            assertThat(reply.body()).contains("\"finish_reason\":\"stop\"", "data: [DONE]");
        }));
        return tests.stream();
    }

    private HttpResponse<String> ask(io.serai.stub.StreamScript script) throws Exception {
        stub.on(r -> script.headers("content-type", "application/x-ndjson"));
        return broker.chat("ollama/llama3.2", "\"stream\":true");
    }

    private void cut(List<String> lines, Cut cut, int after) throws Exception {
        io.serai.stub.StreamScript whole = Scripts.events(lines.toArray(String[]::new));
        HttpResponse<String> reply = ask(
                switch (cut) {
                    case ENDED -> whole.endAfter(after);
                    case CLOSED -> whole.cutAfter(after);
                    case WITHIN -> whole.cutWithin(after);
                    case RESET -> whole.resetAfter(after);
                });
        boolean complete = after == lines.size();
        if (after == 0) {
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(502);
            assertThat(JSON.readTree(reply.body()).path("error").path("code").asText())
                    .isEqualTo("upstream_error");
        } else if (complete) {
            assertThat(reply.body()).endsWith("data: [DONE]\n\n").doesNotContain("\"error\"");
            assertThat(reply.body()).contains(lines == TEXT ? "\"stop\"" : "\"tool_calls\"");
        } else if (reply.statusCode() == 200) {
            assertThat(reply.body()).contains("data: {\"error\":").doesNotContain("[DONE]", "finish_reason\":\"");
        } else {
            assertThat(cut).isEqualTo(Cut.RESET); // what was sent before it may be lost on the way
            assertThat(reply.statusCode()).isEqualTo(502);
        }
    }

    private static String text(HttpResponse<String> reply) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String line : reply.body().lines().toList()) {
            if (line.startsWith("data: {")) {
                JsonNode chunk = JSON.readTree(line.substring(6));
                text.append(chunk.at("/choices/0/delta/content").asText(""));
            }
        }
        return text.toString();
    }
}
