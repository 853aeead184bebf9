package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are ready sooner than the event loop has noted that it waits for one. */
final class QuickAnswersTest {
    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/v1/models/none"})
    void noAnswerIsOvertakenByAnEmptyOne(String path) throws Exception {
        try (TestBroker broker = TestBroker.with().start();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                answers.add(clients.submit(() -> broker.get(path)));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(path.equals("/v1/models") ? 200 : 404);
                assertThat(answer.get().body()).isNotEmpty();
            }
        }
    }
}
