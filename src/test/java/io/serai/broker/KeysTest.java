package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.config.ConfigException;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which key opens which door. */
final class KeysTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLAIN = "client-key-of-alice-1";
    private static final String HASHED = "client-key-of-bob-22";
    private static final String ADMIN = "admin-token-of-carol-3";
    private final StubUpstream stub = new StubUpstream();

    @AfterEach
    void close() {
        stub.close();
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private TestBroker.Setup withKeys() throws Exception {
        return TestBroker.with()
                .provider("acme", stub)
                .set("serai.auth.keys", PLAIN + ",sha256:" + sha256(HASHED))
                .set("serai.admin.token", ADMIN);
    }

    private static void assertRefused(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("type").asText()).isEqualTo("authentication_error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(error.has("param")).isTrue();
        assertThat(error.path("message").asText()).isNotBlank();
    }

    @Test
    void withoutKeysThisMachineMayAsk() throws Exception {
        try (TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            assertThat(broker.get("/v1/models").statusCode()).isEqualTo(200);
            assertThat(broker.get("/health").body()).contains("\"providers\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/api/v1"})
    void withKeysEveryDoorButHealthWantsOne(String prefix) throws Exception {
        String chat = prefix + "/chat/completions";
        try (TestBroker broker = withKeys().start()) {
            assertRefused(broker.post(chat, TestBroker.body("acme/m")));
            assertRefused(broker.post(chat, "not even JSON"));
            assertRefused(broker.get(prefix + "/models"));
            assertRefused(broker.get(prefix + "/models/acme/m"));
            HttpResponse<String> health = broker.get(prefix.equals("/v1") ? "/health" : prefix + "/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("\"status\":\"ok\"").doesNotContain("providers", "acme");
            assertThat(stub.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "authorization,Bearer wrong",
        "authorization,Bearer",
        "authorization,Bearer ''",
        "authorization,Basic Y2xpZW50OmtleQ==",
        "x-api-key,wrong",
        "x-api-key,''",
        "authorization," + PLAIN,
        "authorization,Bearer " + PLAIN + "x",
        "x-api-key,Bearer " + PLAIN,
        "api-key," + PLAIN,
        "cookie,key=" + PLAIN
    })
    void aWrongKeyIsRefused(String header, String value) throws Exception {
        try (TestBroker broker = withKeys().start()) {
            assertRefused(broker.get("/v1/models", header, value));
            assertRefused(broker.post("/v1/chat/completions", TestBroker.body("acme/m"), header, value));
            assertThat(broker.get("/health", header, value).body()).doesNotContain("providers");
            assertRefused(broker.get("/v1/models?x-api-key=" + PLAIN + "&authorization=Bearer%20" + PLAIN));
        }
    }

    @Test
    void theHashOfAKeyIsNotTheKey() throws Exception {
        try (TestBroker broker = withKeys().start()) {
            assertRefused(broker.get("/v1/models", "x-api-key", sha256(HASHED)));
            assertRefused(broker.get("/v1/models", "x-api-key", "sha256:" + sha256(HASHED)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "authorization,Bearer " + PLAIN,
        "authorization,bearer " + PLAIN,
        "x-api-key," + PLAIN,
        "X-API-Key," + HASHED,
        "Authorization,Bearer " + HASHED,
        "authorization,Bearer " + ADMIN,
        "x-api-key," + ADMIN
    })
    void aRightKeyOpensAndGoesNoFurther(String header, String value) throws Exception {
        try (TestBroker broker = withKeys().start()) {
            assertThat(broker.get("/v1/models", header, value).statusCode()).isEqualTo(200);
            assertThat(broker.get("/health", header, value).body()).contains("providers");
            HttpResponse<String> answer = broker.post("/v1/chat/completions", TestBroker.body("acme/m"), header, value);
            assertThat(answer.statusCode()).isEqualTo(200);
            String key = value.substring(value.indexOf(' ') + 1);
            assertThat(stub.lastRequest().headers().toString())
                    .doesNotContain(key)
                    .contains("Bearer sk-upstream-acme");
            assertThat(stub.lastRequest().headers().all("authorization")).hasSize(1);
            assertThat(answer.headers().toString()).doesNotContain(key);
        }
    }

    @Test
    void anAdminTokenAloneLeavesThisMachineFree() throws Exception {
        try (TestBroker broker = TestBroker.with()
                .provider("acme", stub)
                .env("ADMIN_TOKEN", ADMIN)
                .start()) {
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            assertThat(broker.get("/health").body()).doesNotContain("providers");
            assertThat(broker.get("/health", "x-api-key", ADMIN).body()).contains("providers");
        }
    }

    @Test
    void authSwitchedOffAsksForNone() throws Exception {
        try (TestBroker broker = withKeys().set("serai.auth.enabled", "false").start()) {
            assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
            assertThat(broker.get("/v1/models").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.1", "example.com"})
    void anOpenAddressWithoutKeysIsRefusedAtTheStart(String host) {
        assertThatThrownBy(() -> TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.host", host)
                        .start()
                        .close())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("serai.auth.keys")
                .hasMessageContaining("127.0.0.1");
        assertThatThrownBy(() -> withKeys()
                        .set("serai.host", host)
                        .set("serai.auth.enabled", "false")
                        .start()
                        .close())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("serai.auth.enabled");
    }

    @Test
    void anOpenAddressWithKeysAsksForThem() throws Exception {
        try (TestBroker broker = withKeys().set("serai.host", "0.0.0.0").start()) {
            assertRefused(broker.chat("acme/m"));
            assertThat(broker.get("/v1/models", "x-api-key", PLAIN).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aStrangersBodyIsNotReadAndTheConnectionIsStillGood() throws Exception {
        String body = TestBroker.body("acme/m");
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n";
        try (TestBroker broker = withKeys().start();
                RawHttp client = new RawHttp(broker)) {
            client.send(head + "Expect: 100-continue\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(401); // and no 100 before
            client.send(body + head + "\r\n" + body + head + "x-api-key: " + PLAIN + "\r\n\r\n" + body);
            assertThat(client.read().status()).isEqualTo(401);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }
}
