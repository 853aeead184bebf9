package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that is none is the provider's fault and nobody else's: 502, its connection closed, the broker unharmed. */
final class BadProviderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_ANSWER = 256 * 1024;
    private static StubUpstream stub;
    private static TestBroker broker;
    private LogWatch log;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        String yaml = """
                providers:
                  acme: {type: openai, endpoint: "%s", api_key: sk-upstream-acme, timeouts: {connect: 3, first_event: 10, idle: 10, total: 20}}
                  tls: {type: openai, endpoint: "https://127.0.0.1:%d/v1", api_key: sk-upstream-tls, timeouts: {connect: 3}}
                  lost: {type: openai, endpoint: "http://no-such-host.invalid/v1", api_key: sk-upstream-lost, timeouts: {connect: 3}}
                  shut: {type: openai, endpoint: "http://127.0.0.1:1/v1", api_key: sk-upstream-shut, timeouts: {connect: 3}}
                """.formatted(stub.baseUrl(), stub.port());
        broker = TestBroker.with()
                .file("config/providers.yaml", yaml)
                .set("serai.retry.attempts", "1")
                .set("serai.breaker.minimum", "1000")
                .set("serai.breaker.window", "1000")
                .set("serai.upstream.max-answer-bytes", Integer.toString(MAX_ANSWER))
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

    static Stream<Arguments> badAnswers() {
        String json = "content-type: application/json\r\n";
        return Stream.of(
                bad("html", Scripts.html()),
                bad("html with 500", Scripts.html(500)),
                bad("half JSON", Scripts.halfJson()),
                bad("an empty 200", Scripts.emptyOk()),
                bad("a redirect", Scripts.redirect("http://127.0.0.1:" + stub.port() + "/v1/elsewhere")),
                bad("a wrong content type", Scripts.wrongContentType()),
                bad("a wrong content type that never ends", endless("text/plain")),
                bad("an endless header", Scripts.endlessHeader()),
                bad("endlessly many headers", BadProviderTest::manyHeaders),
                bad("an endless body", endless("application/json")),
                bad(
                        "a length beyond the limit",
                        Scripts.raw("HTTP/1.1 200 OK\r\n" + json + "content-length: 99999999999\r\n\r\n{")),
                bad("a negative length", Scripts.raw("HTTP/1.1 200 OK\r\n" + json + "content-length: -1\r\n\r\n{")),
                bad("garbage", Scripts.raw("Hello, who is there?\r\n\r\n")),
                bad("binary garbage", Scripts.raw(new byte[] {0x15, 3, 1, 0, 2, 2, 70})),
                bad(
                        "bad chunks",
                        Scripts.raw("HTTP/1.1 200 OK\r\n" + json + "transfer-encoding: chunked\r\n\r\nZZ\r\n")),
                bad(
                        "a body cut off",
                        Scripts.raw("HTTP/1.1 200 OK\r\n" + json + "content-length: 500\r\n\r\n{\"choices\":[")),
                bad("nothing, closing", Scripts.hangUp()),
                bad("nothing, resetting", Scripts.reset()),
                bad("JSON that is no object", Scripts.status(200, "[1]")),
                bad("JSON that is null", Scripts.status(200, "null")),
                bad("no choices", Scripts.status(200, "{\"id\":\"x\"}")),
                bad("empty choices", Scripts.status(200, "{\"choices\":[]}")),
                bad("choices that are no list", Scripts.status(200, "{\"choices\":{}}")),
                bad(
                        "an error under 200",
                        Scripts.status(200, Scripts.errorBody("Something broke", "server_error", null))),
                bad(
                        "a body nested 10,000 deep",
                        Scripts.status(200, "{\"choices\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")),
                bad("204", Scripts.raw("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")),
                bad("206", Scripts.status(206, "{\"choices\":[{}]}")),
                bad(
                        "101",
                        Scripts.raw("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")),
                bad("status 999", Scripts.raw("HTTP/1.1 999 What\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")),
                bad("an error of 500", Scripts.error(500, "Ouch", "server_error", null)),
                bad("an error that is no object", Scripts.status(500, "{\"error\":[1,2]}")),
                bad("404 without JSON", Scripts.html(404)));
    }

    private static Arguments bad(String name, Script script) {
        return Arguments.of(name, script);
    }

    private static Script endless(String type) {
        return exchange -> {
            exchange.startChunks(200, "content-type", type);
            byte[] part = new byte[16 * 1024];
            Arrays.fill(part, (byte) ' ');
            for (int i = 0; i < 64 * 1024; i++) {
                exchange.chunk(part);
            }
        };
    }

    private static void manyHeaders(io.serai.stub.Exchange exchange) throws IOException {
        exchange.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < 1_000_000; i++) {
            exchange.write(("x-" + i + ": y\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badAnswers")
    void aPlainAnswerThatIsNoneIsA502(String name, Script script) throws Exception {
        check(script);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badAnswers")
    void aStreamThatIsNoneIsA502(String name, Script script) throws Exception {
        check(script, "\"stream\":true");
    }

    private void check(Script script, String... more) throws Exception {
        stub.enqueue(script);
        int before = stub.requests().size();
        HttpResponse<String> answer = broker.chat("acme/m", more);
        assertUpstreamError(answer);
        List<RecordedRequest> all = stub.requests();
        assertThat(all).hasSize(before + 1); // no redirect was followed, nothing repeated
        all.get(before).awaitEnded(java.time.Duration.ofSeconds(5));
        awaitFewConnections();
        for (String[] good : new String[][] {{}, {"\"stream\":true"}}) {
            HttpResponse<String> next = broker.chat("acme/m", good);
            assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
            assertThat(next.body()).contains("Hello from the stub");
        }
    }

    /** One idle one of each kind of client may stay. */
    private static void awaitFewConnections() throws InterruptedException {
        for (int i = 0; i < 250 && stub.openConnections() > 2; i++) {
            Thread.sleep(20);
        }
        assertThat(stub.openConnections()).isLessThanOrEqualTo(2);
    }

    private static JsonNode assertUpstreamError(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("type").asText()).isEqualTo("api_error");
        assertThat(error.path("code").asText()).isEqualTo("upstream_error");
        assertThat(error.has("param")).isTrue();
        assertThat(error.path("message").asText()).isNotBlank();
        assertHarmless(answer.body());
        return error;
    }

    private static void assertHarmless(String text) {
        assertThat(text)
                .doesNotContain(
                        "127.0.0.1",
                        "no-such-host",
                        "http://",
                        "https://",
                        "sk-upstream",
                        "org-",
                        "<html",
                        "io.serai",
                        "java.",
                        "netty");
    }

    @ParameterizedTest
    @CsvSource({"tls,false", "tls,true", "lost,false", "lost,true", "shut,false", "shut,true"})
    void aProviderThatCannotBeReachedIsA502(String provider, boolean stream) throws Exception {
        assertUpstreamError(broker.chat(provider + "/m", "\"stream\":" + stream));
        assertThat(log.text()).doesNotContain("sk-upstream");
        awaitFewConnections();
        assertThat(broker.chat("acme/m").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interimAnswersAreReadOver(boolean stream) throws Exception {
        Script good = Scripts.chat("After all");
        stub.enqueue(exchange -> {
            exchange.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1));
            good.play(exchange);
        });
        HttpResponse<String> answer = broker.chat("acme/m", "\"stream\":" + stream);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("After all");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aProvidersWordsAreRepeatedWithoutItsSecrets(boolean stream) throws Exception {
        String said =
                "Incorrect sk-upstream-acme for org-AbCdEf123456 at https://api.example.com/v1?key=sk-other-12345678 and 127.0.0.1:"
                        + stub.port() + ": temperature too hot";
        stub.enqueue(Scripts.status(
                400,
                JSON.createObjectNode()
                        .set(
                                "error",
                                JSON.createObjectNode()
                                        .put("message", said)
                                        .put("type", "invalid sk-upstream-acme")
                                        .put("code", "bad_sk-upstream-acme")
                                        .put("param", "sk-upstream-acme"))
                        .toString()));
        HttpResponse<String> answer = broker.chat("acme/m", "\"stream\":" + stream);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("temperature too hot");
        assertHarmless(answer.body());
        assertThat(log.text()).doesNotContain("sk-upstream", "sk-other", "org-AbC");
    }

    @Test
    void anErrorWithinAStreamIsRepeatedWithoutItsSecrets() throws Exception {
        stub.enqueue(Scripts.stream("one", "two")
                .errorAfter(
                        2,
                        Scripts.errorBody(
                                "Key sk-upstream-acme broke at https://api.example.com", "server_error", null)));
        HttpResponse<String> answer = broker.chat("acme/m", "\"stream\":true");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("one", "\"error\"", "broke").doesNotContain("[DONE]");
        assertHarmless(answer.body());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatTheProviderClosedInASilenceIsNotUsed(boolean stream) throws Exception {
        Script good = Scripts.chat("Hello");
        stub.enqueue(exchange -> {
            good.play(exchange);
            exchange.close(); // without a word of it in the head
        });
        assertThat(broker.chat("acme/m", "\"stream\":" + stream).statusCode()).isEqualTo(200);
        Thread.sleep(2_100); // a pool looks at connections that rested for 2 s
        HttpResponse<String> next = broker.chat("acme/m", "\"stream\":" + stream);
        assertThat(next.statusCode()).as(next.body()).isEqualTo(200);
    }

    @Test
    void cookiesAndOtherHeadersOfAProviderEndHere() throws Exception {
        Script good = exchange -> exchange.respond(
                200,
                "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}".getBytes(StandardCharsets.UTF_8),
                "content-type",
                "application/json",
                "set-cookie",
                "a=b",
                "x-evil",
                "1",
                "server",
                "nginx",
                "openai-organization",
                "org-secret123");
        stub.enqueue(good);
        HttpResponse<String> answer = broker.chat("acme/m");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map().keySet())
                .doesNotContain("set-cookie", "x-evil", "server", "openai-organization");
        broker.chat("acme/m");
        assertThat(stub.lastRequest().headers().contains("cookie")).isFalse();
    }
}
