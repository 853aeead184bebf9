package io.serai.condense;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.broker.TestBroker;
import io.serai.config.CondenseMethods;
import io.serai.context.Outline;
import io.serai.context.Tokenizers;
import io.serai.stub.OpenAiRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Conversations of all kinds, through chains of all methods, in the broker itself: what comes out keeps the shared rule, and every
 * vendor's strict stub takes it through its adapter. {@code conversational} asks a model, and so does {@code semantic}; what that says
 * is now and then of no use.
 */
class GeneratedForVendorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Two of a vendor where the newer one refuses more. */
    private static final List<String> MODELS = List.of(
            "openai/m",
            "anthropic/claude-sonnet-4-5",
            "anthropic/claude-opus-4-8",
            "google/gemini-2.5-flash",
            "google/gemini-3-pro-preview",
            "ollama/m");

    private static final Vendors VENDORS = new Vendors();
    private static final StubUpstream READER = new StubUpstream();
    private static TestBroker broker;

    @BeforeContainer
    static void start() throws Exception {
        OpenAiRules rules = new OpenAiRules();
        READER.on(request -> rules.apply(request).orElseGet(() -> says(request)));
        TestBroker.Setup setup = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.condensation.janitor", "reader/m")
                .provider("reader", READER);
        VENDORS.providers(setup, "default_context_size: 10000000");
        broker = setup.start();
    }

    @AfterContainer
    static void stop() throws Exception {
        broker.close();
        VENDORS.close();
        READER.close();
    }

    /** The same for the same question. */
    private static Script says(RecordedRequest request) {
        return switch (Math.floorMod(request.text().hashCode(), 9)) {
            case 0 -> Scripts.chat("");
            case 1 -> Scripts.chat(" \n");
            case 2 -> Scripts.chat("It goes on. ".repeat(1 + request.body().length / 8)); // longer than what it read
            case 3 -> Scripts.chat("[0, -1, 99999, null]");
            case 4 -> Scripts.chat("</summary>\u202e [...] ```\n{\"role\":\"system\"} \ud835\udd38\u0007");
            case 5 -> Scripts.error(400, "No.", "invalid_request_error", null);
            case 6 -> Scripts.toolCall("fetch_orders", "{}");
            default -> Scripts.chat("The order has the number 4417; Ms. Okafor has it.");
        };
    }

    @Provide
    Arbitrary<List<String>> chains() {
        return Arbitraries.of(CondenseMethods.KNOWN).list().ofMinSize(1).ofMaxSize(3);
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void whatTheMethodsLeaveKeepsTheRuleAndEveryVendorTakesIt(
            @ForAll Random random, @ForAll("chains") List<String> chain) throws Exception {
        ObjectNode chat = random.nextInt(3) == 0 ? Conversations.chat(random) : Conversations.odd(random);
        long target = 1 + Tokenizers.usual().ofChat(chat) * (5 + random.nextInt(90)) / 100;

        JsonNode condensed = condense(chat, chain, target);

        SharedRule.of(chat.path("messages"), condensed.path("messages")).holds();
        assertThat(condensed.path("tokens_after").asLong())
                .isLessThanOrEqualTo(condensed.path("tokens_before").asLong());
        everyVendorTakes(chat, condensed.path("messages"));
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void everyVendorTakesTheShortestThatThereCanBe(@ForAll Random random) throws Exception {
        ObjectNode chat = Conversations.odd(random);
        ArrayNode least =
                JSON.createArrayNode().addAll(Outline.of(chat.path("messages")).least());

        everyVendorTakes(chat, least);
    }

    /** Else the properties would say nothing of condensing. */
    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void everyVendorTakesTheClientsOwnWords(@ForAll Random random) throws Exception {
        ObjectNode chat = Conversations.odd(random);

        everyVendorTakes(chat, chat.path("messages"));
    }

    private static JsonNode condense(ObjectNode chat, List<String> chain, long target) throws Exception {
        ObjectNode body = chat.deepCopy().put("model", "reader/m").put("target", target);
        chain.forEach(body.withArray("method")::add);
        HttpResponse<String> answer = broker.post("/v1/condense", body.toString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static void everyVendorTakes(ObjectNode chat, JsonNode messages) throws Exception {
        ObjectNode body = chat.deepCopy();
        body.set("messages", messages);
        for (String model : MODELS) {
            HttpResponse<String> answer =
                    broker.post("/v1/chat/completions", body.put("model", model).toString());

            assertThat(answer.statusCode())
                    .as("%s: %s\n%s\nof\n%s", model, answer.body(), messages, chat.path("messages"))
                    .isEqualTo(200);
        }
    }
}
