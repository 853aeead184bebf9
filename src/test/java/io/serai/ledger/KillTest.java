package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.ChildBroker;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A broker that is killed under load at random instants, started again, and killed again: what the ledger holds in the end is
 * compared with what the provider served and what the clients got, row by row and token by token.
 *
 * <p>{@code -Dserai.kill.rounds=50} for fifty in each of two modes, by two signals in turn.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class KillTest {
    private static final int ROUNDS = Integer.getInteger("serai.kill.rounds", 2);
    private static final int CLIENTS = 6;
    /** Answers before a round's instant is drawn. */
    private static final int WARM = 20;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** What {@code serai.ledger.interval} allows a killed broker to lose, and half as much for what a busy machine adds. */
    private static final long ALLOWED_NANOS = Duration.ofMillis(300).toNanos();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private final AtomicInteger numbers = new AtomicInteger();
    /** By the request's number: how many tokens the provider says it took. */
    private final Map<Integer, int[]> served = new ConcurrentHashMap<>();

    /** An answer that a client has the whole of. */
    private record Answer(int number, long atNanos, int prompt, int completion) {}

    @ParameterizedTest
    @CsvSource({"interval", "always"})
    void noAnswerIsWithoutItsRow(String sync) throws Exception {
        Random random = new Random();
        List<Answer> owed = new ArrayList<>();
        int answers = 0;
        Rows rows = new Rows("jdbc:sqlite:" + home.resolve("data/serai.db"));
        try (StubUpstream stub = new StubUpstream().on(this::serve);
                ChildBroker broker = new ChildBroker(home, List.of(), stub.baseUrl(), "serai.ledger.sync=" + sync)) {
            for (int round = 0; round < ROUNDS; round++) {
                boolean kill = round % 2 == 0;
                Load load = new Load(broker.start());
                load.awaitAnswers();
                Thread.sleep(random.nextInt(600)); // any instant at all
                long before = System.nanoTime();
                if (kill) {
                    broker.kill();
                } else {
                    broker.stop();
                }
                List<Answer> got = load.end();
                answers += got.size();
                got.stream()
                        .filter(a -> !kill || sync.equals("always") || before - a.atNanos() > ALLOWED_NANOS)
                        .forEach(owed::add);
            }
            broker.start();
            broker.stop(); // what was in the journal is in the database now
        }
        compare(rows, owed);
        assertThat(answers).as("answers").isGreaterThan(ROUNDS);
    }

    private void compare(Rows rows, List<Answer> owed) throws Exception {
        Map<Integer, Map<String, String>> byNumber = new HashMap<>();
        for (Map<String, String> row : rows.of("select * from requests where request_id like 'n-%'")) {
            int number = Integer.parseInt(row.get("request_id").substring(2));
            assertThat(byNumber.put(number, row)).as("second row of " + number).isNull();
            int[] tokens = served.get(number);
            if (row.get("outcome").equals("ok")) {
                assertThat(tokens).as("the provider's own count of " + number).isNotNull();
                assertThat(row).containsEntry("in_fresh", "" + tokens[0]).containsEntry("out_text", "" + tokens[1]);
            }
        }
        List<Integer> missing = new ArrayList<>();
        for (Answer answer : owed) {
            Map<String, String> row = byNumber.get(answer.number());
            if (row == null) {
                missing.add(answer.number());
                continue;
            }
            assertThat(row)
                    .as("row of " + answer.number())
                    .containsEntry("outcome", "ok")
                    .containsEntry("in_fresh", "" + answer.prompt())
                    .containsEntry("out_text", "" + answer.completion());
        }
        System.getLogger("serai.kill")
                .log(System.Logger.Level.INFO, "{0} answers owed, {1} rows", owed.size(), byNumber.size());
        assertThat(missing).as("of %d answers", owed.size()).isEmpty();
        assertThat(owed).isNotEmpty();
    }

    /** Each request has numbers of its own, so that no row can pass for another. */
    private Script serve(RecordedRequest request) {
        int number =
                number(request.json().path("messages").path(0).path("content").asText());
        int[] tokens = {1 + number * 7 % 5_000, 1 + number * 3 % 700};
        served.put(number, tokens);
        return request.streaming()
                ? Scripts.stream(List.of("a", "b"), tokens[0], tokens[1])
                : Scripts.completion("ab", tokens[0], tokens[1]);
    }

    private static int number(String content) {
        return Integer.parseInt(content.substring(content.indexOf('-') + 1));
    }

    /** Clients that ask one question after another, plain and streamed in turn, until the broker is gone. */
    private final class Load {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final HttpClient http =
                HttpClient.newBuilder().executor(threads).build();
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger done = new AtomicInteger();
        private final List<Future<List<Answer>>> clients = new ArrayList<>();
        private final int port;

        Load(int port) {
            this.port = port;
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(this::ask));
            }
        }

        void awaitAnswers() throws InterruptedException {
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (done.get() < WARM && System.nanoTime() < deadline) {
                Thread.sleep(5);
            }
        }

        private List<Answer> ask() {
            List<Answer> answers = new ArrayList<>();
            while (!over.get()) {
                int number = numbers.incrementAndGet();
                boolean stream = number % 2 == 0;
                try {
                    HttpResponse<String> response =
                            http.send(request(number, stream), HttpResponse.BodyHandlers.ofString());
                    if (response.statusCode() == 200) {
                        answers.add(answer(number, stream, response.body()));
                        done.incrementAndGet();
                    } else {
                        over.set(true); // it is stopping
                    }
                } catch (java.io.IOException e) {
                    return answers; // it is gone, in the middle of an answer perhaps
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return answers;
        }

        private HttpRequest request(int number, boolean stream) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                    .timeout(Duration.ofSeconds(60))
                    .header("x-request-id", "n-" + number)
                    .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"acme/m\",\"stream\":" + stream
                            + ",\"stream_options\":{\"include_usage\":true}"
                            + ",\"messages\":[{\"role\":\"user\",\"content\":\"n-" + number + "\"}]}"))
                    .build();
        }

        private Answer answer(int number, boolean stream, String body) throws java.io.IOException {
            String json = body;
            if (stream) {
                assertThat(body).contains("data: [DONE]");
                json = body.lines()
                        .filter(l -> l.contains("\"usage\":{"))
                        .map(l -> l.substring("data: ".length()))
                        .reduce("", (a, b) -> b);
            }
            JsonNode usage = JSON.readTree(json).path("usage");
            return new Answer(
                    number,
                    System.nanoTime(),
                    usage.path("prompt_tokens").asInt(),
                    usage.path("completion_tokens").asInt());
        }

        List<Answer> end() throws Exception {
            over.set(true);
            List<Answer> all = new ArrayList<>();
            for (Future<List<Answer>> client : clients) {
                all.addAll(client.get());
            }
            http.shutdownNow();
            threads.shutdown();
            return all;
        }
    }
}
