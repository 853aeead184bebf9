package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failure is tried again where: the table of behaviour, section 2, and what the client is told in the end. */
final class FailoverTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TWO_KEYS = "api_keys: [sk-test-aaaa, sk-test-bbbb]";
    private static final String STREAM = "\"stream\":true";

    private static final Script BAD_KEY =
            Scripts.error(401, "Incorrect API key provided: sk-test-aaaa.", "invalid_request_error", "invalid_api_key");
    private static final Script NO_CREDIT =
            Scripts.error(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota");

    private static TestBroker.Setup quick() throws IOException {
        return TestBroker.with().set("serai.retry.max-wait", "0");
    }

    private static JsonNode error(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body()).path("error");
    }

    private static String key(RecordedRequest request) {
        return String.valueOf(request.header("authorization")).replace("Bearer sk-test-", "");
    }

    private static List<String> keys(StubUpstream stub) {
        return stub.requests().stream().map(FailoverTest::key).toList();
    }

    private static Script byKey(RecordedRequest request, String key, Script script) {
        return key(request).equals(key) ? script : Scripts.chat("from the other key");
    }

    // ---- 5xx and lost connections

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 529})
    void aServerErrorMovesOnToTheNextProviderWhenNoWaitFits(int status) throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.error(status, "Busy.", "server_error", null));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("second");
            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("2");
            assertThat(answer.headers().firstValue("x-serai-fallback")).hasValue("true");
            assertThat(pair.first.requests()).hasSize(1);
            assertThat(pair.second.lastRequest().model()).isEqualTo("m2");
        }
    }

    @Test
    void aServerErrorIsTriedOnceMoreOnTheSameKeyAndThenAtTheNextProvider() throws Exception {
        try (Pair pair = new Pair("serai.retry.max-wait", "5s")) {
            pair.first.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("second");
            assertThat(pair.first.requests()).hasSize(2);
            assertThat(pair.second.requests()).hasSize(1);
        }
    }

    @Test
    void aServerErrorDoesNotSpendTheProvidersOtherKeys() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(error(answer).path("code").asText()).isEqualTo("upstream_error");
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void aProviderThatHangsUpIsFollowedByTheNext(String stream) throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.hangUp());
            HttpResponse<String> answer = stream.isEmpty() ? pair.chat() : pair.chat(stream);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("Hello from the stub.");
            assertThat(pair.second.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void aProviderThatRefusesConnectionsIsFollowedByTheNext(String stream) throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.close();
            HttpResponse<String> answer = stream.isEmpty() ? pair.chat() : pair.chat(stream);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(pair.second.requests()).hasSize(1);
        }
    }

    @Test
    void aProviderThatRefusesConnectionsIsBadGatewayWhenThereIsNoOther() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.close();
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(error(answer).path("type").asText()).isEqualTo("api_error");
            assertThat(error(answer).path("attempts").path(0).path("reason").asText())
                    .isEqualTo("unreachable");
        }
    }

    @Test
    void aRequestTimeoutOfTheProviderIsNotTriedAgainThere() throws Exception {
        try (Pair pair = new Pair("serai.retry.max-wait", "5s")) {
            pair.first.on(r -> Scripts.error(408, "Too slow.", "timeout", null));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("second");
            assertThat(pair.first.requests()).hasSize(1);
        }
    }

    @Test
    void anOverloadedProviderIsLeftAloneAsLongAsItAskedAndTheClientToldSo() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> Scripts.error(503, "Overloaded.", "server_error", null, "retry-after", "30"));
            broker.chat("acme/m");
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(error(answer).path("code").asText()).isEqualTo("no_available_target");
            assertThat(Integer.parseInt(
                            answer.headers().firstValue("retry-after").orElse("0")))
                    .isBetween(20, 30);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    // ---- 429

    @Test
    void aRateLimitedKeyIsFollowedByTheOtherKeyOfTheProvider() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> byKey(r, "aaaa", Scripts.rateLimited(30)));
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.body()).contains("from the other key");
            assertThat(keys(stub)).containsExactly("aaaa", "bbbb");
        }
    }

    @Test
    void aRateLimitedKeyIsNotAskedAgainBeforeItsTime() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> byKey(r, "aaaa", Scripts.rateLimited(30)));
            for (int i = 0; i < 4; i++) {
                broker.chat("acme/m");
            }
            assertThat(keys(stub)).containsExactly("aaaa", "bbbb", "bbbb", "bbbb", "bbbb");
        }
    }

    @Test
    void whenEverythingIsRateLimitedTheClientIsToldTheEarliestTime() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.rateLimited(40));
            pair.second.on(r -> Scripts.rateLimited(20));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(error(answer).path("type").asText()).isEqualTo("rate_limit_error");
            assertThat(error(answer).path("code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(Integer.parseInt(
                            answer.headers().firstValue("retry-after").orElse("0")))
                    .isBetween(15, 20);
        }
    }

    @Test
    void aRateLimitWithoutATimeIsToldAsTheTimeThatTheKeyRests() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().set("serai.adaptive-rate-limiting.enabled", "false")
                        .provider("acme", stub)
                        .start()) {
            stub.on(r -> Scripts.error(429, "Slow down.", "rate_limit_error", null));
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(Integer.parseInt(
                            answer.headers().firstValue("retry-after").orElse("0")))
                    .isBetween(50, 60);
        }
    }

    @Test
    void theOnlyKeyWaitsOutAShortRateLimit() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            stub.enqueue(Scripts.error(429, "Slow down.", "rate_limit_error", null, "retry-after-ms", "50"));
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("2");
        }
    }

    @Test
    void aKeyThatServedAgainAfterARateLimitWithoutATimeIsInServiceAgain() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            stub.enqueue(Scripts.error(429, "Slow down.", "rate_limit_error", null));
            broker.chat("acme/m");
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    // ---- keys that are no good

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aDeadKeyIsTakenOutAndItsRequestServedByTheOther(int status) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> byKey(r, "aaaa", Scripts.error(status, "No.", "invalid_request_error", "invalid_api_key")));
            for (int i = 0; i < 4; i++) {
                assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            }
            assertThat(keys(stub)).containsExactly("aaaa", "bbbb", "bbbb", "bbbb", "bbbb");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void whenEveryKeyIsDeadTheClientsOwnKeyIsNotBlamed(String stream) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> BAD_KEY);
            HttpResponse<String> answer = stream.isEmpty() ? broker.chat("acme/m") : broker.chat("acme/m", stream);
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(error(answer).path("code").asText()).isEqualTo("upstream_credentials_exhausted");
            assertThat(answer.body()).doesNotContain("sk-test", "aaaa");
        }
    }

    @Test
    void deadKeysStayOutForTheRequestsThatFollow() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> BAD_KEY);
            broker.chat("acme/m");
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(error(answer).path("code").asText()).isEqualTo("upstream_credentials_exhausted");
            assertThat(stub.requests()).hasSize(2);
        }
    }

    @Test
    void aDeadKeyDoesNotHideWhatIsWrongWithTheOtherOne() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r -> key(r).equals("aaaa") ? BAD_KEY : Scripts.rateLimited(30));
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {402, 429})
    void aKeyWithoutCreditIsFollowedByTheOther(int status) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub, TWO_KEYS).start()) {
            stub.on(r ->
                    byKey(r, "aaaa", status == 429 ? NO_CREDIT : Scripts.error(402, "Pay first.", "billing", null)));
            for (int i = 0; i < 3; i++) {
                assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            }
            assertThat(keys(stub)).containsExactly("aaaa", "bbbb", "bbbb", "bbbb");
        }
    }

    @Test
    void withoutAnyCreditLeftTheClientIsToldThatNoWaitHelps() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> NO_CREDIT);
            pair.second.on(r -> Scripts.error(402, "Insufficient credits", "billing", null));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(error(answer).path("code").asText()).isEqualTo("insufficient_quota");
            assertThat(answer.headers().firstValue("retry-after")).isEmpty();
        }
    }

    // ---- what is wrong with the request

    @Test
    void aModelThatOneProviderDoesNotHaveIsAskedForAtTheNext() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.error(404, "No such model.", "invalid_request_error", "model_not_found"));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("second");
            assertThat(pair.first.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void aRequestErrorIsTheClientsAndGoesNowhereElse(int status) throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.error(status, "'n' is too big.", "invalid_request_error", "invalid_value"));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(error(answer).path("message").asText()).contains("'n' is too big.");
            assertThat(error(answer).path("code").asText()).isEqualTo("invalid_value");
            assertThat(pair.second.requests()).isEmpty();
        }
    }

    @Test
    void aContextThatIsTooLongGoesToALargerModel() throws Exception {
        try (StubUpstream small = new StubUpstream();
                StubUpstream large = new StubUpstream();
                TestBroker broker = quick().provider("small", small, "models: [{name: m, context_size: 8000}]")
                        .provider("large", large, "models: [{name: m, context_size: 128000}]")
                        .file("config/models.yaml", """
                                catalogue: replace
                                models:
                                  pair:
                                    backends:
                                      - {provider: small, model_id: m, priority: 1, free: true}
                                      - {provider: large, model_id: m, priority: 2, free: true}
                                """)
                        .start()) {
            small.on(r -> Scripts.error(
                    400,
                    "This model's maximum context length is 8000 tokens.",
                    "invalid_request_error",
                    "context_length_exceeded"));
            HttpResponse<String> answer = broker.chat("pair");
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("large");
        }
    }

    @Test
    void aContextThatIsTooLongForTheOnlySizeIsTheClientsError() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.error(
                    400, "This model's maximum context length is 8000 tokens.", "invalid_request_error", null));
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(error(answer).path("code").asText()).isEqualTo("context_length_exceeded");
            assertThat(pair.second.requests()).isEmpty();
        }
    }

    private static Script refuses(String param, Script otherwise) {
        return exchange -> (exchange.request().json().has(param) ? refusal(param) : otherwise).play(exchange);
    }

    private static Script refusal(String param) {
        return Scripts.status(
                400,
                "{\"error\":{\"message\":\"Unsupported parameter: '" + param
                        + "'\",\"type\":\"invalid_request_error\",\"param\":\"" + param
                        + "\",\"code\":\"unsupported_parameter\"}}");
    }

    @Test
    void aParameterThatTheProviderRefusesIsLeftOutOnceAndNamed() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> refuses("logit_bias", Scripts.chat("without it")));
            HttpResponse<String> answer = broker.chat("acme/m", "\"logit_bias\":{\"50256\":-100},\"seed\":7");
            assertThat(answer.body()).contains("without it");
            assertThat(answer.headers().firstValue("x-serai-params-adapted")).hasValue("logit_bias");
            assertThat(stub.lastRequest().json().path("seed").asInt()).isEqualTo(7);
            assertThat(stub.requests()).hasSize(2);
        }
    }

    @Test
    void threeParametersAreLeftOutOneByOneAndAFourthIsTheClientsError() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> refuses("a", refuses("b", refuses("c", refuses("d", Scripts.chat("never"))))));
            HttpResponse<String> answer = broker.chat("acme/m", "\"a\":1,\"b\":2,\"c\":3,\"d\":4");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(error(answer).path("param").asText()).isEqualTo("d");
            assertThat(stub.requests()).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages[1].name", "messages.[1].name", "messages.1.name"})
    void aFieldWithinTheMessagesIsLeftOutOfAllOfThemAndNamed(String param) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> exchange -> (exchange.request().json().toString().contains("Ann")
                            ? refusal(param)
                            : Scripts.chat("without it"))
                    .play(exchange));
            HttpResponse<String> answer = broker.post(
                    "/v1/chat/completions",
                    "{\"model\":\"acme/m\",\"messages\":["
                            + "{\"role\":\"system\",\"content\":\"Be brief.\"},"
                            + "{\"role\":\"user\",\"name\":\"Ann\",\"content\":\"Hi\"}]}");
            assertThat(answer.body()).contains("without it");
            assertThat(answer.headers().firstValue("x-serai-params-adapted")).hasValue("messages[].name");
            assertThat(stub.lastRequest().json().at("/messages/1/content").asText())
                    .isEqualTo("Hi");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages[0].content", "messages[0].role", "messages", "tools", "response_format"})
    void whatARequestIsAboutIsNeverLeftOut(String param) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> refusal(param));
            HttpResponse<String> answer = broker.chat("acme/m", "\"tools\":[{\"type\":\"x\"}],\"response_format\":{}");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void aRefusedParameterIsTheClientsErrorWhereTheOperatorWantsItStrict() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().set("serai.params", "strict")
                        .provider("acme", stub)
                        .start()) {
            stub.on(r -> refuses("seed", Scripts.chat("never")));
            HttpResponse<String> answer = broker.chat("acme/m", "\"seed\":7");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(stub.requests()).hasSize(1);
        }
    }

    @Test
    void aProviderThatRefusesTheBrokersOwnStreamOptionsIsAskedWithoutThem() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            stub.on(r -> refuses("stream_options", Scripts.chat("without them")));
            HttpResponse<String> answer = broker.chat("acme/m", STREAM);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("without them", "[DONE]");
        }
    }

    // ---- budgets

    @Test
    void keysAreUsedInTurn() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider(
                                "acme", stub, "api_keys: [sk-test-aaaa, sk-test-bbbb, sk-test-cccc]")
                        .start()) {
            for (int i = 0; i < 100; i++) {
                broker.chat("acme/m");
            }
            Map<String, Long> uses = keys(stub).stream().collect(Collectors.groupingBy(k -> k, Collectors.counting()));
            assertThat(uses).hasSize(3);
            assertThat(uses.values()).allMatch(n -> n >= 32 && n <= 35);
        }
    }

    @Test
    void noRequestIsTriedMoreThanSixTimes() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider(
                                "acme",
                                stub,
                                "api_keys: [k-aaaaaa, k-bbbbbb, k-cccccc, k-dddddd, k-eeeeee, k-ffffff, k-gggggg, k-hhhhhh]")
                        .start()) {
            stub.on(r -> Scripts.rateLimited(30));
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(stub.requests()).hasSize(6);
        }
    }

    @Test
    void theErrorListsWhatWasTriedInOrder() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.on(r -> Scripts.error(500, "First is broken.", "server_error", null));
            pair.second.on(r -> Scripts.rateLimited(30));
            HttpResponse<String> answer = pair.chat();
            JsonNode error = error(answer);
            assertThat(answer.statusCode()).as("the class of the first failure").isEqualTo(502);
            assertThat(error.path("message").asText()).isEqualTo("First is broken.");
            assertThat(error.path("attempts")).hasSize(2);
            JsonNode first = error.path("attempts").path(0);
            assertThat(first.properties())
                    .extracting(Map.Entry::getKey)
                    .containsExactly("provider", "model", "reason", "status", "ms");
            assertThat(first.path("provider").asText()).isEqualTo("first");
            assertThat(first.path("model").asText()).isEqualTo("m1");
            assertThat(first.path("reason").asText()).isEqualTo("overloaded");
            assertThat(first.path("status").asInt()).isEqualTo(500);
            assertThat(first.path("ms").isIntegralNumber()).isTrue();
            assertThat(error.path("attempts").path(1).path("reason").asText()).isEqualTo("rate_limited");
        }
    }

    @Test
    void theLineInTheLogSaysWhatWasTriedAndWhyItWentOn() throws Exception {
        try (Pair pair = new Pair();
                RequestLog log = new RequestLog()) {
            pair.first.enqueue(Scripts.rateLimited(30));
            String[] id = {"content-type", "application/json", "x-request-id", "tried"};
            assertThat(pair.broker
                            .post("/v1/chat/completions", TestBroker.body("pair"), id)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(log.await("tried").get("tried"))
                    .matches("first/m1:rate_limited:429:\\d+ms,second/m2:ok:200:\\d+ms");
            id[3] = "at-once";
            pair.broker.post("/v1/chat/completions", TestBroker.body("second/m2"), id);
            assertThat(log.await("at-once")).doesNotContainKeys("tried", "skipped");
            id[3] = "later";
            pair.broker.post("/v1/chat/completions", TestBroker.body("pair"), id);
            assertThat(log.await("later")).doesNotContainKey("tried").containsEntry("skipped", "first/m1:cooling_down");
            pair.second.enqueue(Scripts.error(500, "Broken.", "server_error", null));
            id[3] = "failed";
            pair.broker.post("/v1/chat/completions", TestBroker.body("second/m, 2\\n"), id);
            assertThat(log.await("failed").get("tried")).matches("second/m__2\\?:overloaded:500:\\d+ms");
        }
    }

    @Test
    void theClientIsNotToldOfAttemptsWhereTheOperatorHidesRouting() throws Exception {
        try (Pair pair = new Pair("serai.response.routing-headers", "false")) {
            pair.first.on(r -> Scripts.error(500, "First is broken.", "server_error", null));
            pair.second.on(r -> Scripts.error(500, "So is second.", "server_error", null));
            HttpResponse<String> answer = pair.chat();
            assertThat(error(answer).has("attempts")).isFalse();
            assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("x-serai"));
        }
    }

    // ---- the breaker

    @ParameterizedTest
    @ValueSource(strings = {"", STREAM})
    void theBreakerOpensAfterTenFailuresAndThenLetsTwoThroughAtATime(String stream) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().set("serai.error-cooldown", "0")
                        .provider("acme", stub)
                        .start()) {
            stub.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            for (int i = 0; i < 10; i++) {
                assertThat((stream.isEmpty() ? broker.chat("acme/m") : broker.chat("acme/m", stream)).statusCode())
                        .isEqualTo(502);
            }
            stub.on(r -> Scripts.stall());
            List<CompletableFuture<HttpResponse<String>>> probes = new ArrayList<>();
            for (int i = 1; i <= 2; i++) { // what a half-open breaker permits
                probes.add(broker.http()
                        .sendAsync(
                                broker.request("/v1/chat/completions")
                                        .POST(HttpRequest.BodyPublishers.ofString(TestBroker.body("acme/m")))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString()));
                stub.awaitRequests(10 + i);
            }
            HttpResponse<String> answer = broker.chat("acme/m");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(error(answer).path("code").asText()).isEqualTo("no_available_target");
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
            assertThat(stub.requests()).hasSize(12);
            probes.forEach(p -> p.cancel(true));
        }
    }

    @Test
    void threeFailuresInARowPutAProviderAsideAndASuccessBetweenThemDoesNot() throws Exception {
        try (Pair pair = new Pair()) {
            pair.first.enqueue(
                    Scripts.error(500, "Broken.", "server_error", null),
                    Scripts.error(500, "Broken.", "server_error", null),
                    Scripts.chat("well"),
                    Scripts.error(500, "Broken.", "server_error", null),
                    Scripts.error(500, "Broken.", "server_error", null),
                    Scripts.error(500, "Broken.", "server_error", null));
            for (int i = 0; i < 8; i++) {
                assertThat(pair.chat().statusCode()).isEqualTo(200);
            }
            assertThat(pair.first.requests()).hasSize(6);
        }
    }

    @Test
    void theLastOneIsTriedRatherThanTheRequestRefused() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            for (int i = 0; i < 3; i++) {
                stub.enqueue(Scripts.error(500, "Broken.", "server_error", null));
                assertThat(broker.chat("acme/m").statusCode()).isEqualTo(502);
            }
            assertThat(broker.get("/health").body()).contains("\"failing\"");
            stub.on(r -> Scripts.chat("well again"));
            assertThat(broker.chat("acme/m").body()).contains("well again");
            assertThat(broker.get("/health").body()).doesNotContain("\"failing\"");
        }
    }

    @Test
    void anOpenBreakerSendsRequestsToTheNextProviderAtOnce() throws Exception {
        try (Pair pair = new Pair("serai.error-cooldown", "0");
                RequestLog log = new RequestLog()) {
            pair.first.on(r -> Scripts.error(500, "Broken.", "server_error", null));
            for (int i = 0; i < 10; i++) {
                pair.chat();
            }
            HttpResponse<String> answer = pair.chat();
            assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("second");
            assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("1");
            assertThat(log.await(answer.headers().firstValue("x-request-id").orElseThrow()))
                    .containsEntry("attempts", "1")
                    .hasEntrySatisfying("tried", t -> assertThat(t).contains("breaker_open"));
            assertThat(pair.first.requests()).hasSize(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404})
    void mistakesOfClientsNeverOpenTheBreaker(int status) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = quick().provider("acme", stub).start()) {
            for (int i = 0; i < 25; i++) {
                stub.enqueue(Scripts.error(status, "Your mistake.", "invalid_request_error", "invalid_value"));
            }
            for (int i = 0; i < 25; i++) {
                broker.chat("acme/m", i % 2 == 0 ? STREAM : "\"n\":1");
            }
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
        }
    }
}
