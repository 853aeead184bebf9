package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on its way while the cache is cleared. */
final class CacheClearTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final AtomicInteger QUESTIONS = new AtomicInteger();
    private static StubUpstream stub;
    private static TestBroker broker;

    @BeforeAll
    static void start() throws Exception {
        stub = new StubUpstream();
        broker = TestBroker.with()
                .set("serai.response-cache.enabled", "true")
                .provider("acme", stub)
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private static String question() {
        return TestBroker.body("acme/m").replace("Hello", "Question " + QUESTIONS.incrementAndGet());
    }

    private static boolean isHit(String body) throws Exception {
        HttpResponse<String> answer = broker.post(CHAT, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("x-serai-cache").orElse("").equals("hit");
    }

    private static void clear(String scope) throws Exception {
        assertThat(broker.post("/api/cache/clear", scope).statusCode()).isEqualTo(200);
    }

    private static void answerAt(CompletableFuture<Void> gate) {
        stub.on(request -> request.text().contains("\"stream\":true")
                ? Scripts.stream("One ", "Two").gateAfter(1, gate)
                : Scripts.completion("All of it.").once(gate));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"model\":\"acme/m\"}", "{\"provider\":\"acme\"}"})
    void anAnswerToAQuestionFromBeforeIsNotKept(String scope) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        answerAt(gate);
        String plain = question();
        String stream = question().replaceFirst("\\{", "{\"stream\":true,");
        int before = stub.requests().size();
        CompletableFuture<HttpResponse<String>> first = Together.send(broker, CHAT, plain);
        CompletableFuture<HttpResponse<String>> second = Together.send(broker, CHAT, stream);
        stub.awaitRequests(before + 2);

        clear(scope);
        gate.complete(null);

        assertThat(first.join().body()).contains("All of it.");
        assertThat(second.join().body()).contains("Two");
        String other = question();
        CacheWatch.awaitHit(broker, () -> isHit(other)); // which was to be kept after them
        assertThat(isHit(plain)).isFalse();
        assertThat(isHit(stream)).isFalse();
    }

    @Test
    void whoAsksAfterwardsDoesNotShareAnAnswerFromBefore() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        String body = question();
        int before = stub.requests().size();
        stub.on(r -> exchange -> {
            String text = stub.requests().size() == before + 1 ? "Of before." : "Of afterwards.";
            gate.join();
            Scripts.chat(text).play(exchange);
        });
        CompletableFuture<HttpResponse<String>> first = Together.send(broker, CHAT, body);
        stub.awaitRequests(before + 1);

        clear("{\"model\":\"acme/m\"}");

        CompletableFuture<HttpResponse<String>> second = Together.send(broker, CHAT, body);
        stub.awaitRequests(before + 2);
        gate.complete(null);
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(second.join().body()).contains("Of afterwards.");
        CacheWatch.awaitHit(broker, () -> isHit(body));
        assertThat(broker.post(CHAT, body).body()).contains("Of afterwards.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model\":\"acme/n\"}", "{\"provider\":\"other\"}"})
    void anAnswerThatIsNotMeantIsKept(String scope) throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        answerAt(gate);
        String body = question();
        int before = stub.requests().size();
        CompletableFuture<HttpResponse<String>> first = Together.send(broker, CHAT, body);
        stub.awaitRequests(before + 1);

        clear(scope);
        gate.complete(null);

        assertThat(first.join().statusCode()).isEqualTo(200);
        CacheWatch.awaitHit(broker, () -> isHit(body));
        assertThat(stub.requests()).hasSize(before + 1);
    }
}
