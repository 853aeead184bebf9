package io.serai.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.broker.TestBroker;
import io.serai.stub.AnthropicRules;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the vendor's refusals mean: the shapes of https://platform.claude.com/docs/en/api/errors. Each case has a provider of
 * its own, for a failure leaves its provider cooling down.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ErrorsTest {
    private static final int CASES = 24;
    private final StubUpstream stub = new StubUpstream();
    private TestBroker broker;
    private int next;

    @BeforeAll
    void start() throws Exception {
        TestBroker.Setup setup =
                TestBroker.with().set("serai.retry.attempts", "2").set("serai.retry.max-wait", "0");
        for (int i = 0; i < CASES; i++) {
            setup.provider("anthropic", "p" + i, stub.origin());
        }
        broker = setup.start();
    }

    @AfterAll
    void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private HttpResponse<String> ask(Script answer, String... more) throws Exception {
        stub.on(request -> answer);
        return broker.chat("p" + next++ + "/m", more);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "529 | overloaded_error | Overloaded | overloaded | 503 | no_available_target",
                "500 | api_error | Internal server error | overloaded | 502 | upstream_error",
                "504 | timeout_error | Request timed out | overloaded | 502 | upstream_error",
                "401 | authentication_error | invalid x-api-key | credentials_bad | 502 | upstream_credentials_exhausted",
                "403 | permission_error | Not for this key | credentials_bad | 502 | upstream_credentials_exhausted",
                "402 | billing_error | Pay | quota_used_up | 429 | insufficient_quota",
                "400 | invalid_request_error | Your credit balance is too low to access the Anthropic API. | quota_used_up | 429 | insufficient_quota",
                "400 | invalid_request_error | You have reached your specified workspace API usage limits. You will regain access on 2026-12-01. | quota_used_up | 429 | insufficient_quota",
                "404 | not_found_error | model: claude-nope | model_not_found | 404 | model_not_found",
                "413 | request_too_large | Request exceeds the maximum size | rejected | 413 | request_too_large",
                "400 | invalid_request_error | prompt is too long: 215000 tokens > 200000 maximum | context_length_exceeded | 400 | context_length_exceeded",
                "400 | invalid_request_error | input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000 | context_length_exceeded | 400 | context_length_exceeded",
                "400 | invalid_request_error | Output blocked by content filtering policy | rejected | 400 | content_filter",
                "400 | invalid_request_error | tools.0.custom.name: String should match pattern | rejected | 400 | ''",
            })
    void everyErrorHasItsClass(int status, String type, String message, String reason, int told, String code)
            throws Exception {
        HttpResponse<String> reply = ask(AnthropicRules.error(status, type, message));

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(told);
        JsonNode error = AnthropicBroker.json(reply.body()).path("error");
        assertThat(error.path("code").asText("")).isEqualTo(code);
        assertThat(error.at("/attempts/0/reason").asText()).isEqualTo(reason);
        assertThat(error.at("/attempts/0/status").asInt()).isEqualTo(status);
    }

    @Test
    void aSpendLimitIsNoRateLimit() throws Exception {
        HttpResponse<String> reply = ask(Scripts.status(429, """
                {"type":"error","error":{"type":"rate_limit_error","message":"Spent.",
                 "details":{"error_code":"enforced_spend_limit_reached"}}}"""));

        assertThat(AnthropicBroker.json(reply.body()).at("/error/code").asText())
                .isEqualTo("insufficient_quota");
    }

    @Test
    void aRateLimitSaysHowLong() throws Exception {
        HttpResponse<String> reply =
                ask(AnthropicRules.error(429, "rate_limit_error", "Too many", "retry-after", "17"));

        assertThat(reply.statusCode()).isEqualTo(429);
        assertThat(reply.headers().firstValue("retry-after")).hasValue("17");
    }

    @Test
    void withoutRetryAfterTheExhaustedLimitsResetCounts() throws Exception {
        HttpResponse<String> reply = ask(AnthropicRules.error(
                429,
                "rate_limit_error",
                "Too many",
                "anthropic-ratelimit-requests-remaining",
                "3",
                "anthropic-ratelimit-requests-reset",
                Instant.now().plusSeconds(900).toString(),
                "anthropic-ratelimit-input-tokens-remaining",
                "0",
                "anthropic-ratelimit-input-tokens-reset",
                Instant.now().plusSeconds(90).toString()));

        assertThat(Integer.parseInt(reply.headers().firstValue("retry-after").orElse("0")))
                .isBetween(60, 91);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "top_k: Extra inputs are not permitted | top_k | \"top_k\":5",
                "`temperature` is deprecated for this model. | temperature | \"temperature\":0.5",
                "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\". | reasoning_effort | \"reasoning_effort\":\"low\"",
            })
    void aFieldThatOnlyTheVendorKnowsToBeTooMuchIsLeftOutOnceAndNamed(String message, String name, String field)
            throws Exception {
        stub.enqueue(AnthropicRules.error(400, "invalid_request_error", message));

        HttpResponse<String> reply = ask(AnthropicBroker.message("{\"type\":\"text\",\"text\":\"Hi.\"}"), field);

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(AnthropicBroker.adapted(reply)).isEqualTo(name);
        JsonNode sent = stub.lastRequest().json();
        assertThat(sent.has(name) || sent.has("thinking")).isFalse();
    }
}
