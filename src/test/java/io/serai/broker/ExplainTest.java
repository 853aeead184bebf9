package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why a request would go where it would go. */
final class ExplainTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static StubUpstream one;
    private static StubUpstream two;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        one = new StubUpstream();
        two = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.retry.max-wait", "0")
                .provider("one", one)
                .provider("two", two)
                .provider("counted", one, "default_rate_limit_TPM: 600")
                .provider("slow", one, "rate_limit: 3600")
                .provider("careful", one, "models: [{name: m, rate_limit: 3600}, {name: n}]")
                .file("config/models.yaml", """
                        catalogue: replace
                        models:
                          plain: {capabilities: [json_schema], context_window: 8000,
                            backends: [{provider: one, model_id: plain, input_cost: 1, output_cost: 2}]}
                          able: {capabilities: [tool_calling], context_window: 8000,
                            backends: [{provider: two, model_id: able, input_cost: 10, output_cost: 20}]}
                        """)
                .file(
                        "config/rotations.yaml",
                        "rotations: {mix: {providers: [{provider_id: plain, weight: 3}, {provider_id: able}]}}")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        one.close();
        two.close();
    }

    private static JsonNode explain(String model, String... more) throws Exception {
        HttpResponse<String> answer = broker.post("/v1/route/explain", TestBroker.body(model, more));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void candidatesComeInTheOrderInWhichTheyWouldBeTriedAndNobodyIsCalled() throws Exception {
        int before = one.requests().size() + two.requests().size();
        JsonNode first = explain("rotation/mix");
        assertThat(explain("rotation/mix")).isEqualTo(first); // no turn passes
        assertThat(first.path("model").asText()).isEqualTo("rotation/mix");
        JsonNode candidate = first.path("candidates").get(0);
        assertThat(candidate.path("rank").asInt()).isEqualTo(1);
        assertThat(candidate.path("provider").asText()).isEqualTo("one");
        assertThat(candidate.path("instance").asText()).isEqualTo("one");
        assertThat(candidate.path("reason").asText()).isEqualTo("weighted");
        assertThat(candidate.path("expected_cost_usd").decimalValue()).isPositive();
        assertThat(first.path("candidates").get(1).path("provider").asText()).isEqualTo("two");
        assertThat(one.requests().size() + two.requests().size()).isEqualTo(before);
    }

    @Test
    void whoeverCannotServeIsPassedOverWithTheReason() throws Exception {
        JsonNode plan = explain(
                "rotation/mix",
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]");
        assertThat(plan.path("candidates")).hasSize(1);
        assertThat(plan.path("candidates").get(0).path("provider").asText()).isEqualTo("two");
        assertThat(plan.path("skipped").toString())
                .isEqualTo("[{\"provider\":\"one\",\"model\":\"plain\",\"reason\":\"no_tools\"}]");
    }

    @Test
    void whoRestsIsPassedOverToo() throws Exception {
        two.on(r -> Scripts.rateLimited(60));
        broker.chat("two/able");
        JsonNode plan = explain("rotation/mix");
        assertThat(plan.path("candidates")).hasSize(1);
        assertThat(plan.path("skipped").get(0).path("reason").asText()).isEqualTo("cooling_down");
    }

    @Test
    void whoHasNoTokensLeftIsPassedOverToo() throws Exception {
        assertThat(explain("counted/m", "\"max_tokens\":100").path("candidates"))
                .hasSize(1);
        assertThat(explain("counted/m", "\"max_tokens\":1000")
                        .at("/skipped/0/reason")
                        .asText())
                .isEqualTo("above_tpm");
        one.enqueue(Scripts.completion("much", 500, 90));
        assertThat(broker.chat("counted/m", "\"max_tokens\":100").statusCode()).isEqualTo(200);
        // until the answer is out, what was set aside for it counts
        await().until(() -> explain("counted/m", "\"max_tokens\":100")
                .at("/skipped/0/reason")
                .asText()
                .equals("over_tpm"));
        assertThat(explain("counted/m", "\"max_tokens\":100").path("candidates"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slow", "careful"})
    void whoseTurnWouldComeTooLateIsPassedOverToo(String provider) throws Exception {
        assertThat(explain(provider + "/m").path("candidates")).hasSize(1);
        assertThat(broker.chat(provider + "/m").statusCode()).isEqualTo(200);
        JsonNode plan = explain(provider + "/m");
        assertThat(plan.path("candidates")).isEmpty();
        assertThat(plan.at("/skipped/0/reason").asText()).isEqualTo("paced");
        assertThat(broker.chat(provider + "/m").body()).contains("\"paced\""); // as it was foretold
    }

    @Test
    void aNameThatLeadsNowhereIs404() throws Exception {
        assertThat(broker.post("/v1/route/explain", TestBroker.body("nope")).statusCode())
                .isEqualTo(404);
        assertThat(broker.post("/api/v1/route/explain", TestBroker.body("one/x"))
                        .statusCode())
                .isEqualTo(200);
    }
}
