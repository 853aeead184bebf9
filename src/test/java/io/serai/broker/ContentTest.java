package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures under the broker's own address: for whom, for what, and how they come. */
final class ContentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] PICTURE = picture();
    private static StubUpstream stub;
    private static StubUpstream elsewhere;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        elsewhere = new StubUpstream();
        broker = TestBroker.with()
                .provider("acme", stub)
                .set("serai.content-rewrite", "true")
                .set("serai.auth.keys", "key-one,key-two")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
        elsewhere.close();
    }

    private static byte[] picture() {
        byte[] bytes = new byte[300_000];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    /** The path below /api/proxy that stands in for the address. */
    private static String rewritten(String url) throws Exception {
        stub.enqueue(Scripts.status(
                200,
                "{\"created\":1,\"data\":[{\"url\":\"" + url + "\",\"revised_prompt\":\"p\"}]}",
                "content-type",
                "application/json"));
        HttpResponse<String> answer = broker.post(
                "/v1/images/generations", "{\"model\":\"acme/i\",\"prompt\":\"x\"}", "authorization", "Bearer key-one");
        String shown = JSON.readTree(answer.body()).at("/data/0/url").asText();
        assertThat(shown).startsWith(broker.url("/api/proxy/"));
        assertThat(shown.substring(shown.lastIndexOf('/') + 1)).matches("[A-Za-z0-9_-]{32}");
        return shown.substring(broker.url("").length());
    }

    private static HttpRequest.Builder as(String key, String path) {
        return broker.request(path).header("authorization", "Bearer " + key);
    }

    private static HttpResponse<byte[]> fetch(HttpRequest.Builder request) throws Exception {
        return broker.http().send(request.build(), BodyHandlers.ofByteArray());
    }

    private static Script serving(String... more) {
        return exchange -> {
            String[] headers = new String[more.length + 2];
            headers[0] = "content-type";
            headers[1] = "image/png";
            System.arraycopy(more, 0, headers, 2, more.length);
            exchange.respond(200, PICTURE, headers);
        };
    }

    @Test
    void aPictureComesWithItsTypeAndLengthAndNothingOfTheClients() throws Exception {
        String path = rewritten(stub.origin() + "/files/a.png?sig=1%2F2");
        stub.enqueue(serving(
                "set-cookie", "a=1", "etag", "\"e\"", "accept-ranges", "bytes", "last-modified", "Sun, 1 Nov 2026"));

        HttpResponse<byte[]> answer = fetch(as("key-one", path).header("cookie", "mine=1"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(PICTURE);
        assertThat(answer.headers().firstValue("content-type")).hasValue("image/png");
        assertThat(answer.headers().firstValue("content-length")).hasValue("300000");
        assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
        assertThat(answer.headers().firstValue("content-disposition")).hasValue("inline");
        assertThat(answer.headers().firstValue("etag")).hasValue("\"e\"");
        assertThat(answer.headers().firstValue("accept-ranges")).hasValue("bytes");
        assertThat(answer.headers().firstValue("last-modified")).hasValue("Sun, 1 Nov 2026");
        assertThat(answer.headers().firstValue("cache-control")).hasValue("private");
        assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
        RecordedRequest request = stub.lastRequest();
        assertThat(request.target()).isEqualTo("/files/a.png?sig=1%2F2");
        assertThat(request.header("authorization")).isNull();
        assertThat(request.header("cookie")).isNull();
    }

    @Test
    void theLogDoesNotSayWhereThePictureIs() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(serving());
        try (RequestLog log = new RequestLog()) {
            fetch(as("key-one", path).header("x-request-id", "seen"));
            fetch(as("key-two", path).header("x-request-id", "other"));
            fetch(broker.request(path).header("x-request-id", "stranger"));

            for (String id : new String[] {"seen", "other", "stranger"}) {
                assertThat(log.await(id)).containsEntry("door", "/api/proxy/...");
            }
        }
    }

    @Test
    void aHeadThatCantBeHandedOnIsAnError() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(serving("etag", "\u0001"));

        assertThat(fetch(as("key-one", path)).statusCode()).isEqualTo(502);
    }

    @Test
    void manyCanReadSlowlyAtOnce() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String path = rewritten(stub.origin() + "/a.png");
            stub.enqueue(exchange -> {
                exchange.startChunks(200, "content-type", "image/png");
                exchange.chunk(new byte[5000]);
                exchange.await(gate);
                exchange.endChunks();
            });
            answers.add(broker.http().sendAsync(as("key-one", path).build(), BodyHandlers.ofByteArray()));
            await().atMost(Duration.ofSeconds(60)).until(() -> stub.queuedScripts() == 0);
        }
        gate.complete(null);

        for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
            assertThat(answer.join().body()).hasSize(5000);
        }
    }

    @Test
    void aPartOfAPictureCanBeAskedFor() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(exchange ->
                exchange.respond(206, new byte[10], "content-type", "image/png", "content-range", "bytes 0-9/300000"));

        HttpResponse<byte[]> answer = fetch(as("key-one", path).header("range", "bytes=0-9"));

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.headers().firstValue("content-range")).hasValue("bytes 0-9/300000");
        assertThat(answer.body()).hasSize(10);
        assertThat(stub.lastRequest().header("range")).isEqualTo("bytes=0-9");
    }

    @Test
    void aPartIsAskedForOnlyOfWhatHasNotChanged() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(serving());

        HttpResponse<byte[]> answer =
                fetch(as("key-one", path).header("range", "bytes=9-").header("if-range", "\"e\""));

        assertThat(stub.lastRequest().header("if-range")).isEqualTo("\"e\"");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(PICTURE);
    }

    @Test
    void aPartThatThereIsNotIsSaidSo() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(exchange -> exchange.respond(416, new byte[0], "content-range", "bytes */300000"));

        HttpResponse<byte[]> answer = fetch(as("key-one", path).header("range", "bytes=300000-"));

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(answer.headers().firstValue("content-range")).hasValue("bytes */300000");
    }

    @Test
    void whatTheProviderNoLongerHasIsNotFound() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(Scripts.status(403, "<Error>Signature expired</Error>", "content-type", "application/xml"));

        HttpResponse<byte[]> answer = fetch(as("key-one", path));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(answer.body()).at("/error/code").asText()).isEqualTo("content_not_found");
    }

    @Test
    void aHeadHasTheLengthAndNoBody() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(serving());

        HttpResponse<byte[]> answer = fetch(as("key-one", path).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).hasValue("300000");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void onlyTheKeyThatGotTheAnswerGetsThePicture() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        int before = stub.requests().size();

        assertThat(fetch(as("key-two", path)).statusCode()).isEqualTo(404);
        assertThat(fetch(broker.request(path)).statusCode()).isEqualTo(401);
        assertThat(fetch(as("key-one", path + "x")).statusCode()).isEqualTo(404);
        assertThat(fetch(as("key-one", "/api/proxy")).statusCode()).isEqualTo(404);
        assertThat(fetch(as("key-one", "/api/proxy/http://127.0.0.1:" + stub.port() + "/"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(stub.requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/x",
                "http://localhost:%d/x",
                "http://127.1:%d/x",
                "http://[::1]:%d/x",
                "http://[::ffff:127.0.0.1]:%d/x",
                "http://0.0.0.0:%d/x",
                "http://10.0.0.1:%d/x",
                "http://169.254.169.254:%d/latest/meta-data",
                "http://[fd00::1]:%d/x",
                "http://[64:ff9b::7f00:1]:%d/x",
                "http://[2002:7f00:1::]:%d/x",
                "http://100.64.0.1:%d/x",
                "http://2130706433:%d/x",
                "http://user:secret@127.0.0.1:%d/x",
                "http://api.example.com@127.0.0.1:%d/x"
            })
    void anAddressThatIsNotOnTheInternetIsNotFetched(String url) throws Exception {
        String path = rewritten(url.formatted(elsewhere.port()));

        HttpResponse<byte[]> answer = fetch(as("key-one", path));

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(JSON.readTree(answer.body()).at("/error/message").asText())
                .matches(".*(not on the internet|no host|not an address).*"); // and not that it could not be reached
        assertThat(elsewhere.acceptedConnections()).isZero();
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(Scripts.redirect(elsewhere.origin() + "/secret"));

        assertThat(fetch(as("key-one", path)).statusCode()).isEqualTo(502);
        assertThat(elsewhere.acceptedConnections()).isZero();
    }

    @Test
    void aPageIsNoPageOfTheBrokers() throws Exception {
        String path = rewritten(stub.origin() + "/a.svg");
        stub.enqueue(Scripts.status(200, "<svg onload='x'/>", "content-type", "image/svg+xml"));

        HttpResponse<byte[]> answer = fetch(as("key-one", path));

        assertThat(answer.headers().firstValue("content-disposition")).hasValue("attachment");
        assertThat(answer.headers().firstValue("content-security-policy")).hasValue("default-src 'none'; sandbox");
    }

    @Test
    void aPictureThatBreaksOffDoesNotLookWhole() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "image/png");
            exchange.chunk(new byte[5000]);
            exchange.close();
        });

        assertThat(catchThrowable(() -> fetch(as("key-one", path)))).isInstanceOf(IOException.class);
    }

    @Test
    void aClientThatLeavesStopsTheTransfer() throws Exception {
        String path = rewritten(stub.origin() + "/a.png");
        stub.enqueue(exchange -> {
            exchange.startChunks(200, "content-type", "image/png");
            exchange.chunk(new byte[5000]);
            exchange.awaitPeerClosed();
        });
        try (RawHttp client = new RawHttp(broker)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer key-one\r\n\r\n");
            client.readHead();
        }
        stub.lastRequest().awaitPeerClosed(Duration.ofSeconds(5));
    }

    @Test
    void withoutTheSettingAddressesStay() throws Exception {
        try (TestBroker plain = TestBroker.with().provider("acme", stub).start()) {
            stub.enqueue(Scripts.status(
                    200, "{\"data\":[{\"url\":\"https://a.example/x\"}]}", "content-type", "application/json"));
            assertThat(plain.post("/v1/images/generations", "{\"model\":\"acme/i\",\"prompt\":\"x\"}")
                            .body())
                    .contains("https://a.example/x");
        }
    }
}
