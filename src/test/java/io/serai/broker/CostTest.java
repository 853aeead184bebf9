package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request cost, where its client and its operator read it. The stub counts 12 tokens in and 5 out. */
final class CostTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HELLO = "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]";
    /** 12 at 3 and 5 at 15 dollars a million. */
    private static final BigDecimal USD = new BigDecimal("0.000111");

    private static StubUpstream stub;
    private static TestBroker broker;
    private RequestLog log;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider(
                        "acme",
                        stub,
                        "models: [{name: dear, pricing: {prompt: 0.000003, completion: 0.000015},"
                                + " price_rules: [{service_tier: flex, factor: 0.5}]},"
                                + " {name: dear-2026-01-31, pricing: {prompt: 0.000006, completion: 0.00003}}, {name: nameless},"
                                // two digits of the sum for each kind of token
                                + " {name: medium, pricing: {image_token: 0.001, audio: 0.00001, input_cache_read: 0.0000001, prompt: 0.000000001,"
                                + " completion: 0.00000000001, audio_output: 0.0000000000001, image_output: 0.000000000000001}}]")
                .provider("giver", stub)
                .file("config/models.yaml", """
                        models:
                          gift:
                            context_window: 1000
                            backends: [{provider: giver, model_id: gift, free: true}]
                          gifts:
                            free: true
                            context_window: 1000
                            backends: [{provider: giver, model_id: gifts}]
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @BeforeEach
    void listen() {
        log = new RequestLog();
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static HttpResponse<String> ask(String model, String more) throws Exception {
        return broker.post("/v1/chat/completions", "{\"model\": \"" + model + "\", " + HELLO + more + "}");
    }

    @Test
    void aPlainAnswerSaysItInAHeaderAndTheLogInALine() throws Exception {
        HttpResponse<String> reply = ask("acme/dear", "");

        assertThat(new BigDecimal(reply.headers().firstValue("x-serai-cost-usd").orElseThrow()))
                .isEqualByComparingTo(USD);
        assertThat(JSON.readTree(reply.body()).path("usage").has("cost")).isFalse();
        assertThat(line(reply)).containsEntry("cost_usd", "0.000111");
    }

    @ParameterizedTest
    @CsvSource({"gift", "gifts", "giver/gift"})
    void whatIsSaidToBeFreeCostsNothing(String model) throws Exception {
        HttpResponse<String> reply = ask(model, "");

        assertThat(reply.headers().firstValue("x-serai-cost-usd")).contains("0");
        assertThat(line(reply)).containsEntry("cost_usd", "0").doesNotContainKey("cost");
    }

    @Test
    void whatHasNoPriceIsUnpricedAndNotFree() throws Exception {
        HttpResponse<String> reply = ask("acme/nameless", ", \"usage\": {\"include\": true}");

        assertThat(reply.headers().firstValue("x-serai-cost-usd")).isEmpty();
        assertThat(JSON.readTree(reply.body()).at("/usage/cost").isNull()).isTrue();
        assertThat(line(reply)).containsEntry("cost", "unpriced").doesNotContainKey("cost_usd");
    }

    @Test
    void whoAsksGetsItInTheUsageAndTheProviderIsNotBothered() throws Exception {
        HttpResponse<String> reply = ask("acme/dear", ", \"usage\": {\"include\": true}");

        assertThat(JSON.readTree(reply.body()).at("/usage/cost").decimalValue()).isEqualByComparingTo(USD);
        assertThat(JSON.readTree(stub.lastRequest().body()).has("usage")).isFalse();
    }

    @Test
    void aStreamSaysItInItsUsageAndInItsComment() throws Exception {
        String stream = ask("acme/dear", ", \"stream\": true, \"usage\": {\"include\": true}")
                .body();

        assertThat(usage(stream).path("cost").decimalValue()).isEqualByComparingTo(USD);
        assertThat(stream).containsPattern(": serai .*cost-usd=0.000111\n");
    }

    /** A short one: its usage is read before anybody knows that it has begun. */
    @ParameterizedTest
    @ValueSource(strings = {"dear", "dear-2026-01-31"})
    void aStreamThatComesAtOnceSaysItToo(String served) throws Exception {
        String start =
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"" + served + "\",";
        stub.enqueue(Scripts.events(start
                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n"
                + start
                + "\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":17}}\n\n"
                + "data: [DONE]\n\n"));

        String stream = ask("acme/dear", ", \"stream\": true, \"usage\": {\"include\": true}")
                .body();

        String cost = served.equals("dear") ? "0.000111" : "0.000222";
        assertThat(stream).containsPattern(": serai .*cost-usd=" + cost + "\n");
        assertThat(usage(stream).path("cost").decimalValue()).isEqualByComparingTo(cost);
    }

    @Test
    void theTierThatTheProviderServedDecides() throws Exception {
        stub.enqueue(Scripts.status(
                200,
                "{\"id\": \"c\", \"object\": \"chat.completion\", \"created\": 1, \"model\": \"dear\", \"service_tier\": \"flex\","
                        + " \"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"Hi\"}, \"finish_reason\": \"stop\"}],"
                        + " \"usage\": {\"prompt_tokens\": 12, \"completion_tokens\": 5, \"total_tokens\": 17}}"));

        assertThat(ask("acme/dear", "").headers().firstValue("x-serai-cost-usd"))
                .contains("0.0000555");
    }

    /** The shapes of https://platform.openai.com/docs/api-reference, of images, audio and their events. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /v1/images/generations       | {"input_tokens":60,"input_tokens_details":{"text_tokens":20,"image_tokens":40,"cached_tokens":7},"output_tokens":55,"output_tokens_details":{"text_tokens":5,"image_tokens":50}} | 40000713.050050
            /v1/images/edits             | {"input_tokens":60,"input_tokens_details":{"text_tokens":20,"image_tokens":40},"output_tokens":55}                                                                        | 40000020.000055
            /v1/audio/transcriptions     | {"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":5}                                                           | 100004.05
            /v1/audio/transcriptions     | {"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10,"cached_tokens":3},"output_tokens":5}                                         | 100301.05
            /v1/audio/speech             | {"input_tokens":4,"output_tokens":9}                                                                                                                                      | 4.0009
            /v1/images/generations       | {"input_tokens":5,"input_tokens_details":{"image_tokens":9,"cached_tokens":9},"output_tokens":1,"output_tokens_details":{"text_tokens":9}}                                 | 5000000.01
            """)
    void eachKindOfTokenOfAMediumHasItsOwnPrice(String door, String usage, String usd) throws Exception {
        Form form = new Form().field("model", "acme/medium").field("prompt", "x");
        Form whole = form.field("stream", door.endsWith("edits") ? "true" : "false")
                .file(door.contains("images") ? "image" : "file", "a", "image/png", new byte[10]);
        if (door.endsWith("speech")) {
            stub.enqueue(Scripts.events("data: {\"type\":\"speech.audio.done\",\"usage\":" + usage + "}\n\n"));
        } else if (door.endsWith("edits")) {
            stub.enqueue(Scripts.events("data: {\"type\":\"image_edit.completed\",\"usage\":" + usage + "}\n\n"));
        } else {
            stub.enqueue(Scripts.status(
                    200, "{\"text\":\"x\",\"data\":[{}],\"usage\":" + usage + "}", "content-type", "application/json"));
        }

        HttpResponse<String> reply = door.endsWith("speech") || door.endsWith("generations")
                ? broker.post(
                        door, "{\"model\":\"acme/medium\",\"input\":\"x\",\"prompt\":\"x\",\"stream_format\":\"sse\"}")
                : broker.http().send(whole.to(broker, door).build(), HttpResponse.BodyHandlers.ofString());

        Map<String, String> line = line(reply);
        assertThat(line).as("the line of the log").containsKey("cost_usd");
        assertThat(new BigDecimal(line.get("cost_usd")).movePointRight(9)).isEqualByComparingTo(usd);
    }

    private Map<String, String> line(HttpResponse<String> reply) throws Exception {
        return log.await(reply.headers().firstValue("x-request-id").orElseThrow());
    }

    private static JsonNode usage(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(CostTest::tree)
                .map(chunk -> chunk.path("usage"))
                .filter(JsonNode::isObject)
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode tree(String line) {
        try {
            return JSON.readTree(line.substring("data: ".length()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
