package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.call.Instance;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;

/** Keys are in the configuration and on the wire, and nowhere else: no log at any level, no error, no MBean, no toString. */
final class SecretsStayInTest {
    private static final String PROVIDER_KEY = "prov-zq81-secret";
    private static final String HEADER_SECRET = "head-zq82-secret";
    private static final String QUERY_SECRET = "quer-zq83-secret";
    private static final String CLIENT_KEY = "clie-zq84-secret";
    private static final String ADMIN_TOKEN = "admi-zq85-secret";
    private static final String WRONG_KEY = "wron-zq86-secret";
    private static final String PROMPT = "prom-zq87-secret";
    private static final String SECRETS = "zq8";

    @Test
    void noSecretIsSeenAnywhere() throws Exception {
        String yaml = """
                providers:
                  acme: {type: openai, endpoint: "%s", api_key: "{{env:ACME}}", headers: {X-Extra: "{{env:EXTRA}}"}, query: {key: "{{env:QUERY}}"}}
                """;
        StringBuilder seen = new StringBuilder();
        try (StubUpstream stub = new StubUpstream();
                LogWatch log = new LogWatch(Level.DEBUG)) {
            for (String logger : List.of("io.serai", "org.apache.camel", "serai.requests")) {
                level(logger, Level.DEBUG);
            }
            try (TestBroker broker = TestBroker.with()
                    .set("serai.error-cooldown", "0")
                    .file("config/providers.yaml", yaml.formatted(stub.baseUrl()))
                    .env("ACME", PROVIDER_KEY)
                    .env("EXTRA", HEADER_SECRET)
                    .env("QUERY", QUERY_SECRET)
                    .env("ADMIN_TOKEN", ADMIN_TOKEN)
                    .set("serai.auth.keys", CLIENT_KEY)
                    .set("serai.retry.attempts", "1")
                    .set("serai.breaker.window", "1000")
                    .set("serai.breaker.minimum", "1000")
                    .start()) {
                for (String more : List.of("\"stream\":false", "\"stream\":true")) {
                    String body = TestBroker.body("acme/m", more).replace("Hello", PROMPT);
                    note(seen, chat(broker, body, CLIENT_KEY));
                    assertThat(stub.lastRequest().header("authorization")).isEqualTo("Bearer " + PROVIDER_KEY);
                    assertThat(stub.lastRequest().header("x-extra")).isEqualTo(HEADER_SECRET);
                    assertThat(stub.lastRequest().target()).contains("key=" + QUERY_SECRET);
                    note(seen, chat(broker, body, ADMIN_TOKEN));
                    note(seen, chat(broker, body, WRONG_KEY));
                    note(seen, chat(broker, body + PROMPT, CLIENT_KEY));
                    String said = "No: " + PROVIDER_KEY + " " + HEADER_SECRET + " " + QUERY_SECRET;
                    stub.enqueue(Scripts.error(400, said, "invalid_request_error", PROVIDER_KEY));
                    note(seen, chat(broker, body, CLIENT_KEY));
                    stub.enqueue(Scripts.html(500), Scripts.hangUp(), Scripts.error(500, said, said, said));
                    note(seen, chat(broker, body, CLIENT_KEY));
                    note(seen, chat(broker, body, CLIENT_KEY));
                    note(seen, chat(broker, body, CLIENT_KEY));
                }
                note(seen, broker.get("/health", "x-api-key", ADMIN_TOKEN));
                note(seen, broker.get("/v1/models", "x-api-key", CLIENT_KEY));
                stub.enqueue(
                        Scripts.error(401, "Incorrect " + PROVIDER_KEY, "invalid_request_error", "invalid_api_key"));
                HttpResponse<String> refused = chat(broker, TestBroker.body("acme/m"), CLIENT_KEY);
                assertThat(refused.statusCode()).isEqualTo(502); // the broker's key is bad, not the client's
                note(seen, refused);
                assertThat(seen.toString()).as("answers").doesNotContain(SECRETS);
                broker.broker().reload();
                assertThat(everyAttribute())
                        .as("JMX")
                        .contains("io.serai:type=Broker")
                        .doesNotContain(SECRETS);
                assertThat(strings(broker)).as("toString").contains("acme").doesNotContain(SECRETS);
            } finally {
                level("io.serai", Level.INFO);
                level("serai.requests", Level.INFO);
                level("org.apache.camel", null);
            }
            for (String line : log.text().split("\n")) {
                assertThat(line).as("log").doesNotContain(SECRETS);
            }
        }
    }

    private static void level(String logger, Level level) {
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(logger)).setLevel(level);
    }

    private static HttpResponse<String> chat(TestBroker broker, String body, String key) throws Exception {
        return broker.post("/v1/chat/completions", body, "authorization", "Bearer " + key);
    }

    private static void note(StringBuilder seen, HttpResponse<String> answer) {
        seen.append(answer.statusCode()).append(answer.headers().map()).append(answer.body());
    }

    /** Whatever can be read of the process: objects that a log statement might be handed one day. */
    private static String strings(TestBroker broker) throws Exception {
        ConfigSource source = new ConfigSource(
                broker.home().resolve("config"),
                Map.of("ACME", PROVIDER_KEY, "EXTRA", HEADER_SECRET, "QUERY", QUERY_SECRET, "ADMIN_TOKEN", ADMIN_TOKEN),
                Map.of("serai.auth.keys", CLIENT_KEY));
        Snapshot snapshot = new ConfigLoader().load(source);
        Provider acme = snapshot.providers().get("acme");
        return snapshot + " " + snapshot.settings() + " " + acme + " "
                + Instance.of(acme, 0, acme.keys().get(0)) + " " + snapshot.warnings() + " " + source;
    }

    private static String everyAttribute() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        StringBuilder all = new StringBuilder();
        Set<ObjectName> names = server.queryNames(null, null);
        for (ObjectName name : names) {
            MBeanAttributeInfo[] attributes;
            try {
                attributes = server.getMBeanInfo(name).getAttributes();
            } catch (InstanceNotFoundException e) {
                continue; // of the generation that is leaving
            }
            for (MBeanAttributeInfo attribute : attributes) {
                all.append(name).append(' ').append(attribute.getName()).append('=');
                try {
                    show(all, server.getAttribute(name, attribute.getName()));
                } catch (Exception | StackOverflowError e) {
                    all.append(e);
                }
                all.append('\n');
            }
        }
        return all.toString();
    }

    private static void show(StringBuilder all, Object value) {
        switch (value) {
            case null -> all.append("null");
            case CompositeData data -> data.values().forEach(v -> show(all, v));
            case TabularData table -> table.values().forEach(v -> show(all, v));
            case Object[] array -> Arrays.asList(array).forEach(v -> show(all, v));
            default -> all.append(value).append(' ');
        }
    }
}
