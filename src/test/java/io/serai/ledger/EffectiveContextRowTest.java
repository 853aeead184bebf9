package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The tokens that a model really had to read, in its row as in its answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EffectiveContextRowTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SILENT =
            "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"window\","
                    + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Yes\"},\"finish_reason\":\"stop\"}]}";
    private static final String SILENT_STREAM =
            "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"window\",\"choices\":"
                    + "[{\"index\":0,\"delta\":{\"content\":\"Yes\"},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String VECTOR =
            "{\"object\":\"list\",\"model\":\"window\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.5]}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}";
    /** Far above the model's context. */
    private static final int MANY = 60;

    private StubUpstream stub;
    private TestBroker broker;
    private Rows rows;

    @BeforeAll
    void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.ledger.enabled", "true")
                .set("serai.retry.attempts", "1")
                .provider(
                        "small",
                        stub,
                        "default_context_size: 4000",
                        "models: [{name: window, condense_context: 80, condense_method: sliding_window}]")
                .start();
        rows = new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db"));
    }

    @AfterAll
    void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @Test
    void ofACondensedAnswerItIsTheProvidersFigure() throws Exception {
        stub.enqueue(Scripts.completion("Yes", 1234, 5));

        JsonNode usage = JSON.readTree(ask("plain", MANY, "{}").body()).path("usage");

        assertThat(usage.path("effective_context").asLong()).isEqualTo(1234);
        assertThat(rows.request("plain"))
                .containsEntry("effective_context", "1234")
                .containsEntry("effective_context_estimated", "0");
        assertCondensed("plain");
    }

    @Test
    void ofACondensedStreamToo() throws Exception {
        stub.enqueue(Scripts.stream(List.of("Yes"), 1235, 5));

        JsonNode usage =
                streamed(ask("streamed", MANY, "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}"));

        assertThat(usage.path("effective_context").asLong()).isEqualTo(1235);
        assertThat(rows.request("streamed"))
                .containsEntry("effective_context", "1235")
                .containsEntry("effective_context_estimated", "0");
        assertCondensed("streamed");
    }

    @Test
    void whereTheProviderSaysNothingItIsTheCountAfterwards() throws Exception {
        stub.enqueue(Scripts.status(200, SILENT));

        JsonNode usage = JSON.readTree(ask("silent", MANY, "{}").body()).path("usage");

        Map<String, String> row = rows.request("silent");
        assertThat(row)
                .containsEntry("effective_context", row.get("condensed_to"))
                .containsEntry(
                        "effective_context", usage.path("effective_context").asText())
                .containsEntry("effective_context_estimated", "1");
        assertCondensed("silent");
    }

    @Test
    void andOfAStreamThatDoesNot() throws Exception {
        stub.enqueue(Scripts.events(SILENT_STREAM, "data: [DONE]\n\n"));

        ask("silent-stream", MANY, "{\"stream\":true}");

        Map<String, String> row = rows.request("silent-stream");
        assertThat(row)
                .containsEntry("effective_context", row.get("condensed_to"))
                .containsEntry("effective_context_estimated", "1");
        assertCondensed("silent-stream");
    }

    @Test
    void whatGoesOutAsItCameHasOneTooAndNothingBeforeIt() throws Exception {
        stub.enqueue(Scripts.completion("Yes", 40, 5));

        ask("short", 1, "{}");

        assertThat(rows.request("short"))
                .containsEntry("effective_context", "40")
                .containsEntry("effective_context_estimated", "0")
                .containsEntry("condensed_from", "null");
    }

    @Test
    void withoutAReplyThereIsNone() throws Exception {
        stub.enqueue(Scripts.status(500, "{}"));

        ask("failed", 1, "{}");

        assertThat(rows.request("failed"))
                .containsEntry("effective_context", "null")
                .containsEntry("effective_context_estimated", "null");
    }

    @Test
    void whatIsNoChatHasNone() throws Exception {
        stub.enqueue(Scripts.status(200, VECTOR));

        HttpResponse<String> answer = broker.post(
                "/v1/embeddings", "{\"model\":\"small/window\",\"input\":\"Hello\"}", "x-request-id", "vectors");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(rows.request("vectors"))
                .containsEntry("in_fresh", "3")
                .containsEntry("effective_context", "null")
                .containsEntry("effective_context_estimated", "null");
    }

    private void assertCondensed(String id) throws Exception {
        Map<String, String> row = rows.request(id);
        assertThat(row).containsEntry("condensed_by", "sliding_window");
        assertThat(Long.parseLong(row.get("condensed_from")))
                .isGreaterThan(4000)
                .isGreaterThan(Long.parseLong(row.get("condensed_to")));
    }

    private HttpResponse<String> ask(String id, int turns, String more) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("model", "small/window");
        ArrayNode messages = body.putArray("messages");
        for (int i = 0; i < turns; i++) {
            messages.addObject().put("role", "user").put("content", "Turn " + i + ":" + " word".repeat(80));
            messages.addObject().put("role", "assistant").put("content", "Noted.");
        }
        messages.addObject().put("role", "user").put("content", "Is it?");
        body.setAll((ObjectNode) JSON.readTree(more));
        return broker.post("/v1/chat/completions", body.toString(), "x-request-id", id);
    }

    private static JsonNode streamed(HttpResponse<String> answer) throws Exception {
        String last = answer.body()
                .lines()
                .filter(line -> line.contains("prompt_tokens"))
                .reduce((before, after) -> after)
                .orElseThrow();
        return JSON.readTree(last.substring("data: ".length())).path("usage");
    }
}
