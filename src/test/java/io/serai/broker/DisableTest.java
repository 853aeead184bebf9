package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operator takes a provider, a key or a model out of service and back. */
final class DisableTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] CLIENT = {"x-api-key", "client-key-of-alice-1"};
    private static final String[] ADMIN = {"x-api-key", "admin-token-of-carol-3"};

    private static StubUpstream one;
    private static StubUpstream two;
    private static TestBroker broker;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        one = new StubUpstream().on(r -> Scripts.chat("one"));
        two = new StubUpstream().on(r -> Scripts.chat("two"));
        broker = TestBroker.with()
                .set("serai.auth.keys", CLIENT[1])
                .set("serai.admin.token", ADMIN[1])
                .provider("one", one, "models: [{name: a}, {name: b}]")
                .provider("two", two, "api_keys: [sk-first-key, sk-second-key]")
                .file("config/rotations.yaml", """
                        rotations:
                          both:
                            strategy: priority
                            providers: [{provider_id: one, weight: 4}, {provider_id: two, models: [{name: c}]}]
                        """)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        one.close();
        two.close();
    }

    @AfterEach
    void enableAll() throws Exception {
        for (String body : List.of("", "{\"model\":\"a\"}")) {
            turn("one/enable", body);
        }
        for (String body : List.of("", "{\"instance\":\"two-0\"}")) {
            turn("two/enable", body);
        }
    }

    private static JsonNode turn(String what, String body) throws Exception {
        HttpResponse<String> answer = broker.post("/api/providers/" + what, body, ADMIN);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> ask(String model) throws Exception {
        return broker.post("/v1/chat/completions", TestBroker.body(model), CLIENT);
    }

    private static JsonNode health(String provider) throws Exception {
        return JSON.readTree(broker.get("/health", CLIENT).body()).at("/providers/" + provider);
    }

    @Test
    void aDisabledProviderIsNotCalledUntilItIsEnabled() throws Exception {
        int before = one.requests().size();
        JsonNode state = turn("one/disable", "{\"reason\":\"their bill\"}");
        assertThat(state.path("id").asText()).isEqualTo("one");
        assertThat(state.path("kept").asBoolean()).isTrue();
        HttpResponse<String> refused = ask("one/a");
        assertThat(refused.statusCode()).isEqualTo(503);
        JsonNode error = JSON.readTree(refused.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("no_available_target");
        assertThat(error.path("message").asText()).contains("disabled").doesNotContain("their bill");
        assertThat(ask("rotation/both").body()).contains("two");
        assertThat(one.requests()).hasSize(before);
        JsonNode instance = health("one").at("/instances/0");
        assertThat(instance.path("disabled").asBoolean()).isTrue();
        assertThat(instance.path("state").asText()).isEqualTo("disabled");
        assertThat(instance.at("/disabled_because/reason").asText()).isEqualTo("their bill");
        turn("one/enable", "");
        assertThat(ask("one/a").body()).contains("one");
        assertThat(health("one").at("/instances/0/disabled").asBoolean(true)).isFalse();
    }

    @Test
    void aModelAloneIsPassedOver() throws Exception {
        turn("one/disable", "{\"model\":\"a\"}");
        assertThat(ask("one/a").statusCode()).isEqualTo(503);
        assertThat(ask("one/b").statusCode()).isEqualTo(200);
        int before = one.requests().size();
        for (int i = 0; i < 4; i++) {
            assertThat(ask("rotation/both").body()).contains("one");
        }
        assertThat(one.requests().subList(before, before + 4)).allMatch(r -> "b".equals(r.model()));
        assertThat(health("one").at("/disabled_models/0/model").asText()).isEqualTo("a");
        assertThat(health("one").at("/instances/0/disabled").asBoolean(true)).isFalse();
    }

    @Test
    void oneKeyOfTwoIsPassedOver() throws Exception {
        turn("two/disable", "{\"instance\":\"two-0\"}");
        for (int i = 0; i < 4; i++) {
            assertThat(ask("two/c").headers().firstValue("x-serai-instance")).contains("two-1");
        }
        assertThat(health("two").findValues("disabled").stream().map(JsonNode::asBoolean))
                .containsExactly(true, false);
    }

    @Test
    void jmxStillShowsTheRouteAsStarted() throws Exception {
        turn("one/disable", "");
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .queryNames(
                                new ObjectName("org.apache.camel:context=*,type=routes,name=\"provider-one\""), null))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(
                                ManagementFactory.getPlatformMBeanServer().getAttribute(name, "State"))
                        .isEqualTo("Started"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nobody/disable | {} | 404 | unknown_provider",
                "one/disable | {\"model\":\"z\"} | 404 | model_not_found",
                "two/disable | {\"instance\":\"two-7\"} | 404 | unknown_instance",
                "one/disable | {\"modle\":\"a\"} | 400 | modle",
                "one/disable | {\"model\":7} | 400 | model",
                "one/disable | [] | 400 | object",
                "one/disable | { | 400 | JSON",
                "o%6Ee/enable | {} | 200 | instances"
            })
    void whatIsNotThereIsRefused(String what, String body, int status, String said) throws Exception {
        HttpResponse<String> answer = broker.post("/api/providers/" + what, body, ADMIN);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(said);
        assertThat(health("one").at("/instances/0/disabled").asBoolean(true)).isFalse();
    }

    @Test
    void onlyTheAdminTokenOpensIt() throws Exception {
        assertThat(broker.post("/api/providers/one/disable", "", CLIENT).statusCode())
                .isEqualTo(403);
        assertThat(broker.post("/api/providers/one/disable", "", "accept", "*/*")
                        .statusCode())
                .isEqualTo(401);
        assertThat(ask("one/a").statusCode()).isEqualTo(200);
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        Path config = Files.createDirectories(folder.resolve("config"));
        Path data = folder.resolve("data");
        Files.writeString(
                config.resolve("providers.yaml"),
                "providers: {one: {type: openai, endpoint: \"" + one.baseUrl() + "\", api_key: sk-of-one-1}}\n");
        ConfigSource source = new ConfigSource(
                config, Map.of(), Map.of("serai.port", "0", "serai.models.refresh", "off", "serai.ollama.probe", "0"));
        try (Broker first = Broker.start(source, null, List.of(), data)) {
            assertThat(post(first, "/api/providers/one/disable", "").statusCode())
                    .isEqualTo(200);
        }
        assertThat(Files.readString(data.resolve("disabled.json"))).doesNotContain("sk-of-one-1");
        try (Broker second = Broker.start(source, null, List.of(), data)) {
            assertThat(chat(second)).isEqualTo(503);
        }
        Files.writeString(data.resolve("disabled.json"), "{\"format\":1,\"disabled\":[{}");
        try (Broker third = Broker.start(source, null, List.of(), data)) {
            assertThat(chat(third)).isEqualTo(200);
        }
    }

    @Test
    void aModelAndAKeyStayOutOverARestartAlsoUnderAnotherNumber() throws Exception {
        Path config = Files.createDirectories(folder.resolve("both/config"));
        Path data = folder.resolve("both/data");
        String provider = "providers: {one: {type: openai, endpoint: \"" + one.baseUrl() + "\", api_keys: [%s]}}\n";
        ConfigSource source = new ConfigSource(
                config, Map.of(), Map.of("serai.port", "0", "serai.models.refresh", "off", "serai.ollama.probe", "0"));
        Files.writeString(config.resolve("providers.yaml"), provider.formatted("sk-of-one-1, sk-of-one-2"));
        try (Broker first = Broker.start(source, null, List.of(), data)) {
            for (String body : List.of("{\"model\":\"a\"}", "{\"instance\":\"one-0\"}")) {
                assertThat(post(first, "/api/providers/one/disable", body).statusCode())
                        .isEqualTo(200);
            }
        }
        Files.writeString(config.resolve("providers.yaml"), provider.formatted("sk-of-one-2, sk-of-one-1"));
        try (Broker second = Broker.start(source, null, List.of(), data)) {
            assertThat(chat(second)).isEqualTo(503);
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> answer = post(second, "/v1/chat/completions", TestBroker.body("one/b"));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("x-serai-instance")).hasValue("one-0");
                assertThat(one.lastRequest().header("authorization")).isEqualTo("Bearer sk-of-one-2");
            }
        }
    }

    private static int chat(Broker at) throws Exception {
        return post(at, "/v1/chat/completions", TestBroker.body("one/a")).statusCode();
    }

    private static HttpResponse<String> post(Broker at, String path, String body) throws Exception {
        return broker.http()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
