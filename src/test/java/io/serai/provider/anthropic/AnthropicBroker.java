package io.serai.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.AnthropicRules;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StreamScript;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A broker with one provider of the type, and the vendor behind it: strict, and then friendly. */
final class AnthropicBroker implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private final StubUpstream stub = new StubUpstream();
    private final TestBroker broker;
    private final AnthropicRules rules = new AnthropicRules();
    private volatile Script answer = message("{\"type\":\"text\",\"text\":\"Hi.\"}");

    /** @param more further keys of the provider, in flow style */
    AnthropicBroker(String... more) throws Exception {
        this(TestBroker.with(), more);
    }

    AnthropicBroker(TestBroker.Setup setup, String... more) throws Exception {
        broker = setup.provider("anthropic", "claude", stub.origin(), more).start();
        stub.on(request -> rules.apply(request).orElse(answer));
    }

    /** A whole message with these content blocks, with commas between. */
    static Script message(String blocks) {
        return message(blocks, "end_turn", "{\"input_tokens\":12,\"output_tokens\":6}");
    }

    /** As on https://platform.claude.com/docs/en/api/messages/create. */
    static Script message(String blocks, String stopReason, String usage) {
        return exchange -> {
            String body =
                    "{\"id\":\"msg_013Zva2CMHLNnjNjJKqJ2EF\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""
                            + exchange.request().model() + "\",\"content\":[" + blocks + "],\"stop_reason\":\""
                            + stopReason
                            + "\",\"stop_sequence\":null,\"usage\":" + usage + "}";
            exchange.respond(200, body.getBytes(StandardCharsets.UTF_8), "content-type", "application/json");
        };
    }

    /** A documented stream of {@code streams/anthropic}. */
    static StreamScript stream(String name) throws IOException {
        try (InputStream in = AnthropicBroker.class.getResourceAsStream("/streams/anthropic/" + name + ".sse")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Scripts.events(
                    Arrays.stream(text.split("\n\n")).map(e -> e + "\n\n").toArray(String[]::new));
        }
    }

    StubUpstream stub() {
        return stub;
    }

    TestBroker broker() {
        return broker;
    }

    void answer(Script script) {
        answer = script;
    }

    /** @param fields of the request beside the model, such as {@code "messages": [...]} */
    HttpResponse<String> ask(String model, String fields) throws Exception {
        return broker.post("/v1/chat/completions", "{\"model\":\"claude/" + model + "\"," + fields + "}");
    }

    /** What the vendor received for a request that must succeed. */
    JsonNode sent(String model, String fields) throws Exception {
        HttpResponse<String> reply = ask(model, fields);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return stub.lastRequest().json();
    }

    static String adapted(HttpResponse<String> reply) {
        return reply.headers().firstValue("x-serai-params-adapted").orElse("");
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** The chunks of a stream, without {@code [DONE]}. */
    static List<JsonNode> chunks(String body) {
        return body.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> {
                    try {
                        return json(line.substring("data: ".length()));
                    } catch (IOException e) {
                        throw new AssertionError(line, e);
                    }
                })
                .toList();
    }

    @Override
    public void close() throws Exception {
        broker.close();
        stub.close();
    }
}
