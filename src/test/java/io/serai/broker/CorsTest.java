package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.StubUpstream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which web pages may ask, and which may read the answer. */
final class CorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FRIEND = "https://friend.example";
    private static final String EVIL = "https://evil.example";
    private static final String KEY = "client-key-of-alice-1";
    private final StubUpstream stub = new StubUpstream();

    private static TestBroker open;

    @BeforeAll
    static void start() throws Exception {
        open = TestBroker.with().start();
    }

    @AfterAll
    static void stop() throws Exception {
        open.close();
    }

    @AfterEach
    void close() {
        stub.close();
    }

    private TestBroker.Setup plain() throws Exception {
        return TestBroker.with().provider("acme", stub);
    }

    @ParameterizedTest
    @ValueSource(strings = {EVIL, FRIEND, "null", "*", "http://127.0.0.1", "not an origin"})
    void noPageIsToldAnythingByDefault(String origin) throws Exception {
        try (TestBroker broker = plain().set("serai.auth.keys", KEY).start()) {
            HttpResponse<String> answer = ask(broker, "origin", origin, "x-api-key", KEY);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertNoCors(answer);
            assertNoCors(ask(broker, "origin", origin));
            assertNoCors(broker.get("/v1/models", "origin", origin));
            HttpResponse<String> preflight = preflight(broker, origin);
            assertThat(preflight.statusCode()).isEqualTo(405);
            assertThat(JSON.readTree(preflight.body()).at("/error/code").asText())
                    .isEqualTo("method_not_allowed");
            assertNoCors(preflight);
        }
    }

    @Test
    void aPageThatIsNamedMayReadTheAnswer() throws Exception {
        try (TestBroker broker = plain().set("serai.cors.origins", FRIEND).start()) {
            assertAllowed(ask(broker, "origin", FRIEND));
            assertAllowed(broker.get("/v1/models", "origin", FRIEND));
            HttpResponse<String> stream =
                    broker.post("/v1/chat/completions", TestBroker.body("acme/m", "\"stream\":true"), "origin", FRIEND);
            assertThat(stream.body()).contains("data: [DONE]");
            assertAllowed(stream);
            HttpResponse<String> wrong = broker.post("/v1/chat/completions", "{", "origin", FRIEND);
            assertThat(wrong.statusCode()).isEqualTo(400);
            assertThat(wrong.headers().firstValue("access-control-allow-origin"))
                    .hasValue(FRIEND);

            HttpResponse<String> preflight = preflight(broker, FRIEND);
            assertThat(preflight.statusCode()).isEqualTo(204);
            assertThat(preflight.body()).isEmpty();
            assertThat(preflight.headers().firstValue("access-control-allow-origin"))
                    .hasValue(FRIEND);
            assertThat(preflight
                            .headers()
                            .firstValue("access-control-allow-methods")
                            .orElse(""))
                    .contains("POST");
            assertThat(preflight.headers().firstValue("access-control-allow-headers"))
                    .hasValue("x-api-key");
            assertThat(preflight.headers().firstValue("vary")).hasValue("origin");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {EVIL, FRIEND + ".evil.example", "http://friend.example", FRIEND + ":444", FRIEND + "/", "null"})
    void anotherPageMayNot(String origin) throws Exception {
        try (TestBroker broker = plain().set("serai.cors.origins", FRIEND)
                .set("serai.auth.keys", KEY)
                .start()) {
            assertNoCors(ask(broker, "origin", origin, "x-api-key", KEY));
            HttpResponse<String> preflight = preflight(broker, origin);
            assertThat(preflight.statusCode()).isEqualTo(405);
            assertNoCors(preflight);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {EVIL, "null", "https://127.0.0.1", "http://localhost:1", "not an origin"})
    void withoutKeysAForeignPageIsRefused(String origin) throws Exception {
        try (TestBroker broker = plain().start()) {
            assertForeign(ask(broker, "origin", origin));
            assertForeign(broker.get("/v1/models", "origin", origin));
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void withoutKeysABrowserThatNamesAnotherSiteIsRefused() throws Exception {
        try (TestBroker broker = plain().start()) {
            assertForeign(broker.get("/v1/models", "sec-fetch-site", "cross-site"));
            assertForeign(broker.get("/v1/models", "sec-fetch-site", "same-site"));
            assertThat(broker.get("/v1/models", "sec-fetch-site", "none").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void withoutKeysThisMachinesOwnProgramsAndPagesMayAsk() throws Exception {
        try (TestBroker broker = plain().set("serai.cors.origins", FRIEND).start()) {
            assertThat(ask(broker, "accept", "*/*").statusCode()).isEqualTo(200);
            assertThat(ask(broker, "origin", "http://127.0.0.1:" + broker.port())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(ask(broker, "origin", FRIEND).statusCode()).isEqualTo(200);
            assertForeign(ask(broker, "origin", EVIL));
        }
    }

    /** Over plain HTTP a browser says nothing with a GET of whose page it is; the name that it asks is all there is. */
    @ParameterizedTest
    @CsvSource({
        "evil.example, 403",
        "evil.example:3385, 403",
        "127.0.0.1.evil.example, 403",
        "evil.localhost.example, 403",
        "localhost., 403",
        "localhost:3385, 200",
        "my.localhost, 200",
        "127.0.0.1, 200",
        "[::1]:3385, 200",
        "192.168.1.2, 200",
        "broker, 200"
    })
    void withoutKeysNothingIsReadUnderAStrangersName(String host, int status) throws Exception {
        try (RawHttp client = new RawHttp(open)) {
            RawHttp.Answer answer = client.send("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(status);
            if (status == 403) {
                assertThat(answer.json().at("/error/code").asText()).isEqualTo("foreign_host");
            }
        }
    }

    @Test
    void withKeysTheNameIsFree() throws Exception {
        try (TestBroker broker = plain().set("serai.auth.keys", KEY).start();
                RawHttp client = new RawHttp(broker)) {
            RawHttp.Answer answer = client.send(
                            "GET /v1/models HTTP/1.1\r\nHost: ai.our.example\r\nx-api-key: " + KEY + "\r\n\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    /** A name of the page's own that points at 127.0.0.1: origin and host agree, and the page is foreign still. */
    @Test
    void withoutKeysANameThatPointsHereIsRefused() throws Exception {
        String body = TestBroker.body("acme/m");
        String format = "POST /v1/chat/completions HTTP/1.1\r\nHost: %1$s\r\nOrigin: http://%1$s\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        try (TestBroker broker = plain().start()) {
            for (String host :
                    new String[] {"evil.example", "evil.example:" + broker.port(), "127.0.0.1.evil.example"}) {
                try (RawHttp client = new RawHttp(broker)) {
                    RawHttp.Answer answer =
                            client.send(String.format(format, host)).read();
                    assertThat(answer.status()).as(host).isEqualTo(403);
                    assertThat(answer.json().at("/error/code").asText()).isEqualTo("foreign_page");
                }
            }
            assertThat(stub.requests()).isEmpty();
            try (RawHttp client = new RawHttp(broker)) {
                assertThat(client.send(String.format(format, "localhost:" + broker.port()))
                                .read()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void aKeyThatIsShownOpensToAnyPage() throws Exception {
        try (TestBroker broker = plain().set("serai.auth.keys", KEY).start()) {
            HttpResponse<String> answer = ask(broker, "origin", EVIL, "authorization", "Bearer " + KEY);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(ask(broker, "origin", EVIL).statusCode()).isEqualTo(401);
        }
    }

    private static HttpResponse<String> ask(TestBroker broker, String... headers) throws Exception {
        return broker.post("/v1/chat/completions", TestBroker.body("acme/m"), headers);
    }

    private static HttpResponse<String> preflight(TestBroker broker, String origin) throws Exception {
        return broker.http()
                .send(
                        broker.request("/v1/chat/completions")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                .header("origin", origin)
                                .header("access-control-request-method", "POST")
                                .header("access-control-request-headers", "x-api-key")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static void assertAllowed(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().allValues("access-control-allow-origin")).containsExactly(FRIEND);
        assertThat(answer.headers().firstValue("vary")).hasValue("origin");
        assertThat(answer.headers()
                        .firstValue("access-control-expose-headers")
                        .orElse("")
                        .split(", "))
                .contains(
                        "x-request-id",
                        "retry-after",
                        "x-serai-provider",
                        "x-ratelimit-limit-requests",
                        "x-ratelimit-limit-tokens",
                        "x-ratelimit-remaining-requests",
                        "x-ratelimit-remaining-tokens",
                        "x-ratelimit-reset-requests",
                        "x-ratelimit-reset-tokens");
    }

    private static void assertNoCors(HttpResponse<String> answer) {
        assertThat(answer.headers().map().keySet()).noneMatch(n -> n.startsWith("access-control-"));
    }

    private static void assertForeign(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
        assertThat(JSON.readTree(answer.body()).at("/error/code").asText()).isEqualTo("foreign_page");
        assertNoCors(answer);
    }
}
