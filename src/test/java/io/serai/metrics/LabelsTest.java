package io.serai.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a client writes is nowhere in the metrics, and makes no time series; and what else there is to see. */
final class LabelsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVIL = "evil\"} 1\nserai_fake_total{x=\"\\";
    private static final Pattern SERIES = Pattern.compile(
            "[a-zA-Z_:][a-zA-Z0-9_:]*(\\{([a-zA-Z_]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\",?)*})? ([-+]?[0-9.]+(E-?[0-9]+)?|NaN|[-+]?Inf)");

    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        stub.forModel("locked", Scripts.status(401, "{\"error\":{\"message\":\"no\"}}"));
        broker = TestBroker.with()
                .provider("open", stub) // takes any model
                .provider("twin", stub, "api_keys: [sk-twin-one-1234, sk-twin-two-5678]", "models: [{name: locked}]")
                .set("serai.metrics.routes", "true")
                .start();
        broker.chat("open/m");
        broker.chat("twin/locked");
        evil("first");
        seen(3);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static void evil(String more) throws Exception {
        String model = JSON.writeValueAsString("open/" + EVIL + more);
        String body = "{\"model\":" + model + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        assertThat(broker.post("/v1/chat/completions?model=" + more, body).statusCode())
                .isEqualTo(200);
    }

    private static void seen(int requests) {
        await().until(() -> JSON.readTree(broker.get("/metrics", "accept", "application/json")
                                .body())
                        .path("requests")
                        .asInt()
                >= requests);
    }

    private static List<String> series() throws Exception {
        return broker.get("/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    @Test
    void aHostileModelNameIsOther() throws Exception {
        assertThat(series())
                .allSatisfy(line -> assertThat(line).matches(SERIES))
                .noneSatisfy(line -> assertThat(line).containsAnyOf("evil", "fake", "sk-twin"))
                .anySatisfy(line -> assertThat(line).contains("gen_ai_request_model=\"other\""));
        long before = seriesOfRequests();
        for (int i = 0; i < 5; i++) {
            evil("another-" + i);
        }
        seen(8);
        assertThat(seriesOfRequests()).isEqualTo(before);
    }

    /** Without those of routes that a timer starts: they begin when it first has. */
    private static long seriesOfRequests() throws Exception {
        return series().stream()
                .filter(line -> !line.contains("routeId=\"ops-"))
                .count();
    }

    @Test
    void whyAnotherKeyWasTakenIsCounted() throws Exception {
        assertThat(series())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("serai_key_rotations_total{provider=\"twin\",reason=\"credentials_bad\"} "));
        assertThat(series())
                .contains(
                        "serai_instance_up{instance=\"open\",provider=\"open\"} 1.0",
                        "serai_instance_up{instance=\"twin-0\",provider=\"twin\"} 0.0");
    }

    @Test
    void theOverheadIsToldByPhase() throws Exception {
        assertThat(series())
                .anySatisfy(
                        line -> assertThat(line).startsWith("serai_overhead_phase_seconds_count{phase=\"before\"} "))
                .anySatisfy(
                        line -> assertThat(line).startsWith("serai_overhead_phase_seconds_count{phase=\"between\"} "))
                .anySatisfy(
                        line -> assertThat(line).startsWith("serai_overhead_phase_seconds_count{phase=\"after\"} "));
    }

    @Test
    void theConfigurationInUseIsNumbered() throws Exception {
        assertThat(series())
                .contains("serai_config_generation 1.0", "serai_config_errors 0.0", "serai_hedging_remaining_usd 1.0");
    }

    @Test
    void routesAreTimedWhereThatIsSwitchedOn() throws Exception {
        assertThat(series())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("camel_route_policy_seconds_count{")
                        .contains("routeId=\"dispatch\""));
    }

    @Test
    void tenRequestsOfAnAddressAreRemembered() throws Exception {
        for (int i = 0; i < 10; i++) {
            broker.chat("open/m");
        }
        seen(13);
        JsonNode here = JSON.readTree(broker.get("/metrics/detailed").body()).at("/addresses/127.0.0.1");
        assertThat(here.path("requests").asInt()).isGreaterThanOrEqualTo(13);
        assertThat(here.path("recent")).hasSize(10);
    }
}
