package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.SelfSigned;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No connection to the provider, for every reason that there is: told to the client as one class, and held against it. */
final class NobodyThereTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger heard = new AtomicInteger();
    private static StubUpstream noTls;
    private static ServerSocket selfSigned;
    private static TestBroker broker;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        noTls = new StubUpstream();
        selfSigned = SelfSigned.listen(folder);
        Thread.startVirtualThread(NobodyThereTest::accept);
        StubUpstream gone = new StubUpstream();
        int nobody = gone.port();
        gone.close();
        broker = TestBroker.with()
                .provider("openai", "lost", "http://no-such-host.invalid/v1")
                .provider("openai", "refused", "http://127.0.0.1:" + nobody + "/v1")
                .provider("openai", "notls", "https://127.0.0.1:" + noTls.port() + "/v1")
                .provider("openai", "selfsigned", "https://127.0.0.1:" + selfSigned.getLocalPort() + "/v1")
                .set("serai.retry.max-wait", "0")
                .set("serai.breaker.window", "2")
                .set("serai.breaker.minimum", "2")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        noTls.close();
        selfSigned.close();
    }

    private static void accept() {
        while (!selfSigned.isClosed()) {
            try (Socket socket = selfSigned.accept()) {
                if (socket.getInputStream().read() >= 0) {
                    heard.incrementAndGet();
                }
            } catch (IOException e) {
                // the client has not shaken hands, or the test is over
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lost, host name is not known",
        "refused, refuses connections",
        "notls, No TLS with the provider",
        "selfsigned, its certificate is not trusted"
    })
    void theClientIsToldAndTheBreakerCountsIt(String provider, String message) throws Exception {
        for (boolean stream : new boolean[] {false, true}) {
            assertThat(breaker(provider)).isEqualTo("closed");
            HttpResponse<String> answer = broker.chat(provider + "/m", "\"stream\":" + stream);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(502);
            JsonNode error = JSON.readTree(answer.body()).path("error");
            assertThat(error.path("type").asText()).isEqualTo("api_error");
            assertThat(error.path("code").asText()).isEqualTo("upstream_error");
            assertThat(error.path("message").asText()).contains(message);
            assertThat(error.path("attempts")).hasSize(1);
            assertThat(error.at("/attempts/0/reason").asText()).isEqualTo("unreachable");
            assertThat(error.at("/attempts/0/status").asInt(-1)).isZero();
        }
        assertThat(breaker(provider)).as("one failure each, plain and streamed").isEqualTo("open");
        assertThat(heard).as("the key is not told to who can't be trusted").hasValue(0);
    }

    private static String breaker(String provider) throws Exception {
        return JSON.readTree(broker.get("/health").body())
                .at("/providers/" + provider + "/instances/0/breaker")
                .asText();
    }
}
