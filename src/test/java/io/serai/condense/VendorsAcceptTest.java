package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.broker.TestBroker;
import io.serai.config.CondenseMethods;
import io.serai.context.Tokenizers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    private final Vendors vendors = new Vendors();
    private TestBroker broker;

    @BeforeAll
    void start() throws Exception {
        String models = CondenseMethods.KNOWN.stream()
                .map(method -> "{name: " + method + ", context_size: 50000, condense_context: 1, condense_method: "
                        + method + "}")
                .collect(Collectors.joining(", ", "models: [", "]"));
        TestBroker.Setup setup = TestBroker.with();
        vendors.providers(setup, models);
        broker = setup.start();
    }

    @AfterAll
    void stop() throws Exception {
        broker.close();
        vendors.close();
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
