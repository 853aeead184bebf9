package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a client without a limit of the broker's is told of the provider's. */
final class ProviderLimitsTest {
    /** As on platform.openai.com/docs/guides/rate-limits, and what else may stand beside them. */
    private static final String[] OPENAI = {
        "X-RateLimit-Limit-Requests", "60",
        "x-ratelimit-limit-tokens", "150000",
        "x-ratelimit-remaining-requests", "59",
        "x-ratelimit-remaining-tokens", "149984",
        "x-ratelimit-reset-requests", "1s",
        "x-ratelimit-reset-tokens", "6m0s",
        "x-ratelimit-account", "org-of-the-operator",
        "x-ratelimit-limit-org-of-the-operator", "7",
        "openai-organization", "org-of-the-operator",
        "set-cookie", "session=operator"
    };

    private static final Map<String, String> SHOWN = Map.of(
            "x-ratelimit-limit-requests", "60",
            "x-ratelimit-limit-tokens", "150000",
            "x-ratelimit-remaining-requests", "59",
            "x-ratelimit-remaining-tokens", "149984",
            "x-ratelimit-reset-requests", "1s",
            "x-ratelimit-reset-tokens", "6m0s");
    private static final Map<String, String> RAW = prefixed(SHOWN);

    private static StubUpstream stub;
    private static StubUpstream plainStub;
    private static TestBroker broker;
    private static TestBroker limited;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        plainStub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .provider("acme", stub, "enable_response_cache: false")
                .provider("quiet", plainStub, "enable_response_cache: false")
                .provider("anthropic", "claude", stub.origin(), "enable_response_cache: false")
                .provider("kept", stub)
                .set("serai.response-cache.enabled", "true")
                .file("config/rotations.yaml", """
                        rotations:
                          steady:
                            strategy: priority
                            providers:
                              - {provider_id: acme, models: [{name: m, weight: 2}]}
                              - {provider_id: quiet, models: [{name: m, weight: 1}]}
                        """)
                .start();
        limited = TestBroker.with()
                .provider("acme", stub)
                .set("serai.auth.keys", "mine")
                .set("serai.admin.token", "the-admin")
                .set("serai.limits.per-key.requests-per-minute", "100")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        limited.close();
        broker.close();
        plainStub.close();
        stub.close();
    }

    @AfterEach
    void everyScriptWasPlayed() {
        assertThat(stub.queuedScripts()).isZero();
    }

    private static Map<String, String> prefixed(Map<String, String> headers) {
        Map<String, String> raw = new TreeMap<>();
        headers.forEach((name, value) -> raw.put("llm_provider-" + name, value));
        return raw;
    }

    private static Map<String, String> limits(HttpResponse<?> answer, String prefix) {
        Map<String, String> found = new TreeMap<>();
        answer.headers().map().forEach((name, values) -> {
            if (name.startsWith(prefix)) {
                found.put(name, String.join(" and ", values));
            }
        });
        return found;
    }

    private static void assertShown(HttpResponse<?> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(limits(answer, "x-ratelimit-")).isEqualTo(SHOWN);
        assertThat(limits(answer, "llm_provider-")).isEqualTo(RAW);
        assertThat(answer.headers().map().toString()).doesNotContain("operator");
    }

    private static void assertNothing(HttpResponse<?> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(limits(answer, "x-ratelimit-")).isEmpty();
        assertThat(limits(answer, "llm_provider-")).isEmpty();
    }

    /** A completion with these headers. */
    private static Script completion(String... headers) {
        return Scripts.status(
                200,
                "{\"id\": \"c\", \"object\": \"chat.completion\", \"created\": 1, \"model\": \"m\","
                        + " \"choices\": [{\"index\": 0, \"message\": {\"role\": \"assistant\", \"content\": \"Hi\"}, \"finish_reason\": \"stop\"}],"
                        + " \"usage\": {\"prompt_tokens\": 12, \"completion_tokens\": 5, \"total_tokens\": 17}}",
                headers);
    }

    private static String[] and(String... more) {
        return Stream.concat(Arrays.stream(OPENAI), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void aPlainAnswerCarriesThoseOfItsProvider() throws Exception {
        stub.enqueue(completion(OPENAI));
        assertShown(broker.chat("acme/m"));
    }

    @Test
    void aStreamCarriesThemInItsHead() throws Exception {
        stub.enqueue(Scripts.stream("Hi").headers(and("content-type", "text/event-stream")));
        HttpResponse<String> answer = broker.chat("acme/m", "\"stream\": true");
        assertThat(answer.body()).contains("[DONE]").doesNotContain("ratelimit", "operator");
        assertShown(answer);
    }

    @Test
    void anthropicsAreTranslated() throws Exception {
        String reset = Instant.now().plusSeconds(359).toString();
        stub.enqueue(Scripts.status(
                200,
                "{\"id\": \"msg_1\", \"type\": \"message\", \"role\": \"assistant\", \"model\": \"m\","
                        + " \"content\": [{\"type\": \"text\", \"text\": \"Hi\"}], \"stop_reason\": \"end_turn\", \"stop_sequence\": null,"
                        + " \"usage\": {\"input_tokens\": 12, \"output_tokens\": 6}}",
                "anthropic-ratelimit-requests-limit",
                "50",
                "anthropic-ratelimit-requests-remaining",
                "49",
                "anthropic-ratelimit-requests-reset",
                reset,
                "anthropic-ratelimit-unified-representative-claim",
                "five_hour",
                "anthropic-organization-id",
                "of-the-operator"));
        HttpResponse<String> answer = broker.chat("claude/m");
        assertThat(answer.statusCode()).isEqualTo(200);
        Map<String, String> shown = limits(answer, "x-ratelimit-");
        assertThat(shown.remove("x-ratelimit-reset-requests")).matches("5m[3-5]\\ds");
        assertThat(shown).isEqualTo(Map.of("x-ratelimit-limit-requests", "50", "x-ratelimit-remaining-requests", "49"));
        assertThat(limits(answer, "llm_provider-"))
                .isEqualTo(prefixed(Map.of(
                        "anthropic-ratelimit-requests-limit", "50",
                        "anthropic-ratelimit-requests-remaining", "49",
                        "anthropic-ratelimit-requests-reset", reset)));
        assertThat(answer.headers().map().toString()).doesNotContain("operator");
    }

    @Test
    void whoHasALimitHereIsToldThatOneAlone() throws Exception {
        stub.enqueue(completion(OPENAI));
        HttpResponse<String> answer = limited.post(
                "/v1/chat/completions",
                TestBroker.body("acme/m"),
                "content-type",
                "application/json",
                "x-api-key",
                "mine");
        assertThat(limits(answer, "x-ratelimit-"))
                .containsOnlyKeys(
                        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests")
                .containsEntry("x-ratelimit-limit-requests", "100");
        assertThat(limits(answer, "llm_provider-")).isEqualTo(RAW);
    }

    @Test
    void theAdministratorHasNoLimitAndIsToldTheProviders() throws Exception {
        stub.enqueue(completion(OPENAI));
        assertShown(limited.post(
                "/v1/chat/completions",
                TestBroker.body("acme/m"),
                "content-type",
                "application/json",
                "x-api-key",
                "the-admin"));
    }

    @Test
    void whoFailedSaysNothing() throws Exception {
        stub.enqueue(Scripts.error(500, "Broken.", "server_error", null, OPENAI));
        HttpResponse<String> answer = broker.chat("rotation/steady");
        assertThat(answer.headers().firstValue("x-serai-provider")).contains("quiet");
        assertNothing(answer);
    }

    @Test
    void anAnswerThatWasKeptCarriesNone() throws Exception {
        stub.enqueue(completion(OPENAI));
        assertShown(broker.chat("kept/m", "\"temperature\": 0"));
        HttpResponse<String> hit = broker.chat("kept/m", "\"temperature\": 0");
        assertThat(hit.headers().firstValue("x-serai-cache")).contains("hit");
        assertNothing(hit);
    }

    @Test
    void whoHidesItsProvidersHidesTheirLimits() throws Exception {
        try (TestBroker hiding = TestBroker.with()
                .provider("acme", stub)
                .set("serai.response.routing-headers", "false")
                .start()) {
            stub.enqueue(completion(OPENAI));
            assertNothing(hiding.chat("acme/m"));
            stub.enqueue(Scripts.stream("Hi").headers(and("content-type", "text/event-stream")));
            assertNothing(hiding.chat("acme/m", "\"stream\": true"));
        }
    }

    @Test
    void aValueThatIsNoLimitDoesNotPass() throws Exception {
        stub.enqueue(completion(
                "x-ratelimit-limit-requests", "-1", "x-ratelimit-remaining-requests", "sk-live-of-the-operator"));
        HttpResponse<String> answer = broker.chat("acme/m");
        assertThat(limits(answer, "x-ratelimit-")).isEmpty();
        assertThat(limits(answer, "llm_provider-")).isEqualTo(Map.of("llm_provider-x-ratelimit-limit-requests", "-1"));
    }
}
