package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.broker.TestBroker;
import io.serai.config.CondenseMethods;
import io.serai.context.Tokenizers;
import io.serai.stub.AnthropicRules;
import io.serai.stub.GoogleRules;
import io.serai.stub.OllamaRules;
import io.serai.stub.OpenAiRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method leaves of a conversation with tools, pictures and thinking is something that every vendor takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VendorsAcceptTest {
    private static final int EACH = 3;

    private final Map<String, StubUpstream> vendors = new LinkedHashMap<>();
    private TestBroker broker;

    @BeforeAll
    void start() throws Exception {
        vendor(
                "openai",
                new OpenAiRules(),
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                        + "\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"Yes.\"}}]}");
        vendor(
                "anthropic",
                new AnthropicRules(),
                "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":"
                        + "\"text\",\"text\":\"Yes.\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}");
        vendor(
                "google",
                new GoogleRules(),
                "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Yes.\"}]},\"finishReason\":"
                        + "\"STOP\",\"index\":0}]}");
        vendor(
                "ollama",
                new OllamaRules(),
                "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\","
                        + "\"content\":\"Yes.\"},\"done\":true,\"done_reason\":\"stop\"}");
        String models = CondenseMethods.KNOWN.stream()
                .map(method -> "{name: " + method + ", context_size: 50000, condense_context: 1, condense_method: "
                        + method + "}")
                .collect(Collectors.joining(", ", "models: [", "]"));
        TestBroker.Setup setup = TestBroker.with();
        vendors.forEach((kind, stub) ->
                setup.provider(kind, kind, kind.equals("openai") ? stub.baseUrl() : stub.origin(), models));
        broker = setup.start();
    }

    private void vendor(String kind, Function<RecordedRequest, Optional<Script>> rules, String answer) {
        StubUpstream stub = new StubUpstream();
        stub.on(request -> rules.apply(request).orElseGet(() -> Scripts.status(200, answer)));
        vendors.put(kind, stub);
    }

    @AfterAll
    void stop() throws Exception {
        broker.close();
        for (StubUpstream stub : vendors.values()) {
            stub.close();
        }
    }

    static Stream<Arguments> combinations() {
        return Stream.of("openai", "anthropic", "google", "ollama")
                .flatMap(kind -> CondenseMethods.KNOWN.stream().map(method -> Arguments.of(kind, method)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("combinations")
    void itTakesWhatTheMethodLeaves(String kind, String method) throws Exception {
        for (ObjectNode chat : conversations()) {
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions",
                    chat.put("model", kind + "/" + method).toString());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-condensed").orElse(""))
                    .startsWith(method + ";");
        }
    }

    /** Some that are to become shorter by half at least, and can. */
    private static List<ObjectNode> conversations() {
        List<ObjectNode> some = new ArrayList<>();
        for (long seed = 1; some.size() < EACH; seed++) {
            ObjectNode chat = Conversations.chat(new Random(seed));
            boolean pictures = chat.toString().contains("image_url");
            if (Tokenizers.usual().ofChat(chat) > 1500 && (pictures || some.isEmpty())) {
                some.add(chat);
            }
        }
        return some;
    }
}
