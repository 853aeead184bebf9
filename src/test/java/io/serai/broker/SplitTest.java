package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.serai.stub.AnthropicRules;
import io.serai.stub.OpenAiRules;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests above {@code max_request_tokens}: in parts to the provider, in one answer to the client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SplitTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARAGRAPHS = 150;
    private static final Pattern PART = Pattern.compile("follows now is part (\\d+) of (\\d+)");
    private static final String RULE = "You are a careful reader.";
    private static final String QUESTION = "Which numbers are prime?";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final OpenAiRules openAi = new OpenAiRules();
    private final AnthropicRules anthropic = new AnthropicRules();
    private StubUpstream small;
    private StubUpstream claude;
    private StubUpstream large;
    private TestBroker broker;
    private OpenAIClient client;
    private volatile Function<Integer, Script> part;
    private volatile Script merge;
    private volatile Script picker;
    private long smallBefore;
    private long claudeBefore;
    private long largeBefore;

    @BeforeAll
    void start() throws Exception {
        small = new StubUpstream();
        claude = new StubUpstream();
        large = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .set("serai.hedging.max-usd-per-hour", "1000")
                .provider("small", small, "default_max_request_tokens: 1000")
                .provider("anthropic", "claude", claude.origin(), "default_max_request_tokens: 1000")
                .provider("large", large)
                .provider("tiny", small, "default_max_request_tokens: 100")
                .file("config/autoselect.yaml", """
                        whole: {selection_model: tiny/picker, fallback: large/m, available_models: [
                          {model_id: large/n, description: One}, {model_id: large/o, description: Another}]}
                        parts: {selection_model: small/picker, fallback: small/m, available_models: [
                          {model_id: large/n, description: One}, {model_id: large/o, description: Another}]}
                        """)
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          either: {capabilities: [], context_window: 100000, backends: [
                            {provider: small, model_id: m, priority: 1}, {provider: large, model_id: m, priority: 2}]}
                        """)
                .file("config/rotations.yaml", """
                        rotations:
                          mix: {providers: [{provider_id: small, models: [{name: m}]}, {provider_id: large, models: [{name: m}]}]}
                          council: {strategy: panel, judge: large/j, width: 2, providers: [{provider_id: small, models: [{name: m}]}, {provider_id: claude, models: [{name: c}]}]}
                          limited: {default_max_request_tokens: 1500, providers: [{provider_id: large, models: [{name: m}]}]}
                        """)
                .file(
                        "config/prompts/split_merge.md",
                        "<!-- of this test -->\nMERGE ALL\n{{question}}\nWhat was found:\n{{answers}}\n")
                .start();
        small.on(request -> answer(request, openAi));
        large.on(request -> answer(request, openAi));
        claude.on(request -> answer(request, anthropic));
        client = OpenAIOkHttpClient.builder()
                .baseUrl(broker.url("/v1"))
                .apiKey("not-needed-here")
                .maxRetries(0)
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        broker.close();
        small.close();
        claude.close();
        large.close();
    }

    @BeforeEach
    void usual() {
        part = number -> Scripts.completion("Found " + number + ".", 100, 10);
        merge = Scripts.chat("All of it.");
        picker = Scripts.chat("neither");
        smallBefore = posts(small);
        claudeBefore = posts(claude);
        largeBefore = posts(large);
    }

    private Script answer(RecordedRequest request, Function<RecordedRequest, Optional<Script>> rules) {
        return rules.apply(request).orElseGet(() -> {
            if ("picker".equals(request.model())) {
                return picker;
            }
            Matcher matcher = PART.matcher(request.text());
            Script script = matcher.find() ? part.apply(Integer.parseInt(matcher.group(1))) : merge;
            return request.path().endsWith("/messages")
                    ? anthropic(script == merge ? "All of it." : "Found " + matcher.group(1) + ".")
                    : script;
        });
    }

    private static Script anthropic(String text) {
        return exchange -> {
            if (exchange.request().streaming()) {
                Scripts.events(
                                event(
                                        "message_start",
                                        "\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"c\",\"content\":[],\"usage\":{\"input_tokens\":12,\"output_tokens\":1}}"),
                                event(
                                        "content_block_start",
                                        "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"),
                                event(
                                        "content_block_delta",
                                        "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text + "\"}"),
                                event("content_block_stop", "\"index\":0"),
                                event(
                                        "message_delta",
                                        "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":5}"),
                                event("message_stop", "\"x\":0"))
                        .play(exchange);
            } else {
                Scripts.status(
                                200,
                                "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"c\",\"content\":[{\"type\":\"text\",\"text\":\""
                                        + text + "\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":"
                                        + (text.startsWith("Found")
                                                ? "100,\"output_tokens\":10}}"
                                                : "12,\"output_tokens\":5}}"))
                        .play(exchange);
            }
        };
    }

    private static String event(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }

    private static String paragraph(int number) {
        return "Paragraph <" + number + "> says something of the number, and then something more of it. It ends here.";
    }

    private static String document() {
        return IntStream.range(0, PARAGRAPHS).mapToObj(SplitTest::paragraph).collect(Collectors.joining("\n\n"));
    }

    private static ChatCompletionCreateParams.Builder asking(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addSystemMessage(RULE)
                .addUserMessage(document() + "\n\n" + QUESTION);
    }

    private static String body(String model, String... more) throws Exception {
        ObjectNode body = (ObjectNode) JSON.readTree(TestBroker.body(model, more));
        ((ObjectNode) body.at("/messages/0")).put("content", document() + "\n\n" + QUESTION);
        return body.toString();
    }

    private List<RecordedRequest> sent(StubUpstream stub) {
        return stub.requests().stream()
                .filter(r -> r.method().equals("POST"))
                .skip(sentBefore(stub))
                .toList();
    }

    private long sentBefore(StubUpstream stub) {
        return stub == small ? smallBefore : stub == claude ? claudeBefore : largeBefore;
    }

    private static long posts(StubUpstream stub) {
        return stub.requests().stream().filter(r -> r.method().equals("POST")).count();
    }

    private static boolean isPart(RecordedRequest request) {
        return PART.matcher(request.text()).find();
    }

    @ParameterizedTest
    @ValueSource(strings = {"small/m", "claude/claude-haiku-4-5", "rotation/limited"})
    void theClientGetsOneAnswerOfAllParts(String model) throws Exception {
        ChatCompletion answer = client.chat().completions().create(asking(model).build());

        StubUpstream stub = model.startsWith("small") ? small : model.startsWith("claude") ? claude : large;
        List<RecordedRequest> parts =
                sent(stub).stream().filter(SplitTest::isPart).toList();
        RecordedRequest last = sent(stub).getLast();
        assertThat(answer.choices().get(0).message().content()).contains("All of it.");
        assertThat(parts).hasSizeGreaterThan(2);
        assertThat(sent(stub)).hasSize(parts.size() + 1);
        assertThat(parts).allMatch(r -> r.text().contains(RULE) && r.text().contains(QUESTION) && !r.streaming());
        IntStream.range(0, PARAGRAPHS)
                .forEach(n -> assertThat(parts)
                        .as("paragraph " + n)
                        .filteredOn(r -> r.text().contains("<" + n + ">"))
                        .hasSize(n == 0 ? parts.size() : 1)); // the first paragraph might be the instruction
        assertThat(last.text()).contains("MERGE ALL", RULE, QUESTION).doesNotContain("<7>");
        String found = IntStream.rangeClosed(1, parts.size())
                .mapToObj(n -> "Found " + n + ".")
                .collect(Collectors.joining("\\n\\n"));
        assertThat(last.text()).contains(found);
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(100L * parts.size() + 12);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(10L * parts.size() + 5);
    }

    /** Of each part two answers and a judge's, and the same of the last call. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theUsageIsThatOfAllCallsAlsoWhereAPanelAnswersThem(boolean stream) throws Exception {
        HttpResponse<String> answer = broker.post(
                "/v1/chat/completions",
                stream
                        ? body("rotation/council", "\"stream\":true", "\"stream_options\":{\"include_usage\":true}")
                        : body("rotation/council"));

        assertThat(answer.body()).contains("All of it.");
        List<RecordedRequest> asked = new ArrayList<>(sent(small));
        asked.addAll(sent(claude));
        asked.addAll(sent(large));
        long parts = asked.stream().filter(SplitTest::isPart).count();
        assertThat(asked).hasSize((int) parts + 3);
        assertThat(parts % 3).isZero();
        assertThat(answer.body()).contains("\"prompt_tokens\":" + (100 * parts + 36));
        assertThat(answer.body()).contains("\"completion_tokens\":" + (10 * parts + 15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small/m", "claude/claude-haiku-4-5"})
    void theMergedAnswerStreams(String model) throws Exception {
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(asking(model)
                        .streamOptions(ChatCompletionStreamOptions.builder()
                                .includeUsage(true)
                                .build())
                        .build())) {
            stream.stream().forEach(all::accumulate);
        }
        ChatCompletion answer = all.chatCompletion();
        StubUpstream stub = model.startsWith("small") ? small : claude;
        int parts = sent(stub).size() - 1;
        assertThat(answer.choices().get(0).message().content()).contains("All of it.");
        assertThat(sent(stub).getLast().streaming()).isTrue();
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(100L * parts + 12);
    }

    @Test
    void theClientIsToldThatItWasSplit() throws Exception {
        try (RequestLog log = new RequestLog()) {
            HttpResponse<String> plain = broker.post(
                    "/v1/chat/completions",
                    body("small/m"),
                    "x-request-id",
                    "split-1",
                    "content-type",
                    "application/json");
            String parts = Integer.toString(sent(small).size() - 1);
            assertThat(plain.headers().firstValue("x-serai-split")).contains(parts);
            assertThat(log.await("split-1"))
                    .containsEntry("split", parts)
                    .containsEntry("in", Integer.toString(Integer.parseInt(parts) * 100 + 12));
            HttpResponse<String> stream = broker.post("/v1/chat/completions", body("small/m", "\"stream\":true"));
            assertThat(stream.body()
                            .lines()
                            .filter(l -> l.startsWith(": serai"))
                            .toList())
                    .singleElement()
                    .asString()
                    .contains(" split=" + parts);
        }
    }

    @Test
    void whatIsForTheAnswerIsAskedOfTheLastCallAlone() throws Exception {
        String tool =
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":{\"type\":\"object\"}}}]";
        HttpResponse<String> answer = broker.post(
                "/v1/chat/completions",
                body(
                        "small/m",
                        tool,
                        "\"max_tokens\":50,\"temperature\":0.5,\"response_format\":{\"type\":\"json_object\"}"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        for (RecordedRequest request : sent(small)) {
            JsonNode json = request.json();
            assertThat(json.path("temperature").asDouble()).isEqualTo(0.5);
            assertThat(json.has("tools")).isEqualTo(!isPart(request));
            assertThat(json.has("response_format")).isEqualTo(!isPart(request));
            assertThat(json.has("max_tokens")).isEqualTo(!isPart(request));
        }
    }

    @Test
    void aCandidateThatTakesItWholeGetsItWhole() throws Exception {
        for (String model : List.of("rotation/mix", "either")) {
            HttpResponse<String> answer = broker.post("/v1/chat/completions", body(model));
            assertThat(answer.headers().firstValue("x-serai-split")).isEmpty();
            assertThat(answer.headers().firstValue("x-serai-provider")).contains("large");
        }
        assertThat(sent(small)).isEmpty();
        assertThat(sent(large)).hasSize(2);
    }

    @Test
    void whileThatCandidateIsSwitchedOffTheOthersGetParts() throws Exception {
        broker.post("/api/providers/large/disable", "{}");
        try {
            HttpResponse<String> answer = broker.post("/v1/chat/completions", body("rotation/mix"));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-split")).isPresent();
            assertThat(sent(large)).isEmpty();
        } finally {
            broker.post("/api/providers/large/enable", "{}");
        }
    }

    @Test
    void theExplanationNamesTheReason() throws Exception {
        JsonNode mix = JSON.readTree(
                broker.post("/v1/route/explain", body("rotation/mix")).body());
        assertThat(mix.at("/skipped/0/provider").asText()).isEqualTo("small");
        assertThat(mix.at("/skipped/0/reason").asText()).isEqualTo("above_max_request_tokens");
        assertThat(mix.has("split")).isFalse();
        JsonNode alone =
                JSON.readTree(broker.post("/v1/route/explain", body("small/m")).body());
        assertThat(alone.path("candidates")).isEmpty();
        assertThat(alone.at("/skipped/0/reason").asText()).isEqualTo("above_max_request_tokens");
        assertThat(alone.at("/split/limit").asInt()).isEqualTo(1000);
        assertThat(alone.at("/split/tokens").asInt()).isGreaterThan(2000);
    }

    @Test
    void aPartThatFailsFailsTheRequestAndCallsTheOthersOff() throws Exception {
        part = number -> number == 2
                ? exchange -> {
                    small.awaitRequests((int) smallBefore + 4);
                    Scripts.error(400, "Not such words.", "invalid_request_error", "bad_words")
                            .play(exchange);
                }
                : Scripts.stall();
        BadRequestException error = catchThrowableOfType(
                BadRequestException.class,
                () -> client.chat().completions().create(asking("small/m").build()));

        assertThat(error.getMessage()).contains("part 2 of ", "failed", "Not such words.");
        assertThat(sent(small)).hasSize(4); // those on their way at once; no other part, and no merging call
        sent(small).stream().filter(r -> !r.text().contains("is part 2 of")).forEach(r -> r.awaitPeerClosed(SOON));
    }

    @Test
    void everyPartUpstreamHearsOfAClientThatLeaves() throws Exception {
        part = number -> Scripts.stall();
        try (RequestLog log = new RequestLog()) {
            RawClient raw = new RawClient(broker).chat("split-left", body("small/m", "\"stream\":true"));
            small.awaitRequests((int) smallBefore + 4);
            raw.close();
            sent(small).forEach(r -> r.awaitPeerClosed(SOON));
            assertThat(log.await("split-left")).containsEntry("outcome", "CLIENT_CANCELLED");
            assertThat(sent(small)).hasSize(4);
        }
    }

    @Test
    void theMergingCallHearsOfAClientThatLeaves() throws Exception {
        merge = Scripts.endlessStream("word ", 5);
        try (RequestLog log = new RequestLog()) {
            RawClient raw = new RawClient(broker).chat("merge-left", body("small/m", "\"stream\":true"));
            raw.awaitText("word");
            raw.close();
            sent(small).getLast().awaitPeerClosed(SOON);
            assertThat(log.await("merge-left")).containsEntry("outcome", "CLIENT_CANCELLED");
        }
    }

    @Test
    void answersThatAreTooLongForOneCallAreMergedInGroupsFirst() throws Exception {
        part = number -> Scripts.completion("Found " + number + ". " + "Much more of it. ".repeat(60));
        HttpResponse<String> answer = broker.post("/v1/chat/completions", body("small/m"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        long parts = sent(small).stream().filter(SplitTest::isPart).count();
        assertThat(sent(small).size()).isGreaterThan((int) parts + 2);
        assertThat(sent(small).getLast().text()).contains("All of it.").doesNotContain("Much more");
        assertThat(answer.headers().firstValue("x-serai-split")).contains(Long.toString(parts));
    }

    @Test
    void aPartWithoutWordsIsAFailure() throws Exception {
        // none of those on their way at once is left for the next test to count
        part = number -> number == 1
                ? exchange -> {
                    small.awaitRequests((int) smallBefore + 4);
                    Scripts.completion(" ").play(exchange);
                }
                : Scripts.stall();
        HttpResponse<String> answer = broker.post("/v1/chat/completions", body("small/m"));

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("part 1 of ", "no text");
    }

    /** The question to the selection model is too long for that model, and is refused or fails in parts. */
    @Test
    void aQuestionOfTheBrokersOwnThatCanNotBeSplitLeavesTheRequestAlone() throws Exception {
        HttpResponse<String> answer = broker.post("/v1/chat/completions", body("autoselect/whole"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-serai-split")).isEmpty();
        assertThat(sent(large)).hasSize(1);
        assertThat(sent(small)).isEmpty();
    }

    @Test
    void aQuestionOfTheBrokersOwnThatFailsInPartsDoesNotKeepTheRequestFromBeingSplit() throws Exception {
        picker = Scripts.error(400, "Not such words.", "invalid_request_error", "bad_words");
        HttpResponse<String> answer = broker.post("/v1/chat/completions", body("autoselect/parts"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("All of it.");
        assertThat(answer.headers().firstValue("x-serai-split")).isPresent();
        assertThat(sent(small)).anyMatch(r -> "picker".equals(r.model()) && isPart(r));
    }

    @Test
    void whatCannotBeDividedIsRefusedWithTheNumbers() throws Exception {
        ObjectNode body = (ObjectNode) JSON.readTree(body("small/m"));
        ((ObjectNode) body.at("/messages/0")).put("role", "system");
        body.withArray("messages").addObject().put("role", "user").put("content", QUESTION);
        HttpResponse<String> answer = broker.post("/v1/chat/completions", body.toString());

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(error.path("message").asText()).contains("1,000", "system prompt");
        assertThat(sent(small)).isEmpty();
    }

    @Test
    void anEditedPromptTakesEffectWithoutARestart() throws Exception {
        Path file = broker.home().resolve("config/prompts/split_part.md");
        Files.writeString(file, "EDITED: what follows now is part {{part}} of {{parts}}, in {{words}} words.");
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        do {
            broker.post("/v1/chat/completions", body("small/m"));
        } while (sent(small).stream().noneMatch(r -> r.text().contains("EDITED")) && System.nanoTime() < deadline);
        assertThat(sent(small)).anyMatch(r -> r.text().contains("EDITED"));
    }

    @Test
    void aLegacyCompletionIsSplitToo() throws Exception {
        ObjectNode body = JSON.createObjectNode().put("model", "small/m").put("prompt", document() + "\n\n" + QUESTION);
        HttpResponse<String> answer = broker.post("/v1/completions", body.toString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).at("/choices/0/text").asText()).isEqualTo("All of it.");
        assertThat(answer.headers().firstValue("x-serai-split")).isPresent();
    }
}
