package io.serai.condense;

import io.serai.broker.TestBroker;
import io.serai.stub.AnthropicRules;
import io.serai.stub.GoogleRules;
import io.serai.stub.OllamaRules;
import io.serai.stub.OpenAiRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A strict stub for each kind of provider; whatever it takes it answers with "Yes." */
final class Vendors implements AutoCloseable {
    private final Map<String, StubUpstream> stubs = new LinkedHashMap<>();

    Vendors() {
        add(
                "openai",
                new OpenAiRules(),
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"Yes.\"}}]}");
        add(
                "anthropic",
                new AnthropicRules(),
                "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":"
                        + "\"text\",\"text\":\"Yes.\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}");
        add(
                "google",
                new GoogleRules(),
                "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Yes.\"}]},\"finishReason\":"
                        + "\"STOP\",\"index\":0}]}");
        add(
                "ollama",
                new OllamaRules(),
                "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"Yes.\"},\"done\":true,\"done_reason\":\"stop\"}");
    }

    private void add(String kind, Function<RecordedRequest, Optional<Script>> rules, String answer) {
        StubUpstream stub = new StubUpstream();
        stub.on(request -> rules.apply(request).orElseGet(() -> Scripts.status(200, answer)));
        stubs.put(kind, stub);
    }

    /** A provider for each, under the name of its kind. */
    void providers(TestBroker.Setup setup, String... more) {
        stubs.forEach((kind, stub) ->
                setup.provider(kind, kind, kind.equals("openai") ? stub.baseUrl() : stub.origin(), more));
    }

    @Override
    public void close() {
        stubs.values().forEach(StubUpstream::close);
    }
}
