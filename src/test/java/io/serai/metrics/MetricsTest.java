package io.serai.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static StubUpstream stub;
    private static StubUpstream newer;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        stub.forModel("broken", Scripts.status(500, "{}"));
        newer = new StubUpstream();
        newer.on(request -> Scripts.status(200, """
                {"id":"a","object":"chat.completion","created":1,"model":"gpt-2026-01-31","choices":[{"index":0,
                 "message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}"""));
        broker = TestBroker.with()
                .provider(
                        "acme",
                        stub,
                        "models: [{name: m, pricing: {prompt: 0.000001, completion: 0.000002}}, {name: broken}]")
                .provider("open", stub) // takes any model
                .provider("dated", newer, "models: [{name: gpt, pricing: {prompt: 0.000001, completion: 0.000002}}]")
                .set("serai.retry.attempts", "1")
                .start();
        broker.chat("acme/m");
        awaitRequests(1); // counted one by one, so that the first is known
        broker.chat("acme/m", "\"stream\":true");
        broker.chat("acme/broken");
        broker.chat("open/my-secret-project");
        broker.chat("dated/gpt");
        awaitRequests(5);
    }

    private static void awaitRequests(int count) {
        await().until(() -> JSON.readTree(broker.get("/metrics", "accept", "application/json")
                                .body())
                        .path("requests")
                        .asInt()
                == count);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
        newer.close();
    }

    private static String text() throws Exception {
        return broker.get("/metrics").body();
    }

    @Test
    void prometheusGetsTheConventionsNames() throws Exception {
        HttpResponse<String> answer = broker.get("/metrics", "accept", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(answer.body().lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("gen_ai_client_token_usage_sum{")
                        .contains(
                                "gen_ai_operation_name=\"chat\"",
                                "gen_ai_provider_name=\"acme\"",
                                "gen_ai_request_model=\"m\"",
                                "gen_ai_token_type=\"input\"")
                        .endsWith(" " + 2.0 * Scripts.PROMPT_TOKENS))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("gen_ai_server_request_duration_seconds_bucket{")
                        .contains("gen_ai_request_model=\"acme/m\"", "le=\"81.92\""))
                .anySatisfy(line -> assertThat(line).startsWith("gen_ai_server_time_to_first_token_seconds_count{"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("gen_ai_client_operation_duration_seconds_count{error_type=\"overloaded\""))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("serai_requests_total{")
                        .contains("outcome=\"ok\"")
                        .endsWith(" 4.0"))
                .anySatisfy(line ->
                        assertThat(line).isEqualTo("serai_instance_breaker{instance=\"acme\",provider=\"acme\"} 0.0"))
                .anySatisfy(line ->
                        assertThat(line).startsWith("serai_unpriced_total{").endsWith(" 1.0"));
    }

    @Test
    void aNameThatOnlyAClientKnowsIsNoLabel() throws Exception {
        assertThat(text()).contains("gen_ai_request_model=\"other\"").doesNotContain("secret-project", "sk-upstream");
    }

    @Test
    void whatAProviderCallsByALongerNameGoesByTheOneItWasAskedBy() throws Exception {
        assertThat(text().lines())
                .anySatisfy(
                        line -> assertThat(line).startsWith("serai_cost_usd_total{model=\"gpt\",provider=\"dated\"} "))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("gen_ai_server_request_duration_seconds_count{")
                        .contains("gen_ai_request_model=\"dated/gpt\"", "gen_ai_response_model=\"gpt\""))
                .noneSatisfy(line -> assertThat(line).contains("gpt-2026"));
    }

    @Test
    void whoAcceptsJsonGetsTheTotals() throws Exception {
        JsonNode totals = JSON.readTree(
                broker.get("/metrics", "accept", "application/json").body());
        assertThat(totals.path("errors").asInt()).isOne();
        assertThat(totals.path("input_tokens").asInt()).isEqualTo(4 * Scripts.PROMPT_TOKENS);
        assertThat(totals.path("in_flight").asInt()).isPositive(); // this one
        assertThat(totals.path("cost_usd").decimalValue())
                .isEqualByComparingTo(
                        BigDecimal.valueOf(3L * (Scripts.PROMPT_TOKENS + 2L * Scripts.COMPLETION_TOKENS), 6));
    }

    @Test
    void eachAddressIsShownWithItsLatestRequests() throws Exception {
        JsonNode here = JSON.readTree(broker.get("/metrics/detailed").body())
                .path("addresses")
                .path("127.0.0.1");
        assertThat(here.path("requests").asInt()).isEqualTo(5);
        assertThat(here.path("errors").asInt()).isOne();
        assertThat(here.path("in_flight").asInt()).isPositive();
        assertThat(here.path("recent")).hasSize(5);
        assertThat(here.path("recent").get(0).path("model").asText()).isEqualTo("acme/m");
        assertThat(here.path("recent").get(0).path("success").asBoolean()).isTrue();
    }

    @Test
    void theDashboardNamesOnlyWhatThereIs() throws Exception {
        JsonNode dashboard =
                JSON.readTree(Path.of("docs/reference/grafana-dashboard.json").toFile());
        Set<String> named = dashboard.findValuesAsText("expr").stream()
                .flatMap(expr -> Pattern.compile("\\b(?:serai|gen_ai)_\\w+(?=[\\[{ ]|$)")
                        .matcher(expr.replaceAll("by \\([^)]*\\)", ""))
                        .results()
                        .map(MatchResult::group))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = text().lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toSet());
        assertThat(named).hasSizeGreaterThan(10);
        assertThat(there).containsAll(named);
    }

    @Test
    void routesAreNotTimedUnlessThatIsSwitchedOn() throws Exception {
        assertThat(text()).doesNotContain("camel_route");
    }
}
