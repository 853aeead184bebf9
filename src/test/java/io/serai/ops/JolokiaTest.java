package io.serai.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real Jolokia requests against the running broker, as Hawtio and scripts send them. */
final class JolokiaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] ADMIN = {"authorization", "Bearer admin-token-of-this-test"};

    private StubUpstream stub;
    private TestBroker broker;

    @BeforeEach
    void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .provider("other", stub)
                .provider(
                        "many", stub, "api_keys: [sk-secret-of-many-0, sk-secret-of-many-1]", "api_key_required: true")
                .file("config/models.yaml", """
                        models:
                          both:
                            display_name: Both
                            context_window: 1000
                            backends:
                              - {provider: acme, model_id: m, free: true}
                              - {provider: other, model_id: m, free: true}
                        """)
                .set("serai.admin.token", "admin-token-of-this-test")
                .set("serai.auth.keys", "client-key-of-this-test")
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @Test
    void aProvidersRouteIsRead() throws Exception {
        JsonNode answer = ask("{\"type\":\"read\",\"mbean\":\"" + route("acme") + "\",\"attribute\":\"State\"}");
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.path("value").asText()).isEqualTo("Started");
        JsonNode byPath = JSON.readTree(broker.get(
                        "/jolokia/read/org.apache.camel:context=serai-1,type=routes,name=%22provider-acme%22/State",
                        ADMIN)
                .body());
        assertThat(byPath.path("value").asText()).as(byPath.toString()).isEqualTo("Started");
    }

    @Test
    void routesAndBreakersAreNamedAfterInstances() throws Exception {
        JsonNode routes = ask("{\"type\":\"search\",\"mbean\":\"org.apache.camel:type=routes,*\"}")
                .path("value");
        assertThat(routes.toString())
                .contains("\\\"provider-acme\\\"", "\\\"provider-many-0\\\"", "\\\"provider-many-1\\\"");
        JsonNode steps = ask("{\"type\":\"search\",\"mbean\":\"org.apache.camel:type=processors,*\"}")
                .path("value");
        assertThat(steps.toString())
                .contains(
                        "\\\"acme-breaker\\\"",
                        "\\\"many-0-breaker\\\"",
                        "\\\"many-1-breaker\\\"",
                        "\\\"many-1-call\\\"");
        JsonNode breaker = ask("{\"type\":\"read\",\"mbean\":\"org.apache.camel:context=serai-1,type=processors,"
                + "name=\\\"many-0-breaker\\\"\",\"attribute\":\"CircuitBreakerState\"}");
        assertThat(breaker.path("value").asText()).as(breaker.toString()).isEqualTo("CLOSED");
    }

    @Test
    void theBrokerIsRead() throws Exception {
        JsonNode answer = ask("{\"type\":\"read\",\"mbean\":\"io.serai:type=Broker\"}");
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(200);
        JsonNode value = answer.path("value");
        assertThat(value.path("Generation").asInt()).isEqualTo(1);
        assertThat(value.path("ConfigErrors").isArray()).isTrue();
        assertThat(value.path("Draining").asBoolean()).isFalse();
    }

    @Test
    void whatIsKnownOfEachInstanceIsRead() throws Exception {
        stub.on(r -> "Bearer sk-secret-of-many-0".equals(r.header("authorization"))
                ? Scripts.rateLimited(30)
                : Scripts.chat("well"));
        for (int i = 0; i < 2; i++) { // each key has its turn
            assertThat(chat("many/m").statusCode()).isEqualTo(200);
        }
        JsonNode instances = ask("{\"type\":\"read\",\"mbean\":\"io.serai:type=Broker\",\"attribute\":\"Instances\"}")
                .path("value");
        assertThat(instances.findValuesAsText("id")).startsWith("acme", "other", "many-0", "many-1");
        JsonNode resting = instances.path(2);
        assertThat(resting.path("state").asText()).as(instances.toString()).isEqualTo("cooling_down");
        assertThat(resting.path("breaker").asText()).isEqualTo("closed");
        assertThat(resting.path("disabled").asBoolean(true)).isFalse();
        assertThat(resting.path("cooldownSeconds").asDouble()).isBetween(1.0, 30.0);
        assertThat(instances.at("/3/state").asText()).isEqualTo("ok");
        assertThat(instances.at("/3/cooldownSeconds").asDouble(-1)).isZero();
        assertThat(instances.at("/3/adaptiveIntervalMs").asLong(-1)).isZero();
        assertThat(instances.toString()).doesNotContain("sk-secret");
        JsonNode health = health().at("/providers/many/instances");
        assertThat(health.at("/0/cooldown_until").asText()).isNotEmpty();
        assertThat(health.at("/0/adaptive_interval_ms").asLong())
                .isEqualTo(resting.path("adaptiveIntervalMs").asLong());
        assertThat(health.at("/1/adaptive_interval_ms").isIntegralNumber()).isTrue();
    }

    @Test
    void aStoppedProviderAnswers503UntilItIsStarted() throws Exception {
        assertThat(exec(route("acme"), "stop()").path("status").asInt()).isEqualTo(200);
        HttpResponse<String> refused = chat("acme/m");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("no_available_target", "\"reason\":\"stopped\"");
        assertThat(stub.requests()).isEmpty();
        assertThat(health().at("/providers/acme/instances/0/state").asText()).isEqualTo("stopped");

        assertThat(exec(route("acme"), "start()").path("status").asInt()).isEqualTo(200);
        assertThat(chat("acme/m").statusCode()).isEqualTo(200);
    }

    @Test
    void aNameWithAnotherProviderFailsOverFromAStoppedOne() throws Exception {
        exec(route("acme"), "stop(long)", "1");
        HttpResponse<String> answer = chat("both");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-serai-provider")).hasValue("other");
        assertThat(answer.headers().firstValue("x-serai-attempts")).hasValue("1");

        stub.enqueue(Scripts.error(400, "No.", "invalid_request_error", null));
        HttpResponse<String> failed = chat("both");
        assertThat(failed.statusCode()).isEqualTo(400);
        JsonNode attempts = JSON.readTree(failed.body()).at("/error/attempts");
        assertThat(attempts.at("/0/reason").asText()).isEqualTo("stopped");
        assertThat(attempts.at("/1/provider").asText()).isEqualTo("other");
    }

    @Test
    void aStoppedProviderStaysStoppedWhenTheConfigurationIsReloaded() throws Exception {
        exec(route("acme"), "stop()");
        assertThat(broker.broker().reload()).isTrue();
        assertThat(chat("acme/m").statusCode()).isEqualTo(503);
        assertThat(chat("other/m").statusCode()).isEqualTo(200);
        assertThat(broker.broker().reload()).isTrue();
        assertThat(chat("acme/m").statusCode()).isEqualTo(503);
        await().until(() -> !ask("{\"type\":\"search\",\"mbean\":\"org.apache.camel:type=routes,*\"}")
                .toString()
                .contains("serai-2"));
        exec(route("acme").replace("serai-1", "serai-3"), "start()");
        assertThat(chat("acme/m").statusCode()).isEqualTo(200);
    }

    @Test
    void aStoppedKeyStaysStoppedUnderItsNewNumber() throws Exception {
        exec(route("many-0"), "stop()");
        java.nio.file.Path file = broker.home().resolve("config/providers.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                "[sk-secret-of-many-0, sk-secret-of-many-1]",
                                "[sk-secret-of-many-1, sk-secret-of-many-0]"));
        assertThat(broker.broker().reload()).isTrue();
        JsonNode many = health().at("/providers/many/instances");
        assertThat(many.at("/0/state").asText()).isEqualTo("ok");
        assertThat(many.at("/1/state").asText()).isEqualTo("stopped");
    }

    @Test
    void everyOtherOperationIsRefused() throws Exception {
        String[][] calls = {
            {"java.lang:type=Memory", "gc"},
            {"java.lang:type=Threading", "dumpAllThreads(boolean,boolean)"},
            {"com.sun.management:type=DiagnosticCommand", "vmSystemProperties"},
            {"com.sun.management:type=DiagnosticCommand", "jvmtiAgentLoad([Ljava.lang.String;)"},
            {"com.sun.management:type=HotSpotDiagnostic", "dumpHeap(java.lang.String,boolean)"},
            {"java.util.logging:type=Logging", "setLoggerLevel"},
            {"org.apache.camel:context=serai-1,type=context,name=\\\"serai-1\\\"", "stop()"},
            {"org.apache.camel:type=routes,*", "stop()"},
            {"org.apache.camel:context=serai-1,type=processors,name=\\\"acme-breaker\\\"", "stop()"},
            {route("acme"), "remove()"},
            {route("acme"), "updateRouteFromXml(java.lang.String)"},
            {route("acme"), "dumpRouteAsXml()"},
            {route("acme"), "stopAndFail()"},
        };
        for (String[] call : calls) {
            JsonNode answer = exec(call[0], call[1]);
            assertThat(answer.path("status").asInt())
                    .as(call[1] + ": " + answer)
                    .isEqualTo(403);
            assertThat(answer.has("stacktrace")).isFalse();
        }
        assertThat(chat("acme/m").statusCode()).isEqualTo(200);
    }

    @Test
    void eachRequestOfABulkIsChecked() throws Exception {
        JsonNode answers = ask("[{\"type\":\"exec\",\"mbean\":\"java.lang:type=Memory\",\"operation\":\"gc\"},"
                + "{\"type\":\"read\",\"mbean\":\"java.lang:type=Memory\",\"attribute\":\"Verbose\"},"
                + "{\"type\":\"write\",\"mbean\":\"java.lang:type=Memory\",\"attribute\":\"Verbose\",\"value\":true}]");
        assertThat(answers.at("/0/status").asInt()).isEqualTo(403);
        assertThat(answers.at("/1/status").asInt()).isEqualTo(200);
        assertThat(answers.at("/2/status").asInt()).isEqualTo(403);
    }

    @Test
    void writingNotifyingAndProxyingAreRefused() throws Exception {
        assertThat(ask("{\"type\":\"write\",\"mbean\":\"" + route("acme")
                                + "\",\"attribute\":\"StatisticsEnabled\",\"value\":false}")
                        .path("status")
                        .asInt())
                .isEqualTo(403);
        JsonNode notification = ask("{\"type\":\"notification\",\"command\":\"register\"}");
        assertThat(notification.path("status").asInt())
                .as(notification.toString())
                .isEqualTo(403);
        JsonNode proxied = ask("{\"type\":\"read\",\"mbean\":\"java.lang:type=Memory\","
                + "\"target\":{\"url\":\"service:jmx:rmi:///jndi/rmi://127.0.0.1:1/x\"}}");
        assertThat(proxied.path("status").asInt()).as(proxied.toString()).isEqualTo(403);
    }

    @Test
    void nothingSecretIsRead() throws Exception {
        System.setProperty("serai.test.secret", "secret-in-a-system-property");
        try {
            assertThat(chat("many/m").statusCode()).isEqualTo(200);
            String all = broker.post("/jolokia?ignoreErrors=true", "{\"type\":\"read\",\"mbean\":\"*:*\"}", ADMIN)
                    .body();
            assertThat(all).contains("provider-acme", "HeapMemoryUsage");
            assertThat(all + ask("{\"type\":\"list\"}"))
                    .doesNotContain(
                            "secret-in-a-system-property",
                            "sk-upstream-",
                            "sk-secret-of-many",
                            "admin-token-of-this-test",
                            "client-key-of-this-test");
            JsonNode properties =
                    ask("{\"type\":\"read\",\"mbean\":\"java.lang:type=Runtime\",\"attribute\":\"SystemProperties\"}");
            assertThat(properties.path("status").asInt()).isEqualTo(403);
        } finally {
            System.clearProperty("serai.test.secret");
        }
    }

    @Test
    void theDoorNeedsTheAdminToken() throws Exception {
        for (String path : new String[] {"/jolokia", "/jolokia/version", "/jolokia/list"}) {
            assertThat(broker.get(path).statusCode()).isEqualTo(401);
            assertThat(broker.get(path, "authorization", "Bearer wrong").statusCode())
                    .isEqualTo(401);
            assertThat(broker.get(path, "x-api-key", "client-key-of-this-test").statusCode())
                    .isEqualTo(403);
            assertThat(broker.get(path, ADMIN).statusCode()).isEqualTo(200);
        }
        assertThat(broker.post("/jolokia", "{\"type\":\"version\"}").statusCode())
                .isEqualTo(401);
    }

    @Test
    void whatIsNoJolokiaRequestIsAnsweredInJson() throws Exception {
        for (String body : new String[] {"", "nonsense", "[1]", "{}", "{\"type\":\"nosuch\"}", "\"x\"", "null"}) {
            HttpResponse<String> answer = broker.post("/jolokia", body, ADMIN);
            assertThat(answer.statusCode()).as(body + " -> " + answer.body()).isIn(200, 400);
            JsonNode json = JSON.readTree(answer.body());
            assertThat(json.isObject() || json.isArray()).isTrue();
        }
        HttpResponse<String> large = broker.post("/jolokia", "[" + " ".repeat(1024 * 1024) + "]", ADMIN);
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.body()).contains("request_too_large").doesNotContain("serai.body.max-bytes");
        assertThat(broker.get("/jolokia/read/no-name", ADMIN).statusCode()).isIn(200, 400);
    }

    @Test
    void withoutATokenNoPageOfAnotherSiteGetsIn() throws Exception {
        try (TestBroker open = TestBroker.with().provider("acme", stub).start()) {
            assertThat(raw(open, "localhost:" + open.port(), "")).startsWith("HTTP/1.1 200");
            assertThat(raw(open, "127.0.0.1:" + open.port(), "origin: http://127.0.0.1:" + open.port() + "\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(raw(open, "127.0.0.1:" + open.port(), "origin: https://evil.example\r\n"))
                    .startsWith("HTTP/1.1 403");
            assertThat(raw(open, "127.0.0.1:" + open.port(), "origin: null\r\n"))
                    .startsWith("HTTP/1.1 403");
            assertThat(raw(open, "127.0.0.1:" + open.port(), "sec-fetch-site: cross-site\r\n"))
                    .startsWith("HTTP/1.1 403");
            assertThat(raw(open, "127.evil.example:" + open.port(), "")).startsWith("HTTP/1.1 403");
            assertThat(raw(open, "evil.example", "origin: http://evil.example\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
    }

    /** With a host header of the test's own, which Java's client does not allow. */
    private static String raw(TestBroker to, String host, String headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", to.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
            socket.getOutputStream()
                    .write(("GET /jolokia/version HTTP/1.1\r\nhost: " + host + "\r\n" + headers
                                    + "connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String route(String instance) {
        return "org.apache.camel:context=serai-1,type=routes,name=\\\"provider-" + instance + "\\\"";
    }

    private JsonNode exec(String bean, String operation, String... arguments) throws Exception {
        return ask("{\"type\":\"exec\",\"mbean\":\"" + bean + "\",\"operation\":\"" + operation + "\",\"arguments\":["
                + String.join(",", arguments) + "]}");
    }

    private JsonNode ask(String body) throws Exception {
        HttpResponse<String> answer = broker.post("/jolokia", body, ADMIN);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> chat(String model) throws Exception {
        return broker.post("/v1/chat/completions", TestBroker.body(model), "x-api-key", "client-key-of-this-test");
    }

    private JsonNode health() throws Exception {
        return JSON.readTree(broker.get("/health", ADMIN).body());
    }
}
