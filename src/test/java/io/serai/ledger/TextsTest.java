package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was said is stored where the operator has switched that on, and nowhere else. */
final class TextsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "sk-client-4711-0815";

    private static Rows database(String kind, TestBroker.Setup setup) throws Exception {
        setup.set("serai.ledger.enabled", "true");
        if (kind.equals("sqlite")) {
            return new Rows("jdbc:sqlite:" + setup.home().resolve("data/serai.db"));
        }
        String url = MariaDb.shared().newDatabase();
        setup.set("serai.database.url", url).set("serai.database.user", "root");
        return new Rows(url);
    }

    private static String asking(String model, String words, String... more) {
        return TestBroker.body(model, more).replace("Hello", words);
    }

    private static void ask(TestBroker broker, String id, String body) throws Exception {
        broker.post(
                "/v1/chat/completions",
                body,
                "content-type",
                "application/json",
                "x-request-id",
                id,
                "authorization",
                "Bearer " + SECRET);
    }

    private static Map<String, String> texts(Rows rows, String request) throws Exception {
        String id = rows.request(request).get("id");
        return rows.await("select * from request_texts where id = '" + id + "'", found -> !found.isEmpty())
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void promptAndAnswerAreStoredWhereThatIsSwitchedOn(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with()
                    .provider("acme", stub)
                    .set("serai.auth.keys", SECRET)
                    .set("serai.ledger.texts", "true")
                    .set("serai.ledger.texts-longest", "400")
                    .set("serai.ledger.texts-retention-days", "3")
                    .set("serai.ledger.upkeep", "200ms");
            Rows rows = database(kind, setup);
            try (TestBroker broker = setup.start()) {
                ask(broker, "plain", asking("acme/m", "Wie geht's? \uD83D\uDE42 " + SECRET));
                Map<String, String> plain = texts(rows, "plain");
                JsonNode prompt = JSON.readTree(plain.get("prompt"));
                assertThat(prompt.at("/messages/0/content").asText()).isEqualTo("Wie geht's? \uD83D\uDE42 ***");
                JsonNode answer = JSON.readTree(plain.get("answer"));
                assertThat(answer.path(0).path("role").asText()).isEqualTo("assistant");
                assertThat(answer.path(0).path("content").asText()).isNotEmpty();
                assertThat(plain).containsEntry("cut", "0");

                ask(broker, "streamed", asking("acme/m", "Hello", "\"stream\":true"));
                assertThat(JSON.readTree(texts(rows, "streamed").get("answer"))
                                .path(0)
                                .path("content"))
                        .isEqualTo(answer.path(0).path("content"));

                ask(broker, "long", asking("acme/m", "word ".repeat(600)));
                Map<String, String> cut = texts(rows, "long");
                assertThat(cut).containsEntry("cut", "1");
                assertThat(cut.get("prompt")).hasSize(400).startsWith("{\"messages\":[{");

                ask(
                        broker,
                        "picture",
                        asking("acme/m", "Hello")
                                .replace(
                                        "\"Hello\"",
                                        "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                                                + "A".repeat(3_000) + "\"}}]"));
                assertThat(texts(rows, "picture").get("prompt")).contains("[3022 characters left out]");

                ask(broker, "refused", "{\"model\":\"nobody/m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
                assertThat(texts(rows, "refused")).containsEntry("answer", "null");

                assertThat(rows.of("select * from requests").toString()).doesNotContain("Wie geht's", SECRET);
                assertThat(rows.of("select * from request_texts").toString()).doesNotContain(SECRET, "sk-upstream");

                rows.execute("update request_texts set started_at = started_at - " + TimeUnit.DAYS.toMillis(4));
                rows.await("select * from request_texts", List::isEmpty);
                assertThat(rows.of("select * from requests")).isNotEmpty();
            }
        }
    }

    @Test
    void aStreamOfWhichTheClientHasHalfIsStoredByHalf() throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with().provider("acme", stub).set("serai.ledger.texts", "true");
            Rows rows = database("sqlite", setup);
            stub.forModel("cut", Scripts.stream("Half a ", "word").cutAfter(3));
            try (TestBroker broker = setup.start()) {
                broker.post(
                        "/v1/chat/completions", TestBroker.body("acme/cut", "\"stream\":true"), "x-request-id", "half");
                assertThat(texts(rows, "half").get("answer")).contains("Half a word");
            }
        }
    }

    @Test
    void nothingIsStoredOtherwise() throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with().provider("acme", stub);
            Rows rows = database("sqlite", setup);
            try (TestBroker broker = setup.start()) {
                ask(broker, "silent", asking("acme/m", "Rumpelstiltskin", "\"stream\":true"));
                rows.request("silent");
                assertThat(rows.of("select * from request_texts")).isEmpty();
                assertThat(everyByte(setup.home().resolve("data"))).doesNotContain("Rumpelstiltskin", SECRET);
            }
        }
    }

    private static String everyByte(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(all).isNotEmpty();
        return all.toString();
    }
}
