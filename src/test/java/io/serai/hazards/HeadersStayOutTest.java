package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.RawHttp;
import io.serai.broker.TestBroker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.StubUpstream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing of a client's headers, query or form reaches a provider, steers the broker, or comes back. */
final class HeadersStayOutTest {
    private static final Set<String> TO_PROVIDERS =
            Set.of("host", "content-type", "content-length", "authorization", "accept", "user-agent", "connection");
    private static final Set<String> TO_CLIENTS = Set.of(
            "connection",
            "content-type",
            "allow",
            "etag",
            "content-length",
            "transfer-encoding",
            "x-request-id",
            "cache-control",
            "x-accel-buffering",
            "x-serai-provider",
            "x-serai-instance",
            "x-serai-model",
            "x-serai-overhead-ms",
            "x-serai-ttft-ms",
            "x-serai-attempts",
            "x-serai-fallback");

    private static final List<String> HOSTILE = List.of(
            "Authorization: Bearer evil-value",
            "authorization: Basic evil-value",
            "AUTHORIZATION: evil-value",
            "Cookie: session=evil-value",
            "Set-Cookie: a=evil-value",
            "X-Api-Key: evil-value",
            "api-key: evil-value",
            "Proxy-Authorization: Basic evil-value",
            "CamelHttpUri: http://127.0.0.1:1/evil-value",
            "camelhttpuri: http://127.0.0.1:1/evil-value",
            "CamelHttpMethod: DELETE",
            "camelHttpMethod: GET",
            "CamelHttpPath: /evil-value",
            "CamelHttpQuery: evil-value=1",
            "CamelHttpRawQuery: evil-value=1",
            "CamelHttpResponseCode: 299",
            "CamelHttpHost: evil-value",
            "CamelHttpPort: 1",
            "CamelFileName: evil-value",
            "CamelCharsetName: evil-value",
            "CamelToEndpoint: direct:evil-value",
            "CamelBeanMethodName: evil-value",
            "org.apache.camel.evil: evil-value",
            "breadcrumbId: evil-value",
            "call: evil-value",
            "attempt: evil-value",
            "X-Forwarded-For: 6.6.6.6",
            "X-Forwarded-Host: evil-value",
            "X-Forwarded-Proto: evil-value",
            "X-Real-Ip: 6.6.6.6",
            "Forwarded: for=6.6.6.6;host=evil-value",
            "Via: 1.1 evil-value",
            "Origin: http://evil-value.example",
            "Referer: http://evil-value.example",
            "User-Agent: evil-value",
            "Accept: text/evil-value",
            "Accept-Encoding: gzip, br, evil-value",
            "Accept-Language: evil-value",
            "TE: trailers",
            "Range: bytes=0-1",
            "If-None-Match: evil-value",
            "Content-Language: evil-value",
            "Content-Disposition: evil-value",
            "Location: /evil-value",
            "Access-Control-Allow-Origin: evil-value",
            "Server: evil-value",
            "Transfer-Encoding-X: chunked",
            "OpenAI-Organization: org-evil-value",
            "OpenAI-Project: evil-value",
            "OpenAI-Beta: evil-value",
            "anthropic-version: evil-value",
            "HTTP-Referer: evil-value",
            "X-Title: evil-value",
            "x-serai-provider: evil-value",
            "x-serai-model: evil-value",
            "X-HTTP-Method-Override: DELETE",
            "traceparent: 00-evil-value",
            "x-stainless-lang: evil-value",
            "Upgrade: h2c",
            "Connection: x-serai-provider, Upgrade",
            "Keep-Alive: timeout=1");

    private static final String QUERY =
            "?authorization=evil-value&Authorization=evil-value&Set-Cookie=a%3Devil-value&set-cookie=b"
                    + "&CamelHttpUri=http%3A%2F%2F127.0.0.1%3A1%2Fevil-value&CamelHttpMethod=DELETE&camelhttppath=evil-value&Host=evil-value"
                    + "&x-api-key=evil-value&Content-Length=1&Content-Type=text%2Fevil-value&model=evil-value&CamelHttpResponseCode=299";

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingOfARequestsHeadGoesOnOrComesBack(boolean stream) throws Exception {
        String body = TestBroker.body("acme/m", "\"stream\":" + stream);
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .set("serai.auth.keys", "evil-value")
                        .provider("acme", stub)
                        .start();
                RawHttp client = new RawHttp(broker)) {
            client.send("POST /v1/chat/completions" + QUERY + " HTTP/1.1\r\nHost: evil-value\r\n"
                    + String.join("\r\n", HOSTILE) + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body);

            RawHttp.Answer answer = client.read();

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().toString()).doesNotContain("evil-value", "6.6.6.6");
            assertThat(TO_CLIENTS).containsAll(answer.headers().keySet());
            assertHarmless(stub.lastRequest(), stub);
            assertThat(stub.lastRequest().json().path("model").asText()).isEqualTo("m");
        }
    }

    private static void assertHarmless(RecordedRequest request, StubUpstream stub) {
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/v1/chat/completions");
        assertThat(request.headers().toString()).doesNotContain("evil-value", "6.6.6.6");
        assertThat(request.headers().toString().toLowerCase(Locale.ROOT)).doesNotContain("camel");
        assertThat(TO_PROVIDERS).containsAll(names(request));
        assertThat(request.headers().all("authorization")).containsExactly("Bearer sk-upstream-acme");
        assertThat(request.header("host")).isEqualTo("127.0.0.1:" + stub.port());
        assertThat(stub.malformedRequests()).isEmpty();
    }

    private static Set<String> names(RecordedRequest request) {
        return request.headers().fields().stream()
                .map(field -> field.getKey().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    @Test
    void aFormsFieldsBecomeNothing() throws Exception {
        String form =
                "model=acme/m&messages=x&CamelHttpUri=http://127.0.0.1:1/&CamelHttpResponseCode=299&Set-Cookie=a%3Db";
        String multipart =
                "--x\r\nContent-Disposition: form-data; name=\"CamelHttpResponseCode\"\r\n\r\n299\r\n--x--\r\n";
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with().provider("acme", stub).start()) {
            for (String[] sent : new String[][] {
                {form, "application/x-www-form-urlencoded"}, {multipart, "multipart/form-data; boundary=x"}
            }) {
                var answer = broker.post("/v1/chat/completions", sent[0], "content-type", sent[1]);
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(TO_CLIENTS).containsAll(answer.headers().map().keySet());
            }
            assertThat(stub.requests()).isEmpty();
        }
    }

    @Test
    void theOtherDoorsEchoNothingEither() throws Exception {
        try (TestBroker broker = TestBroker.with().start()) {
            for (String path : List.of("/health", "/v1/models", "/v1/models/nope", "/nope", "/v1/chat/completions")) {
                try (RawHttp client = new RawHttp(broker)) {
                    client.send("GET " + path + QUERY + " HTTP/1.1\r\nHost: evil-value\r\n"
                            + String.join("\r\n", HOSTILE) + "\r\n\r\n");
                    RawHttp.Answer answer = client.read();
                    assertThat(answer.headers().toString()).doesNotContain("evil-value", "6.6.6.6");
                    assertThat(answer.status()).isNotEqualTo(299);
                    assertThat(TO_CLIENTS).containsAll(answer.headers().keySet());
                }
            }
        }
    }
}
