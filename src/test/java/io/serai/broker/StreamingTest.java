package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StreamScript;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams through the real broker: when they begin, how they end, and what the client sees of what goes wrong between. */
final class StreamingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STREAM = "\"stream\":true";
    private static final String WITH_USAGE = "\"stream\":true,\"stream_options\":{\"include_usage\":true}";

    private static TestBroker.Setup quick() throws IOException {
        return TestBroker.with().set("serai.retry.max-wait", "0");
    }

    /** The data of every event but {@code [DONE]}. */
    private static List<JsonNode> events(String body) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : body.split("\n")) {
            if (line.startsWith("data: {")) {
                events.add(JSON.readTree(line.substring("data: ".length())));
            }
        }
        return events;
    }

    private static String text(String body) throws IOException {
        StringBuilder text = new StringBuilder();
        for (JsonNode event : events(body)) {
            text.append(
                    event.path("choices").path(0).path("delta").path("content").asText(""));
        }
        return text.toString();
    }

    private static JsonNode lastEvent(String body) throws IOException {
        List<JsonNode> events = events(body);
        return events.get(events.size() - 1);
    }

    private static void assertEndsInError(HttpResponse<String> answer, String code) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("[DONE]");
        assertThat(lastEvent(answer.body()).path("error").path("code").asText()).isEqualTo(code);
    }

    private static void assertError(HttpResponse<String> answer, int status, String code) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(JSON.readTree(answer.body()).path("error").path("code").asText())
                .isEqualTo(code);
    }

    // ---- the beginning

    @Test
    void theFirstWordReachesTheClientBeforeTheProviderSendsTheSecond() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RawClient client = new RawClient(broker)) {
            stub.enqueue(Scripts.stream("first", "second").gateAfter(2, gate));
            String before =
                    client.chat("gated", TestBroker.body("acme/m", STREAM)).awaitText("first");
            gate.complete(null);
            assertThat(before).doesNotContain("second");
            assertThat(client.awaitEnd()).contains("second", "[DONE]");
        }
    }

    @Test
    void theHeadOfAStreamSaysWhatAStreamNeeds() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.enqueue(Scripts.stream("Hello"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            assertThat(answer.headers().firstValue("cache-control")).hasValue("no-cache");
            assertThat(answer.headers().firstValue("x-accel-buffering")).hasValue("no");
            assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("acme");
            assertThat(answer.headers().firstValue("x-serai-ttft-ms")).isPresent();
        }
    }

    @Test
    void nothingIsSentToTheClientWhileTheProviderHasSaidNothingThatMatters() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (Pair pair = new Pair();
                RawClient client = new RawClient(pair.broker)) {
            pair.first.enqueue(Scripts.stream("lost").gateAfter(1, gate).errorAfter(1));
            pair.first.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            client.chat("startup", TestBroker.body("pair", STREAM));
            pair.first.awaitRequests(1);
            gate.complete(null);
            String answer = client.awaitEnd();
            assertThat(answer)
                    .contains("Hello from the stub.", "x-serai-provider: second")
                    .doesNotContain("\"m1\"");
            assertThat(events(answer)
                            .get(0)
                            .path("choices")
                            .path(0)
                            .path("delta")
                            .path("role")
                            .asText())
                    .isEqualTo("assistant");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "reset", "end", "error", "nonsense", "html", "empty"})
    void aStreamThatFailsBeforeItsFirstWordIsReplacedByTheNextProviders(String how) throws Exception {
        StreamScript stream = Scripts.stream("lost");
        Script script = switch (how) {
            case "cut" -> stream.cutAfter(1);
            case "reset" -> stream.resetAfter(1);
            case "end" -> stream.endAfter(1);
            case "error" -> stream.errorAfter(1);
            case "nonsense" -> Scripts.events("data: {\"choices\":[{\"delta\"\n\n");
            case "html" -> Scripts.html();
            default -> Scripts.events();
        };
        try (Pair pair = new Pair()) {
            pair.first.on(r -> script);
            HttpResponse<String> answer = pair.chat(STREAM);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(text(answer.body())).isEqualTo("Hello from the stub.");
            assertThat(answer.body()).endsWith("data: [DONE]\n\n");
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("second");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "reset", "end", "error", "nonsense", "half"})
    void aStreamThatFailsAfterItsFirstWordEndsInAnErrorAndGoesNowhereElse(String how) throws Exception {
        StreamScript stream = Scripts.stream("one ", "two ", "three");
        Script script = switch (how) {
            case "cut" -> stream.cutAfter(2);
            case "half" -> stream.cutWithin(2);
            case "reset" -> stream.resetAfter(2);
            case "end" -> stream.endAfter(2);
            case "error" -> stream.errorAfter(2);
            default ->
                Scripts.events(
                        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}\n\n",
                        "data: {\"choices\":[{\"delta\"\n\n");
        };
        try (Pair pair = new Pair();
                RequestLog log = new RequestLog()) {
            pair.first.on(r -> script);
            HttpResponse<String> answer = pair.broker.post(
                    "/v1/chat/completions", TestBroker.body("pair", STREAM), "x-request-id", "broken-" + how);
            assertEndsInError(answer, "upstream_error");
            if (!how.equals("reset")) { // a reset may overtake what was sent before it
                assertThat(text(answer.body())).isEqualTo("one ");
            }
            assertThat(pair.second.requests()).isEmpty();
            assertThat(log.await("broken-" + how)).containsEntry("outcome", "UPSTREAM_ERROR_AFTER_OUTPUT");
        }
    }

    @Test
    void anErrorRightBehindTheFirstWordInTheSamePacketIsNoReasonToStartAgain() throws Exception {
        try (Pair pair = new Pair()) {
            String packet = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one \"}}]}\n\n" + "data: "
                    + Scripts.errorBody("Broken.", "server_error", "server_error") + "\n\n";
            pair.first.on(r -> Scripts.events(packet));
            HttpResponse<String> answer = pair.chat(STREAM);
            assertEndsInError(answer, "upstream_error");
            assertThat(text(answer.body())).isEqualTo("one ");
            assertThat(pair.second.requests()).isEmpty();
        }
    }

    @Test
    void theErrorInAStreamHasTheShapeOfAnyOther() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.streamErrorEvent(3));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            JsonNode error = lastEvent(answer.body()).path("error");
            assertThat(error.has("message") && error.has("type") && error.has("param") && error.has("code"))
                    .isTrue();
            assertThat(error.path("message").asText()).isEqualTo("The server had an error while answering.");
            assertThat(error.path("type").asText()).isEqualTo("api_error");
        }
    }

    @Test
    void aToolCallOrReasoningIsAsGoodABeginningAsText() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.events(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm.\"}}]}\n\n"));
            HttpResponse<String> answer = pair.chat(STREAM);
            assertEndsInError(answer, "upstream_error");
            assertThat(pair.second.requests()).isEmpty();
        }
    }

    @Test
    void aProviderThatStartsForeverWithoutAWordIsLeft() throws Exception {
        try (Pair pair = new Pair()) {
            String[] idle = new String[100];
            java.util.Arrays.fill(idle, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}\n\n");
            pair.first.on(r -> Scripts.events(idle));
            HttpResponse<String> answer = pair.chat(STREAM);
            assertThat(text(answer.body())).isEqualTo("Hello from the stub.");
        }
    }

    // ---- the ending

    @Test
    void aFinishedStreamWithoutItsDoneIsCompleted() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.stream("whole").endAfter(3));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(text(answer.body())).isEqualTo("whole");
            assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("error");
        }
    }

    @Test
    void aFinishedStreamWhoseConnectionIsCutIsCompletedAllTheSame() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.stream("whole").cutAfter(3));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.body()).endsWith("data: [DONE]\n\n").doesNotContain("error");
        }
    }

    @Test
    void theLastEventNeedsNoEmptyLine() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.events(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":null}]}\n\n",
                    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.body()).contains("\"finish_reason\":\"stop\"").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aStreamOfNothingButUsageIsNoAnswer() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.events(
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":0}}\n\n",
                    "data: [DONE]\n\n"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertError(answer, 502, "upstream_error");
        }
    }

    @Test
    void anEmptyStreamIsNoAnswer() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.events());
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertError(answer, 502, "upstream_error");
        }
    }

    @Test
    void anAnswerWithoutAWordThatIsFinishedIsAnAnswer() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.stream());
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void theLastCommentBeforeDoneSaysWhereTheStreamCameFrom() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            HttpResponse<String> answer = pair.chat(STREAM);
            String[] blocks = answer.body().split("\n\n");
            assertThat(blocks[blocks.length - 1]).isEqualTo("data: [DONE]");
            assertThat(blocks[blocks.length - 2])
                    .startsWith(": serai ")
                    .contains("provider=second", "model=m2", "attempts=2", "fallback=true", "ttft-ms=");
        }
    }

    @Test
    void noCommentTellsOfRoutingWhereTheOperatorHidesIt() throws Exception {
        try (Pair pair = new Pair("serai.response.routing-headers", "false")) {
            HttpResponse<String> answer = pair.chat(STREAM);
            assertThat(answer.body()).doesNotContain(": serai").endsWith("data: [DONE]\n\n");
        }
    }

    // ---- usage

    @Test
    void usageThatTheClientAskedForIsPassedOn() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            HttpResponse<String> answer = broker.chat("acme/m", WITH_USAGE);
            List<JsonNode> events = events(answer.body());
            JsonNode last = events.get(events.size() - 1);
            assertThat(last.path("choices").isArray()).isTrue();
            assertThat(last.path("choices")).isEmpty();
            assertThat(last.path("usage").path("prompt_tokens").asInt()).isEqualTo(Scripts.PROMPT_TOKENS);
            assertThat(events.get(0).path("usage").isNull()).isTrue();
        }
    }

    @Test
    void usageThatOnlyTheBrokerAskedForIsCountedAndKeptBack() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RequestLog log = new RequestLog()) {
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions", TestBroker.body("acme/m", STREAM), "x-request-id", "usage-kept");
            assertThat(answer.body()).doesNotContain("usage").endsWith("data: [DONE]\n\n");
            assertThat(log.await("usage-kept"))
                    .containsEntry("in", "" + Scripts.PROMPT_TOKENS)
                    .containsEntry("out", "" + Scripts.COMPLETION_TOKENS)
                    .containsEntry("outcome", "OK");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"}}],\"usage\":null}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"}}], \"usage\": null }",
                "{\"usage\":null,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"}}]}",
                "{ \"usage\" : null , \"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"}}],"
                        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"usage\\\":null\"}}] , "
                        + "\"usage\": {\"prompt_tokens\":3} , \"x\":{\"usage\":1}}",
                "{ \"usage\" : {\"prompt_tokens\":3}  ,\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":null\"}}]}"
            })
    void usageThatNobodyAskedForIsTakenOutHoweverItIsWritten(String chunk) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.events("data: " + chunk + "\n\n", "data: [DONE]\n\n"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            JsonNode event = events(answer.body()).get(0);
            assertThat(event.has("usage")).isFalse();
            assertThat(event.path("choices")
                            .path(0)
                            .path("delta")
                            .path("content")
                            .asText())
                    .isEqualTo("\"usage\":null");
        }
    }

    /** As OpenRouter, Mistral and DeepSeek do, and whether or not they have to be asked for it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void usageBesideTheLastChoiceIsCountedAndKeptBack(boolean asked) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, "include_usage: " + asked)
                        .start();
                RequestLog log = new RequestLog()) {
            stub.on(r -> Scripts.events(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
                            + "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7}}\n\n",
                    "data: [DONE]\n\n"));
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions", TestBroker.body("acme/m", STREAM), "x-request-id", "beside-" + asked);
            assertThat(answer.body()).doesNotContain("usage").contains("\"stop\"");
            assertThat(log.await("beside-" + asked)).containsEntry("in", "11").containsEntry("out", "7");
        }
    }

    @Test
    void aStreamThatIsCutCostsWhatWasReportedAndAtLeastWhatWasSeen() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker =
                        quick().provider("anthropic", "claude", stub.origin()).start();
                RequestLog log = new RequestLog()) {
            stub.on(r -> Scripts.events(
                    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":2000,"
                            + "\"cache_read_input_tokens\":1000,\"output_tokens\":1}}}\n\n",
                    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
                            + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
                    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"" + "word".repeat(10) + "\"}}\n\n"));
            broker.post("/v1/chat/completions", TestBroker.body("claude/m", STREAM), "x-request-id", "cut-cost");
            assertThat(log.await("cut-cost"))
                    .containsEntry("in", "3000")
                    .containsEntry("cached", "1000")
                    .containsEntry("out", "10")
                    .containsEntry("outcome", "UPSTREAM_ERROR_AFTER_OUTPUT");
        }
    }

    @Test
    void aUsageChunkWithoutChoicesIsKeptBackToo() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.events(
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n",
                    "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n",
                    "data: [DONE]\n\n"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.body()).doesNotContain("usage");
        }
    }

    @Test
    void otherStreamOptionsOfTheClientAreKeptBesideTheBrokersOwn() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            broker.chat("acme/m", STREAM, "\"stream_options\":{\"include_obfuscation\":false}");
            JsonNode options = stub.lastRequest().json().path("stream_options");
            assertThat(options.toString()).isEqualTo("{\"include_obfuscation\":false,\"include_usage\":true}");
        }
    }

    @Test
    void aProviderThatDoesNotKnowIncludeUsageIsNotAskedForIt() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker =
                        quick().provider("acme", stub, "include_usage: false").start();
                RequestLog log = new RequestLog()) {
            broker.post("/v1/chat/completions", TestBroker.body("acme/m", STREAM), "x-request-id", "no-usage");
            assertThat(stub.lastRequest().json().has("stream_options")).isFalse();
            assertThat(log.await("no-usage")).containsEntry("outcome", "OK_ESTIMATED");
        }
    }

    // ---- keepalive

    private static Pair impatient() throws Exception {
        return new Pair("serai.stream.first-keepalive", "200ms", "serai.stream.keepalive", "100ms");
    }

    @Test
    void silenceIsFilledWithCommentsAndTheAnswerFollows() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (Pair pair = impatient();
                RawClient client = new RawClient(pair.broker)) {
            pair.first.enqueue(Scripts.stream("late").gateAfter(0, gate));
            client.chat("silent", TestBroker.body("pair", STREAM)).awaitText(": keepalive\n\n");
            gate.complete(null);
            String answer = client.awaitEnd();
            assertThat(answer).startsWith("HTTP/1.1 200").contains("late", ": serai provider=first", "[DONE]");
        }
    }

    @Test
    void silenceInTheMiddleIsFilledTooAndNoCommentSplitsAnEvent() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (Pair pair = impatient();
                RawClient client = new RawClient(pair.broker)) {
            pair.first.enqueue(Scripts.stream("early ", "late").gateAfter(2, gate));
            client.chat("pause", TestBroker.body("pair", STREAM)).awaitText("early ");
            client.forget(); // on a busy machine a comment has come before it
            client.awaitText(": keepalive\n\n");
            gate.complete(null);
            String answer = client.awaitEnd();
            assertThat(answer.indexOf(": keepalive")).isLessThan(answer.indexOf("late"));
        }
    }

    @Test
    void aKeepaliveIsNoCommitment() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (Pair pair = impatient();
                RawClient client = new RawClient(pair.broker)) {
            pair.first.enqueue(
                    Scripts.error(500, "Broken.", "server_error", null).once(gate));
            client.chat("kept", TestBroker.body("pair", STREAM)).awaitText(": keepalive\n\n");
            gate.complete(null);
            String answer = client.awaitEnd();
            assertThat(answer).startsWith("HTTP/1.1 200").contains("Hello from the stub.", "provider=second", "[DONE]");
        }
    }

    @Test
    void afterAKeepaliveTotalFailureIsAnErrorInTheStream() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (Pair pair = impatient();
                RawClient client = new RawClient(pair.broker)) {
            pair.first.enqueue(
                    Scripts.error(500, "Broken.", "server_error", null).once(gate));
            pair.second.on(r -> Scripts.error(500, "Broken too.", "server_error", null));
            client.chat("lost", TestBroker.body("pair", STREAM)).awaitText(": keepalive\n\n");
            gate.complete(null);
            String answer = client.awaitEnd();
            assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("[DONE]");
            JsonNode error = lastEvent(answer).path("error");
            assertThat(error.path("code").asText()).isEqualTo("upstream_error");
            assertThat(error.path("attempts")).hasSize(2);
        }
    }

    @Test
    void aPlainAnswerIsNeverOpenedByAKeepalive() throws Exception {
        try (Pair pair = impatient()) {
            pair.first.enqueue(Scripts.completion("late").after(Duration.ofMillis(400)));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(answer.body()).doesNotContain("keepalive");
        }
    }

    // ---- clocks

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void aProviderWithoutAFirstWordInTimeIsReplaced(int events) throws Exception {
        try (StubUpstream slow = new StubUpstream();
                TestBroker broker = quick().provider("slow", slow, "timeouts: {first_event: 1}")
                        .start()) {
            slow.on(r -> events < 0 ? Scripts.stall() : Scripts.stream("never").stallAfter(events));
            HttpResponse<String> answer = broker.chat("slow/m", STREAM);
            assertError(answer, 504, "upstream_timeout");
            assertThat(answer.body()).contains("first_event");
            slow.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
            assertThat(slow.requests()).hasSize(1);
        }
    }

    @Test
    void aProviderThatFallsSilentInTheMiddleIsCutOff() throws Exception {
        try (StubUpstream slow = new StubUpstream();
                TestBroker broker =
                        quick().provider("slow", slow, "timeouts: {idle: 2}").start()) {
            slow.on(r -> Scripts.stream("one ", "two").stallAfter(2));
            HttpResponse<String> answer = broker.chat("slow/m", STREAM);
            assertEndsInError(answer, "upstream_timeout");
            assertThat(text(answer.body())).isEqualTo("one ");
            slow.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
        }
    }

    @Test
    void aStreamThatNeverEndsIsCutOffAtItsTotalTime() throws Exception {
        try (StubUpstream slow = new StubUpstream();
                TestBroker broker =
                        quick().provider("slow", slow, "timeouts: {total: 3}").start()) {
            slow.on(r -> Scripts.endlessStream("on ", 20));
            HttpResponse<String> answer = broker.chat("slow/m", STREAM);
            assertEndsInError(answer, "upstream_timeout");
            slow.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTotalTimeHoldsBeforeTheFirstWordToo(boolean stream) throws Exception {
        try (StubUpstream slow = new StubUpstream();
                TestBroker broker =
                        quick().provider("slow", slow, "timeouts: {total: 1}").start()) {
            slow.on(r -> Scripts.stall());
            HttpResponse<String> answer = broker.chat("slow/m", "\"stream\":" + stream);
            assertError(answer, 504, "upstream_timeout");
            assertThat(answer.body()).contains("total");
            slow.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
        }
    }

    @Test
    void aModelsOwnClocksGoBeforeItsProviders() throws Exception {
        try (StubUpstream slow = new StubUpstream();
                TestBroker broker = quick().provider(
                                "slow",
                                slow,
                                "models: [{name: m, timeouts: {first_event: 0.3}}]",
                                "timeouts: {first_event: 60}")
                        .start()) {
            slow.on(r -> Scripts.stall());
            HttpResponse<String> answer = broker.chat("slow/m", STREAM);
            assertError(answer, 504, "upstream_timeout");
        }
    }

    // ---- back-pressure

    @Test
    void aClientThatDoesNotReadStopsTheProvidersWriter() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RawClient client = new RawClient(broker, 16 * 1024)) {
            stub.on(r -> Scripts.endlessStream("x".repeat(1000), 0));
            client.chat("unread", TestBroker.body("acme/m", STREAM));
            RecordedRequest request = stub.awaitRequests(1).get(0);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            boolean blocked = false;
            while (!blocked && System.nanoTime() < deadline) {
                Thread.onSpinWait();
                blocked = request.writerBlocked();
            }
            assertThat(blocked).isTrue();
            assertThat(request.bytesWritten()).isLessThan(16 * 1024 * 1024);
        }
    }

    @Test
    void aClientThatReadsAgainGetsEverythingInOrder() throws Exception {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            words.add("w" + i + "x".repeat(200) + " ");
        }
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start();
                RawClient client = new RawClient(broker, 16 * 1024)) {
            stub.on(r -> Scripts.stream(words));
            client.chat("reread", TestBroker.body("acme/m", STREAM));
            RecordedRequest request = stub.awaitRequests(1).get(0);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!request.writerBlocked() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            String answer = client.drain();
            assertThat(text(answer)).isEqualTo(String.join("", words));
        }
    }

    // ---- the model's name

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theProvidersNameOfTheModelIsShownUnlessTheOperatorWantsTheClients(boolean echo) throws Exception {
        try (Pair pair = new Pair("serai.response.echo-model", "" + echo)) {
            JsonNode plain = JSON.readTree(pair.chat().body());
            List<JsonNode> stream = events(pair.chat(STREAM).body());
            assertThat(plain.path("model").asText()).isEqualTo(echo ? "pair" : "m1");
            assertThat(stream).allMatch(e -> e.path("model").asText().equals(echo ? "pair" : "m1"));
            assertThat(stream).noneMatch(e -> e.has("usage"));
        }
    }

    // ---- no stream at all

    @ParameterizedTest
    @ValueSource(ints = {400, 429, 500})
    void anErrorInsteadOfAStreamKeepsItsMeaning(int status) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.error(status, "Says why.", "some_error", "some_code"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertError(
                    answer,
                    status == 500 ? 502 : status,
                    status == 400 ? "some_code" : status == 429 ? "rate_limit_exceeded" : "upstream_error");
            assertThat(answer.body()).contains("Says why.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {STREAM, "\"n\":1"})
    void anErrorUnderStatus200IsTakenForWhatItSays(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.status(200, "{\"error\":{\"message\":\"Slow down.\",\"code\":429}}"));
            HttpResponse<String> answer = broker.chat("acme/m", kind);
            assertError(answer, 429, "rate_limit_exceeded");
        }
    }

    @Test
    void anErrorEventBeforeTheFirstWordKeepsItsMeaning() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.stream("never")
                    .errorAfter(1, Scripts.errorBody("Slow down.", "rate_limit_error", "rate_limit_exceeded")));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertError(answer, 429, "rate_limit_exceeded");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 502})
    void aWebPageInsteadOfAStreamIsBadGateway(int status) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.html(status));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertError(answer, 502, "upstream_error");
            assertThat(answer.body()).doesNotContain("<html>");
        }
    }

    @Test
    void anEventThatIsNoJsonIsBadGateway() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.events("data: certainly!\n\n"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertError(answer, 502, "upstream_error");
        }
    }

    @Test
    void eventsSplitAnywhereArriveWhole() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.stream("Gr\u00fc\u00dfe ", "\ud83d\ude00 ", "\u65e5\u672c")
                    .inPieces(3)
                    .lineEnd("\r\n"));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(text(answer.body())).isEqualTo("Gr\u00fc\u00dfe \ud83d\ude00 \u65e5\u672c");
        }
    }

    @Test
    void aStepThatFailsBehindAnOpenStreamClosesIt() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub)
                        .file("routes/custom/after.camel.yaml", """
                                - route:
                                    id: after-reply
                                    description: Fails.
                                    errorHandler: {noErrorHandler: {}}
                                    from:
                                      uri: direct:after-reply
                                      steps:
                                        - throwException: {exceptionType: java.lang.IllegalStateException, message: "on purpose"}
                                """)
                        .start()) {
            stub.on(r -> Scripts.endlessStream("on ", 5));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.statusCode()).isEqualTo(500);
            stub.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
        }
    }
}
