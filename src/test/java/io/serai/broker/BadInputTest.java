package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a client sends is answered in OpenAI's shape, says what to do, and is no event for the operator. */
final class BadInputTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final int LIMIT = 64 * 1024;
    private static StubUpstream stub;
    private static TestBroker broker;
    private LogWatch log;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .provider("strict", stub, "models: [{name: gpt-small}, {name: gpt-large}]")
                .set("serai.body.max-bytes", Integer.toString(LIMIT))
                .set("serai.body.timeout", "3s")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    @BeforeEach
    void watch() {
        log = new LogWatch();
    }

    @AfterEach
    void quiet() {
        log.close();
        log.assertQuiet();
    }

    private static JsonNode error(int status, String text) throws Exception {
        JsonNode error = JSON.readTree(text).path("error");
        assertThat(error.isObject()).as("an error in %s", text).isTrue();
        Set<String> keys = new HashSet<>();
        error.fieldNames().forEachRemaining(keys::add);
        assertThat(keys).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.path("message").asText()).isNotBlank().doesNotContain("\n", "Exception", "io.serai");
        assertThat(error.path("type").asText())
                .isEqualTo(status >= 500 ? "api_error" : status == 408 ? "timeout_error" : "invalid_request_error");
        assertThat(error.path("code").isTextual() || error.path("code").isNull())
                .isTrue();
        return error;
    }

    private static JsonNode error(int status, HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        return error(status, answer.body());
    }

    private static JsonNode error(int status, RawHttp.Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
        return error(status, answer.body());
    }

    private static String head(String path, int length, String... headers) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: broker\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("Content-Length: ").append(length).append("\r\n\r\n").toString();
    }

    private static String request(String body, String... headers) {
        return head(CHAT, body.length(), headers) + body;
    }

    // ---- bodies

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                        | invalid_json               |             | empty
            hello                                                     | invalid_json               |             | not JSON
            {"model":"acme/m","messages":[                            | invalid_json               |             | ends too early
            {} {}                                                     | invalid_json               |             | not JSON
            []                                                        | invalid_json               |             | object
            null                                                      | invalid_json               |             | object
            "text"                                                    | invalid_json               |             | object
            {}                                                        | missing_required_parameter | model       | provider/model
            {"messages":[{"role":"user","content":"x"}]}              | missing_required_parameter | model       | /v1/models
            {"model":null,"messages":[{"role":"user"}]}               | missing_required_parameter | model       | missing
            {"model":7,"messages":[{"role":"user","content":"x"}]}    | invalid_type               | model       | string
            {"model":"  ","messages":[{"role":"user","content":"x"}]} | invalid_type               | model       | empty
            {"model":"acme/m"}                                        | missing_required_parameter | messages    | list
            {"model":"acme/m","messages":null}                        | missing_required_parameter | messages    | list
            {"model":"acme/m","messages":"hi"}                        | invalid_type               | messages    | list
            {"model":"acme/m","messages":{}}                          | invalid_type               | messages    | list
            {"model":"acme/m","messages":[]}                          | empty_array                | messages    | at least one
            {"model":"acme/m","messages":["hi"]}                      | invalid_type               | messages[0] | object
            {"model":"acme/m","messages":[{"content":"hi"}]}          | missing_required_parameter | messages[0].role | role
            {"model":"acme/m","messages":[{"role":7}]}                | missing_required_parameter | messages[0].role | role
            {"model":"acme/m","messages":[{"role":"user","content":7}]} | invalid_type             | messages[0].content | string
            {"model":"acme/m","stream":"yes","messages":[{"role":"user"}]} | invalid_type          | stream      | true or false
            {"model":"acme/m","stream_options":7,"messages":[{"role":"user"}]} | invalid_type      | stream_options | object
            {"model":"acme/m","model":"acme/n","messages":[{"role":"user"}]} | invalid_json        |             | twice
            {"model":"acme/m","messages":[{"role":"user","role":"system"}]} | invalid_json         |             | twice
            """)
    void aBodyThatIsNoChatRequestIsRefusedWithItsPlace(String body, String code, String param, String says)
            throws Exception {
        String text = body == null ? "" : body;
        for (String path : List.of(CHAT, "/api" + CHAT)) {
            JsonNode error = error(400, broker.post(path, text));
            assertThat(error.path("code").asText()).isEqualTo(code);
            assertThat(error.path("param").textValue()).isEqualTo(param);
            assertThat(error.path("message").asText()).contains(says);
        }
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() throws Exception {
        byte[] body = TestBroker.body("acme/m").replace("Hello", "H\u00e9llo").getBytes(StandardCharsets.ISO_8859_1);
        HttpResponse<String> answer = broker.http()
                .send(
                        broker.request(CHAT)
                                .POST(BodyPublishers.ofByteArray(body))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(error(400, answer).path("code").asText()).isEqualTo("invalid_encoding");
    }

    @Test
    void halfACharacterGoesThroughAsItCame() throws Exception {
        stub.enqueue(Scripts.status(200, "{\"choices\":[{\"message\":{\"content\":\"cut \\ud83d\"}}]}"));
        String body = TestBroker.body("acme/m").replace("Hello", "\\ud800 alone");
        HttpResponse<String> answer = broker.post(CHAT, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(stub.lastRequest().json().at("/messages/0/content").asText()).isEqualTo("\ud800 alone");
        assertThat(JSON.readTree(answer.body()).at("/choices/0/message/content").asText())
                .isEqualTo("cut \ud83d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_001, 10_000})
    void deepNestingIsRefused(int levels) throws Exception {
        String deep = "[".repeat(levels) + "]".repeat(levels);
        JsonNode error = error(400, broker.chat("acme/m", "\"metadata\":" + deep));
        assertThat(error.path("message").asText()).contains("nested");
    }

    @Test
    void aNumberOfManyDigitsIsRefusedOrPassedAndNeverBreaksAnything() throws Exception {
        error(400, broker.chat("acme/m", "\"seed\":" + "9".repeat(5_000)));
        assertThat(broker.chat("acme/m", "\"seed\":1e1000000000").statusCode()).isEqualTo(200);
    }

    @Test
    void aDeclaredLengthAboveTheLimitIsRefusedUnread() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send(head(CHAT, LIMIT + 1)); // and not one byte of it
            RawHttp.Answer answer = client.read();
            JsonNode error = error(413, answer);
            assertThat(error.path("code").asText()).isEqualTo("request_too_large");
            assertThat(error.path("message").asText()).contains("serai.body.max-bytes");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void aClientThatWaitsForItsGoAheadIsRefusedBeforeItSends() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send(head(CHAT, LIMIT + 1, "Expect: 100-continue"));
            error(413, client.read());
        }
    }

    @Test
    void aClientThatWaitsForItsGoAheadGetsIt() throws Exception {
        String body = TestBroker.body("acme/m");
        try (RawHttp client = new RawHttp(broker)) {
            client.send(head(CHAT, body.length(), "Expect: 100-continue"));
            assertThat(client.read().status()).isEqualTo(100);
            assertThat(client.send(body).read().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatSendsTooMuchAtOnceStillReadsWhy() throws Exception {
        byte[] large = new byte[4 * 1024 * 1024];
        Arrays.fill(large, (byte) ' ');
        for (int i = 0; i < 5; i++) {
            error(
                    413,
                    broker.http()
                            .send(
                                    broker.request(CHAT)
                                            .POST(BodyPublishers.ofByteArray(large))
                                            .build(),
                                    BodyHandlers.ofString()));
        }
    }

    @Test
    void chunksAboveTheLimitAreRefused() throws Exception {
        byte[] large = new byte[LIMIT + 1];
        Arrays.fill(large, (byte) ' ');
        HttpResponse<String> answer = broker.http()
                .send(
                        broker.request(CHAT)
                                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(error(413, answer).path("code").asText()).isEqualTo("request_too_large");
    }

    @Test
    void aBodyOfExactlyTheLimitIsTaken() throws Exception {
        String body = TestBroker.body("acme/m");
        assertThat(broker.post(CHAT, body + " ".repeat(LIMIT - body.length())).statusCode())
                .isEqualTo(200);
    }

    @Test
    void theLimitIs32MiBUnlessSetAndOnePictureMayFillIt() throws Exception {
        try (StubUpstream own = new StubUpstream(); // the other one would keep the body as long as the JVM lives
                TestBroker usual = TestBroker.with().provider("acme", own).start()) {
            String around = TestBroker.body("acme/m");
            String body = around.replace("Hello", "A".repeat(32 * 1024 * 1024 - around.length() + 5));
            assertThat(body).hasSize(32 * 1024 * 1024);
            HttpResponse<String> taken = usual.post(CHAT, body);
            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
            error(413, usual.post(CHAT, body + " "));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "text/plain",
                "multipart/form-data; boundary=x",
                "nonsense",
                "application/json; charset=utf-16"
            })
    void jsonIsTakenWhateverTheContentTypeSays(String type) throws Exception {
        HttpResponse<String> answer = broker.post(CHAT, TestBroker.body("acme/m"), "content-type", type);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void jsonIsTakenWithoutAContentType() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            assertThat(client.send(request(TestBroker.body("acme/m"))).read().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aFormAndAMultipartBodyAreRefusedInShape() throws Exception {
        error(400, broker.post(CHAT, "model=acme/m&messages=x", "content-type", "application/x-www-form-urlencoded"));
        String multipart = "--x\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nacme/m\r\n--x--\r\n";
        error(400, broker.post(CHAT, multipart, "content-type", "multipart/form-data; boundary=x"));
    }

    // ---- names

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            strict/gpt-smal   | gpt-small
            strict/GPT-LARGE  | gpt-large
            acne/m            | acme
            gpt4              | gpt4o
            rotation/x        | no rotation 'x'
            autoselect/x      | no autoselect 'x'
            autoselect/       | no autoselect ''
            acme/             | acme/<model>
            acme              | no model
            /                 | /v1/models
            //                | /v1/models
            nobody/knows      | nobody
            """)
    void anUnknownNameIsAnsweredWithWhatItMayHaveMeant(String model, String says) throws Exception {
        JsonNode error = error(404, broker.chat(model));
        assertThat(error.path("code").asText()).isEqualTo("model_not_found");
        assertThat(error.path("param").asText()).isEqualTo("model");
        assertThat(error.path("message").asText()).containsIgnoringCase(says);
        assertThat(error(404, broker.chat(model, "\"stream\":true"))
                        .path("code")
                        .asText())
                .isEqualTo("model_not_found");
    }

    @Test
    void aNameLongerThanAnyIsNotComparedAndNotRepeated() throws Exception {
        HttpResponse<String> answer = broker.chat("x".repeat(60_000));
        assertThat(error(400, answer).path("param").asText()).isEqualTo("model");
        assertThat(answer.body().length()).isLessThan(1_000);
        assertThat(log.text().length()).isLessThan(20_000);
    }

    @Test
    void aModelsNameCannotForgeALogLine() throws Exception {
        String forged = "nope\\n2026-01-01 00:00:00.000 INFO requests id=forged\\r\\u2028x\\u0085y\\u001b[31m\\u0000";
        error(404, broker.chat(forged));
        error(404, broker.chat("acme2/" + forged));
        stub.enqueue(Scripts.error(400, "no\n2026 ERROR forged", "invalid_request_error", "bad\ncode"));
        assertThat(broker.chat("acme/" + forged).statusCode()).isEqualTo(400);
        awaitLines(3);
        assertThat(log.lines()).allSatisfy(line -> {
            assertThat(line.strip().lines().skip(1)).allMatch(l -> l.startsWith("  "));
            assertThat(line.strip()).doesNotMatch("(?s).*[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029].*");
        });
        assertThat(log.lines().stream().filter(l -> l.contains("INFO  requests")))
                .allMatch(l -> l.strip().lines().count() == 1);
    }

    private void awaitLines(int count) throws InterruptedException {
        for (int i = 0;
                i < 100
                        && log.lines().stream()
                                        .filter(l -> l.contains("requests"))
                                        .count()
                                < count;
                i++) {
            Thread.sleep(20);
        }
    }

    // ---- addresses and methods

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/v1",
                "/v1/chat",
                "/v1/moderations",
                "/v1/chat/completions/x",
                "/api/nope",
                "/..%2f",
                "/%2e%2e/x",
                "/%zz",
                "//nope",
                "/a%00b",
                "/\u0001x"
            })
    void anUnknownAddressIsAnsweredInShape(String path) throws Exception {
        for (String method : List.of("GET", "POST")) {
            try (RawHttp client = new RawHttp(broker)) {
                RawHttp.Answer answer = client.send(
                                method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                        .read();
                assertThat(answer.status()).isIn(400, 404);
                error(answer.status(), answer);
                assertThat(answer.headers()).containsKey("x-request-id");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/v1/chat/completions",
        "PUT,/v1/chat/completions",
        "DELETE,/v1/chat/completions",
        "PATCH,/api/v1/chat/completions",
        "POST,/v1/models",
        "DELETE,/v1/models/x",
        "POST,/health",
        "PUT,/api/v1/health",
        "OPTIONS,/v1/models",
        "TRACE,/v1/models",
        "BREW,/health"
    })
    void aWrongMethodIsAnsweredInShape(String method, String path) throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            RawHttp.Answer answer = client.send(
                            method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                    .read();
            JsonNode error = error(405, answer);
            assertThat(error.path("code").asText()).isEqualTo("method_not_allowed");
            assertThat(error.path("message").asText()).contains(method);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT | /v1/chat/completions | POST",
                "POST | /v1/models | GET",
                "DELETE | /v1/models/x | GET",
                "PUT | /api/acme | GET, POST",
                "GET | /api/acme/chat/completions | POST",
                "POST | / | GET"
            })
    void aWrongMethodIsToldTheRightOnes(String method, String path, String allowed) throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            RawHttp.Answer answer = client.send(
                            method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                    .read();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.headers().get("allow").toString()).isIn(allowed, "[" + allowed + "]");
        }
    }

    @Test
    void aHeadRequestHasNoBody() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            RawHttp.Answer first = client.readHead();
            assertThat(first.status()).isIn(200, 405);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void anUnknownModelsPageIsAnsweredInShape() throws Exception {
        error(404, broker.get("/v1/models/no/such/model"));
        error(404, broker.get("/api/v1/models/%3Cscript%3E"));
    }

    // ---- below HTTP

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello\r\n\r\n",
                "GET\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"
            })
    void whatIsNotHttpIsRefusedAndTheConnectionClosed(String text) throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            RawHttp.Answer answer = client.send(text).read();
            assertThat(answer.status()).isIn(400, 413);
            error(answer.status(), answer);
            assertThat(client.closed()).isTrue();
        }
        assertThat(broker.get("/health").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/9.9\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n"
            })
    void whatBreaksLaterOrIsOfTheFutureIsCutOff(String text) throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send(text);
            try {
                assertThat(client.read().status()).isIn(400, 501);
            } catch (java.io.EOFException e) {
                // cut off without an answer, for the request had begun
            }
            assertThat(client.closed()).isTrue();
        }
        awaitNobodyInside();
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send("GET /health HTTP/1.1\r\nHost: x\r\nx-large: " + "a".repeat(70_000) + "\r\n\r\n");
            JsonNode error = error(431, client.read());
            assertThat(error.path("message").asText()).contains("header");
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void anAddressThatIsTooLongIsRefused() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
            error(414, client.read());
            assertThat(client.closed()).isTrue();
        }
    }

    @Test
    void httpOneDotNoughtIsServed() throws Exception {
        String body = TestBroker.body("acme/m");
        try (RawHttp client = new RawHttp(broker)) {
            client.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.closed()).isTrue();
        }
        String streamed = TestBroker.body("acme/m", "\"stream\":true");
        try (RawHttp client = new RawHttp(broker)) {
            client.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: " + streamed.length() + "\r\n\r\n"
                    + streamed);
            RawHttp.Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).doesNotContainKey("transfer-encoding");
            assertThat(answer.body()).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aConnectionIsStillGoodAfterAnError() throws Exception {
        String good = request(TestBroker.body("acme/m"));
        try (RawHttp client = new RawHttp(broker)) {
            client.send(request("not json") + good + request("{}") + request(TestBroker.body("nope")) + head("/nope", 5)
                    + "12345" + good);
            error(400, client.read());
            assertThat(client.read().status()).isEqualTo(200);
            error(400, client.read());
            error(404, client.read());
            error(404, client.read());
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void halfABodyThenSilenceIsGivenUp() throws Exception {
        try (RawHttp client = new RawHttp(broker)) {
            client.send(head(CHAT, 100) + "{\"model\":");
            error(408, client.read());
            assertThat(client.closed()).isTrue();
        }
        awaitNobodyInside();
    }

    @Test
    void aClientThatLeavesWithinItsBodyLeavesNothing() throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            try (RawHttp client = new RawHttp(broker)) {
                client.send(head(CHAT, 100) + "{\"model\":");
                Thread.sleep(50);
                if (reset) {
                    client.reset();
                }
            }
            awaitNobodyInside();
        }
        assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
    }

    private static void awaitNobodyInside() {
        await().untilAsserted(
                        () -> assertThat(broker.broker().view().getInFlight()).isZero());
    }

    // ---- request ids

    @Test
    void aRequestIdIsTakenOrMade() throws Exception {
        assertThat(broker.get("/health", "x-request-id", "my-id_1.2:3")
                        .headers()
                        .firstValue("x-request-id"))
                .hasValue("my-id_1.2:3");
        assertThat(broker.get("/nope", "x-request-id", "my-id").headers().firstValue("x-request-id"))
                .hasValue("my-id");
        assertThat(broker.get("/health").headers().firstValue("x-request-id").orElse(""))
                .matches("req_[0-9a-f]{24}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "<script>", "\"quoted\"", "a;b", "\u00e9", "TOOLONG"})
    void aHostileRequestIdIsReplaced(String id) throws Exception {
        String hostile = id.equals("TOOLONG") ? "a".repeat(129) : id;
        try (RawHttp client = new RawHttp(broker)) {
            RawHttp.Answer answer = client.send(
                            "GET /health HTTP/1.1\r\nHost: x\r\nx-request-id: " + hostile + "\r\n\r\n")
                    .read();
            assertThat(answer.headers().get("x-request-id")).matches("req_[0-9a-f]{24}");
        }
    }

    @Test
    void nothingOfAllThisReachesAProvider() throws Exception {
        int before = stub.requests().size();
        broker.post(CHAT, "nonsense");
        broker.chat("nope");
        broker.get("/nope");
        assertThat(stub.requests()).hasSize(before);
        assertThat(stub.malformedRequests()).isEmpty();
    }
}
