package io.serai.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the client gets of the vendor's answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AnswerTest {
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]";
    private static final String STREAM = HELLO + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

    private AnthropicBroker vendor;

    @BeforeAll
    void start() throws Exception {
        vendor = new AnthropicBroker();
    }

    @AfterAll
    void stop() throws Exception {
        vendor.close();
    }

    private JsonNode plain() throws Exception {
        HttpResponse<String> reply = vendor.ask("m", HELLO);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return AnthropicBroker.json(reply.body());
    }

    private List<JsonNode> streamed(String name) throws Exception {
        vendor.answer(AnthropicBroker.stream(name));
        HttpResponse<String> reply = vendor.ask("m", STREAM);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).endsWith("data: [DONE]\n\n");
        return AnthropicBroker.chunks(reply.body());
    }

    private static String text(List<JsonNode> chunks, String field) {
        StringBuilder text = new StringBuilder();
        chunks.forEach(c ->
                text.append(c.path("choices").path(0).path("delta").path(field).asText("")));
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, stop",
        "stop_sequence, stop",
        "pause_turn, stop",
        "max_tokens, length",
        "model_context_window_exceeded, length",
        "tool_use, tool_calls",
        "refusal, content_filter",
        "novelty, stop",
    })
    void everyStopReasonHasItsFinishReason(String stop, String finish) throws Exception {
        vendor.answer(AnthropicBroker.message(
                "{\"type\":\"text\",\"text\":\"x\"}", stop, "{\"input_tokens\":1,\"output_tokens\":1}"));

        assertThat(plain().at("/choices/0/finish_reason").asText()).isEqualTo(finish);
    }

    @Test
    void textsAreJoinedAndWhatOnlyTheVendorKnowsIsPassedOver() throws Exception {
        vendor.answer(AnthropicBroker.message("""
                {"type":"text","text":"I look. "},
                {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}},
                {"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]},
                {"type":"novelty"},
                {"type":"text","text":"Rain.","citations":[
                  {"type":"web_search_result_location","url":"https://weather.example/","title":"Weather","cited_text":"Rain"},
                  {"type":"char_location","cited_text":"Rain","document_index":0,"document_title":"Diary",
                   "file_id":"file_01","start_char_index":5,"end_char_index":9},
                  {"type":"page_location","cited_text":"Rain","document_index":1,"document_title":null,
                   "file_id":null,"start_page_number":1,"end_page_number":2},
                  {"type":"search_result_location","cited_text":"Rain","search_result_index":0,"source":"https://kb.example/1",
                   "title":"Rain","start_block_index":0,"end_block_index":1}]}""", "end_turn", """
                {"input_tokens":10,"cache_read_input_tokens":20,"cache_creation_input_tokens":70,
                 "cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":40},
                 "output_tokens":9,"output_tokens_details":{"thinking_tokens":4},
                 "server_tool_use":{"web_search_requests":1}}"""));

        JsonNode reply = plain();

        assertThat(reply.at("/choices/0/message/content").asText()).isEqualTo("I look. Rain.");
        assertThat(reply.at("/choices/0/message").has("tool_calls")).isFalse();
        assertThat(reply.at("/choices/0/message/annotations")).isEqualTo(AnthropicBroker.json("""
                [{"type":"url_citation","url_citation":{"start_index":8,"url":"https://weather.example/",
                  "title":"Weather","end_index":13},
                  "citation":{"type":"web_search_result_location","url":"https://weather.example/","title":"Weather",
                  "cited_text":"Rain"}},
                 {"type":"file_citation","file_citation":{"start_index":8,"file_id":"file_01","filename":"Diary","end_index":13},
                  "citation":{"type":"char_location","cited_text":"Rain","document_index":0,"document_title":"Diary",
                  "file_id":"file_01","start_char_index":5,"end_char_index":9}},
                 {"type":"file_citation","file_citation":{"start_index":8,"filename":"","end_index":13},
                  "citation":{"type":"page_location","cited_text":"Rain","document_index":1,"document_title":null,
                  "file_id":null,"start_page_number":1,"end_page_number":2}},
                 {"type":"url_citation","url_citation":{"start_index":8,"url":"https://kb.example/1","title":"Rain",
                  "end_index":13},
                  "citation":{"type":"search_result_location","cited_text":"Rain","search_result_index":0,
                  "source":"https://kb.example/1","title":"Rain","start_block_index":0,"end_block_index":1}}]"""));
        assertThat(reply.path("usage")).isEqualTo(AnthropicBroker.json("""
                {"prompt_tokens":100,"completion_tokens":9,"total_tokens":109,
                 "prompt_tokens_details":{"cached_tokens":20,"cache_write_tokens":70},
                 "completion_tokens_details":{"reasoning_tokens":4},"effective_context":100}"""));
    }

    @Test
    void aSearchOfTheVendorsIsNoToolCallOfTheClients() throws Exception {
        List<JsonNode> chunks = streamed("web-search");

        assertThat(text(chunks, "content"))
                .isEqualTo("I'll check the current weather in New York City for you.Here's the current weather: Rain.");
        assertThat(chunks).noneMatch(c -> c.toString().contains("tool_calls"));
        assertThat(chunks.stream()
                        .map(c -> c.at("/choices/0/delta/annotations"))
                        .filter(JsonNode::isArray))
                .containsExactly(AnthropicBroker.json("""
                        [{"type":"url_citation","url_citation":{"start_index":56,"url":"https://weather.example/",
                          "title":"Weather in New York City","end_index":89},
                          "citation":{"type":"web_search_result_location","url":"https://weather.example/",
                          "title":"Weather in New York City","encrypted_index":"Eo8BCio","cited_text":"Rain"}}]"""));
        assertThat(chunks.getLast().at("/usage/prompt_tokens").asInt()).isEqualTo(10682);
        assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(510);
    }

    @Test
    void whatADocumentSaidIsCitedInAStream() throws Exception {
        List<JsonNode> chunks = streamed("citations");

        assertThat(text(chunks, "content")).isEqualTo("According to the document, the grass is green.");
        assertThat(chunks.stream()
                        .map(c -> c.at("/choices/0/delta/annotations"))
                        .filter(JsonNode::isArray))
                .containsExactly(AnthropicBroker.json("""
                        [{"type":"file_citation","file_citation":{"start_index":27,"filename":"Example Document",
                          "end_index":45},
                          "citation":{"type":"char_location","cited_text":"The grass is green.","document_index":0,
                          "document_title":"Example Document","start_char_index":0,"end_char_index":20}}]"""));
    }

    @Test
    void toolsAreCountedFromZeroWhateverTheirBlocks() throws Exception {
        List<JsonNode> calls = new ArrayList<>();
        streamed("tool").forEach(c -> c.at("/choices/0/delta/tool_calls").forEach(calls::add));

        assertThat(calls.getFirst()).isEqualTo(AnthropicBroker.json("""
                {"index":0,"id":"toolu_01T1x1fJ34qAmk2tNTrN7Up6","type":"function",
                 "function":{"name":"get_weather","arguments":""}}"""));
        assertThat(calls).allMatch(c -> c.path("index").asInt() == 0);
        StringBuilder arguments = new StringBuilder();
        calls.forEach(c -> arguments.append(c.at("/function/arguments").asText()));
        assertThat(arguments.toString()).isEqualTo("{\"location\": \"San Francisco, CA\", \"unit\": \"fahrenheit\"}");
    }

    @Test
    void aSignatureComesWithItsThinkingWhenTheBlockEndsAlsoWhenTheTextIsHidden() throws Exception {
        List<JsonNode> blocks = new ArrayList<>();
        List<JsonNode> chunks = streamed("redacted-thinking");
        chunks.forEach(c -> c.at("/choices/0/delta/thinking_blocks").forEach(blocks::add));

        assertThat(blocks)
                .containsExactly(
                        AnthropicBroker.json(
                                "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"EosnCkYICxIMMb3LzNrMu==\"}"),
                        AnthropicBroker.json(
                                "{\"type\":\"redacted_thinking\",\"data\":\"EmwKAhgBEgy3va3pzix/LafPsn4=\"}"));
        assertThat(text(chunks, "content")).isEqualTo("Done.");
    }

    @Test
    void laterFiguresNeverZeroEarlierOnesAndNewKindsOfEventsArePassedOver() throws Exception {
        List<JsonNode> chunks = streamed("cached");

        assertThat(text(chunks, "content")).isEqualTo("Cached.");
        assertThat(chunks.getLast().path("usage")).isEqualTo(AnthropicBroker.json("""
                {"prompt_tokens":4096,"completion_tokens":503,"total_tokens":4599,
                 "prompt_tokens_details":{"cached_tokens":1800,"cache_write_tokens":248},"effective_context":4096}"""));
    }

    @Test
    void usageStaysWithTheBrokerUnlessItWasAskedFor() throws Exception {
        vendor.answer(AnthropicBroker.stream("text"));

        HttpResponse<String> reply = vendor.ask("m", HELLO + ",\"stream\":true");

        assertThat(reply.body()).doesNotContain("usage").contains("\"content\":\"Hello\"");
    }

    @Test
    void anErrorUnder200IsAnErrorAllTheSame() throws Exception {
        try (AnthropicBroker failing =
                new AnthropicBroker(io.serai.broker.TestBroker.with().set("serai.retry.attempts", "1"))) {
            failing.answer(io.serai.stub.AnthropicRules.error(200, "overloaded_error", "Overloaded"));

            assertThat(failing.ask("m", HELLO).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void anErrorInTheMiddleEndsTheStreamWithIt() throws Exception {
        try (AnthropicBroker failing = new AnthropicBroker()) {
            failing.answer(AnthropicBroker.stream("overloaded.error"));
            HttpResponse<String> reply = failing.ask("m", STREAM);

            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.body()).contains("\"content\":\"Hel\"").doesNotContain("[DONE]");
            assertThat(AnthropicBroker.chunks(reply.body())
                            .getLast()
                            .at("/error/message")
                            .asText())
                    .contains("Overloaded");
        }
    }

    @Test
    void pingsDoNotKeepAStalledModelAlive() throws Exception {
        try (AnthropicBroker stalling = new AnthropicBroker("timeouts: {idle: 0.3}")) {
            stalling.answer(exchange -> {
                exchange.startChunks(200, "content-type", "text/event-stream");
                exchange.chunk(event(
                        "content_block_delta", ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"one\"}"));
                for (int i = 0; i < 600; i++) {
                    exchange.chunk(event("ping", ""));
                    exchange.pause(Duration.ofMillis(50));
                }
            });

            HttpResponse<String> reply = stalling.ask("m", STREAM);

            assertThat(AnthropicBroker.chunks(reply.body())
                            .getLast()
                            .at("/error/message")
                            .asText())
                    .contains("idle timeout");
            stalling.stub().lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
        }
    }

    private static byte[] event(String type, String more) {
        return ("event: " + type + "\ndata: {\"type\":\"" + type + "\"" + more + "}\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
