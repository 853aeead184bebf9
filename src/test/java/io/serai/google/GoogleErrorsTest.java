package io.serai.google;

import static io.serai.google.Gemini.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.broker.TestBroker;
import io.serai.stub.GoogleRules;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Google's errors in OpenAI's words, plain and before a stream begins: https://ai.google.dev/gemini-api/docs/troubleshooting. */
final class GoogleErrorsTest {
    private static final String PER_DAY = """
            {"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.",\
            "status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[\
            {"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests",\
            "quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},\
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"33s"}]}}""";
    private static final String PER_MINUTE =
            PER_DAY.replace("RequestsPerDay", "RequestsPerMinute").replace("\"33s\"", "\"33.2s\"");

    /**
     * A case.
     *
     * @param seconds of the client's Retry-After; null when it does not matter
     */
    private record Case(
            String name,
            int status,
            String body,
            int client,
            String code,
            String param,
            String reason,
            String seconds) {}

    private static String error(int status, String message, String name) {
        return GoogleRules.error(status, message, name, "", "");
    }

    @Test
    void aDaysQuotaOfOneModelLeavesTheKeyToTheOthers() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("google", "google", stub.origin(), "api_key: k-aaaaaa")
                        .file("config/models.yaml", """
                                models:
                                  pair:
                                    backends:
                                      - {provider: google, model_id: pro, priority: 1, free: true}
                                      - {provider: google, model_id: flash, priority: 2, free: true}
                                """)
                        .start()) {
            stub.on(r ->
                    r.target().contains("/pro:") ? Scripts.status(429, PER_DAY) : Scripts.status(200, Gemini.HELLO));
            assertThat(broker.chat("pair").statusCode()).isEqualTo(200);
            assertThat(broker.chat("pair").statusCode()).isEqualTo(200);
            assertThat(broker.chat("google/pro").body()).contains("error");
            assertThat(stub.requests().stream().filter(r -> r.target().contains("/pro:")))
                    .hasSize(1);
        }
    }

    @Test
    void aMinutesQuotaOfOneModelLeavesTheKeyToTheOthers() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("google", "google", stub.origin(), "api_key: k-aaaaaa")
                        .start()) {
            stub.on(r ->
                    r.target().contains("/pro:") ? Scripts.status(429, PER_MINUTE) : Scripts.status(200, Gemini.HELLO));

            HttpResponse<String> refused = broker.chat("google/pro");
            HttpResponse<String> resting = broker.chat("google/pro");
            HttpResponse<String> other = broker.chat("google/flash");

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(resting.statusCode()).isEqualTo(429);
            assertThat(resting.headers().firstValueAsLong("retry-after").orElse(0))
                    .isBetween(25L, 34L);
            assertThat(other.statusCode()).as(other.body()).isEqualTo(200);
            assertThat(broker.get("/health").body())
                    .contains("\"state\":\"ok\"")
                    .contains(
                            "\"resting_models\":[{\"model\":\"pro\",\"state\":\"cooling_down\",\"cooldown_until\":\"");
            assertThat(stub.requests().stream().filter(r -> r.target().contains("/pro:")))
                    .hasSize(1);
        }
    }

    private static final List<Case> CASES = List.of(
            new Case("a minute's quota", 429, PER_MINUTE, 429, "rate_limit_exceeded", null, "rate_limited", "34"),
            new Case("a day's quota", 429, PER_DAY, 429, "insufficient_quota", null, "quota_used_up", null),
            new Case(
                    "no more to say",
                    429,
                    error(429, "Resource has been exhausted (e.g. check quota).", "RESOURCE_EXHAUSTED"),
                    429,
                    "rate_limit_exceeded",
                    null,
                    "rate_limited",
                    null),
            new Case(
                    "an unknown key",
                    400,
                    GoogleRules.error(
                            400,
                            "API key not valid. Please pass a valid API key.",
                            "INVALID_ARGUMENT",
                            "API_KEY_INVALID",
                            ""),
                    502,
                    "upstream_credentials_exhausted",
                    null,
                    "credentials_bad",
                    null),
            new Case(
                    "a key without the right",
                    403,
                    error(403, "Your project has been denied access.", "PERMISSION_DENIED"),
                    502,
                    "upstream_credentials_exhausted",
                    null,
                    "credentials_bad",
                    null),
            new Case(
                    "a country without service",
                    400,
                    error(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
                    502,
                    "upstream_credentials_exhausted",
                    null,
                    "credentials_bad",
                    null),
            new Case(
                    "an unknown model",
                    404,
                    error(404, "models/x is not found for API version v1beta", "NOT_FOUND"),
                    404,
                    "model_not_found",
                    "model",
                    "model_not_found",
                    null),
            new Case(
                    "too long",
                    400,
                    error(
                            400,
                            "The input token count (1189867) exceeds the maximum number of tokens allowed (1048576).",
                            "INVALID_ARGUMENT"),
                    400,
                    "context_length_exceeded",
                    "messages",
                    "context_length_exceeded",
                    null),
            new Case(
                    "a bad value",
                    400,
                    GoogleRules.error(
                            400,
                            "* GenerateContentRequest.generation_config.top_p: top_p must be in the range [0.0, 1.0].",
                            "INVALID_ARGUMENT",
                            "",
                            "generation_config.top_p"),
                    400,
                    "invalid_value",
                    "top_p",
                    "rejected",
                    null),
            new Case(
                    "in a list",
                    400,
                    "[" + error(400, "Please use a valid role: user, model.", "INVALID_ARGUMENT") + "]",
                    400,
                    "invalid_value",
                    null,
                    "rejected",
                    null),
            new Case(
                    "overloaded",
                    503,
                    error(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
                    503,
                    null,
                    null,
                    "overloaded",
                    null),
            new Case(
                    "broken inside",
                    500,
                    error(500, "An internal error has occurred.", "INTERNAL"),
                    502,
                    null,
                    null,
                    "overloaded",
                    null),
            new Case("no JSON", 502, "<html>Bad gateway</html>", 502, null, null, "overloaded", null));

    private static Gemini gemini;
    private static TestBroker broker;

    /** A provider for each case: failures put keys out. */
    @BeforeAll
    static void start() throws Exception {
        gemini = new Gemini();
        TestBroker.Setup setup =
                TestBroker.with().set("serai.retry.max-wait", "0").set("serai.retry.attempts", "1");
        for (int i = 0; i < CASES.size(); i++) {
            setup.provider("google", "p" + i, gemini.stub.origin());
            setup.provider("google", "p" + i + "s", gemini.stub.origin());
        }
        broker = setup.start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        gemini.close();
    }

    @TestFactory
    Stream<DynamicTest> plainAndStreamed() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (boolean stream : new boolean[] {false, true}) {
            for (Case c : CASES) {
                tests.add(
                        DynamicTest.dynamicTest(c.name() + (stream ? " streamed" : " plain"), () -> check(c, stream)));
            }
        }
        return tests.stream();
    }

    private static void check(Case c, boolean stream) throws Exception {
        String provider = "p" + CASES.indexOf(c) + (stream ? "s" : "");
        gemini.on("gemini-2.5-" + provider, Scripts.status(c.status(), c.body()));

        HttpResponse<String> answer = broker.chat(provider + "/gemini-2.5-" + provider, "\"stream\":" + stream);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(c.client());
        JsonNode error = json(answer).path("error");
        if (c.code() != null) {
            assertThat(error.path("code").asText()).as(answer.body()).isEqualTo(c.code());
        }
        assertThat(error.path("param").textValue()).isEqualTo(c.param());
        assertThat(error.path("attempts").path(0).path("reason").asText()).isEqualTo(c.reason());
        if (c.seconds() != null) {
            assertThat(answer.headers().firstValue("retry-after")).hasValue(c.seconds());
        }
    }

    @Test
    void aWrongKeyIsTold() throws Exception {
        try (TestBroker wrong = gemini.broker("api_key: wrong-key-of-ours").start()) {
            HttpResponse<String> answer = wrong.chat("google/gemini-2.5-flash");

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).doesNotContain("wrong-key-of-ours");
        }
    }
}
