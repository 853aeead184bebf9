package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.ChildBroker;
import io.serai.broker.CutWire;
import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that is slow, locked, stopped or full, and a journal that is too: what that costs the client, and the ledger. */
final class DatabaseTroubleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REQUESTS = 20;
    /** Far below what a statement waits for a lock: an answer that waited with it would take longer. */
    private static final Duration AT_ONCE = Duration.ofSeconds(3);
    /** Two waits for a connection, and as much again for a busy machine. */
    private static final Duration BOUNDED = Duration.ofSeconds(20);

    private static TestBroker.Setup ledger(StubUpstream stub) throws Exception {
        return TestBroker.with()
                .provider("acme", stub)
                .set("serai.ledger.enabled", "true")
                .set("serai.auth.keys", "sk-test");
    }

    private static int ask(TestBroker broker, String id) throws Exception {
        return broker.post(
                        "/v1/chat/completions",
                        TestBroker.body("acme/m"),
                        "authorization",
                        "Bearer sk-test",
                        "x-request-id",
                        id)
                .statusCode();
    }

    /** Asks again and again and expects each answer at once. */
    private static void load(TestBroker broker, String prefix) throws Exception {
        assertThat(ask(broker, prefix + "-first"))
                .isEqualTo(200); // classes that are loaded now are not the ledger's fault
        for (int i = 0; i < REQUESTS; i++) {
            long began = System.nanoTime();
            assertThat(ask(broker, prefix + "-" + i)).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
        }
    }

    private static JsonNode health(TestBroker broker) throws Exception {
        HttpResponse<String> answer = broker.get("/health", "authorization", "Bearer sk-test");
        return JSON.readTree(answer.body()).path("ledger");
    }

    private static void awaitState(TestBroker broker, String state) {
        await().atMost(PATIENCE)
                .until(() -> health(broker).path("state").asText().equals(state));
    }

    private static void eachOnce(Rows rows, String prefix) throws Exception {
        rows.await(
                "select request_id from requests where request_id like '" + prefix + "-%'",
                found -> found.size() == REQUESTS + 1);
        assertThat(rows.of("select distinct request_id from requests where request_id like '" + prefix + "-%'"))
                .hasSize(REQUESTS + 1);
    }

    @Test
    void aLockedSqliteFileCostsTheClientNothing() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = ledger(stub).start()) {
            Rows rows = new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db"));
            assertThat(ask(broker, "before")).isEqualTo(200);
            rows.request("before");
            try (Connection other = rows.connect();
                    Statement lock = other.createStatement()) {
                lock.execute("begin exclusive");
                load(broker, "locked");
                awaitState(broker, "spooling");
                assertThat(health(broker).path("journal_bytes").asLong()).isPositive();
                lock.execute("rollback");
            }
            eachOnce(rows, "locked");
            awaitState(broker, "ok");
            // each look is a request, and a row
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> health(broker).path("journal_bytes").asLong() == 0);
        }
    }

    @Test
    void aStoppedMariaDbCostsTheClientNothing() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                MariaDb server = MariaDb.ownServer()) {
            String url = server.newDatabase();
            Rows rows = new Rows(url);
            try (TestBroker broker = ledger(stub)
                    .set("serai.database.url", url)
                    .set("serai.database.user", "root")
                    .start()) {
                assertThat(ask(broker, "before")).isEqualTo(200);
                rows.request("before");
                server.stop();
                load(broker, "stopped");
                awaitState(broker, "spooling");
                server.start();
                eachOnce(rows, "stopped");
                awaitState(broker, "ok");
            }
        }
    }

    /** Also when a new configuration comes meanwhile, whose routes take over from those that hang in the database. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFrozenMariaDbCostsTheClientNothing() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                MariaDb server = MariaDb.ownServer()) {
            String url = server.newDatabase();
            Rows rows = new Rows(url);
            try (TestBroker broker = ledger(stub)
                    .set("serai.database.url", url)
                    .set("serai.database.user", "root")
                    .set("serai.database.timeout", "3s")
                    .start()) {
                assertThat(ask(broker, "before")).isEqualTo(200);
                rows.request("before");
                server.freeze();
                load(broker, "frozen");
                awaitState(broker, "spooling");
                long began = System.nanoTime();
                HttpResponse<String> bill = broker.get("/billing/usage", "authorization", "Bearer sk-test");
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BOUNDED);
                assertThat(bill.statusCode()).as(bill.body()).isEqualTo(503);
                assertThat(bill.body()).contains("ledger_unavailable");
                assertThat(broker.broker().reload()).isTrue();
                load(broker, "reloaded");
                assertThat(health(broker).path("state").asText()).isEqualTo("spooling");
                assertThat(health(broker).path("journal_bytes").asLong()).isPositive();
                server.thaw();
                eachOnce(rows, "frozen");
                eachOnce(rows, "reloaded");
                awaitState(broker, "ok");
                assertThat(health(broker).path("lost").asInt()).isZero();
                assertThat(health(broker).path("spoiled").asInt()).isZero();
            }
        }
    }

    /** A network that has forgotten the connections closes none of them: without a limit their answers are awaited for ever. */
    @Test
    void connectionsThatNobodyAnswersAnyMoreAreGivenUp() throws Exception {
        String url = MariaDb.shared().newDatabase();
        try (StubUpstream stub = new StubUpstream();
                CutWire wire = new CutWire(Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1")));
                TestBroker broker = ledger(stub)
                        .set("serai.database.url", url.replaceAll(":\\d+/", ":" + wire.port() + "/"))
                        .set("serai.database.user", "root")
                        .set("serai.database.timeout", "2s")
                        .set("serai.ledger.interval", "20ms")
                        .start()) {
            Rows rows = new Rows(url);
            load(broker, "before");
            eachOnce(rows, "before");
            ask(broker, "during"); // its row is on its way
            wire.hang();
            load(broker, "silent");
            awaitState(broker, "spooling");
            wire.heal();
            eachOnce(rows, "silent");
            awaitState(broker, "ok");
        }
    }

    /** As a constraint would that an operator has added. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void aRowThatTheDatabaseRefusesKeepsNoOtherWaiting(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = ledger(stub).set("serai.ledger.interval", "500ms"); // many rows in a batch
            String url = "jdbc:sqlite:" + setup.home().resolve("data/serai.db");
            String refuse = "begin select raise(abort, 'is not wanted'); end";
            if (kind.equals("mariadb")) {
                url = MariaDb.shared().newDatabase();
                setup.set("serai.database.url", url).set("serai.database.user", "root");
                refuse = "begin if new.request_id = 'refused' then signal sqlstate '22003'"
                        + " set message_text = 'is not wanted'; end if; end";
            }
            String when = kind.equals("mariadb") ? " for each row " : " when new.request_id = 'refused' ";
            Rows rows = new Rows(url);
            try (TestBroker broker = setup.start();
                    LogWatch log = new LogWatch()) {
                ask(broker, "before");
                rows.request("before");
                rows.execute("create trigger guard before insert on requests" + when + refuse);
                for (int i = 0; i < 15; i++) {
                    ask(broker, i == 7 ? "refused" : "around-" + i);
                }
                rows.await("select id from requests where request_id like 'around-%'", found -> found.size() == 14);
                ask(broker, "after");
                rows.request("after");
                assertThat(health(broker).path("spoiled").asInt()).isEqualTo(1);
                assertThat(health(broker).path("lost").asInt()).isZero();
                awaitState(broker, "ok");
                assertThat(broker.get("/metrics").body()).contains("serai_ledger_spoiled_total 1");
                assertThat(Files.readAllLines(broker.home().resolve("data/ledger/set-aside.jsonl")))
                        .singleElement()
                        .satisfies(row -> assertThat(
                                        JSON.readTree(row).path("request_id").asText())
                                .isEqualTo("refused"));
                assertThat(log.text()).contains("is not wanted", "; it is set aside");
            }
        }
    }

    @Test
    void aDatabaseThatIsAwayAtTheStartIsWaitedFor() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = ledger(stub)
                        .file("data/serai.db/in-the-way", "a folder where the file should be")
                        .start()) {
            load(broker, "early");
            awaitState(broker, "spooling");
            Files.delete(broker.home().resolve("data/serai.db/in-the-way"));
            Files.delete(broker.home().resolve("data/serai.db"));
            eachOnce(new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db")), "early");
        }
    }

    @Test
    void aJournalThatFailsLeavesTheDatabase() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker =
                        ledger(stub).set("serai.ledger.sync", "always").start()) {
            Rows rows = new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db"));
            breakJournal(broker.home().resolve("data/ledger"));
            load(broker, "unbuffered");
            awaitState(broker, "unbuffered");
            eachOnce(rows, "unbuffered");
        }
    }

    @Test
    void whereBothFailRequestsAreRefusedIfTheOperatorWantsItSo() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = ledger(stub)
                        .set("serai.ledger.when-full", "refuse")
                        .file("data/serai.db/in-the-way", "a folder where the file should be")
                        .start()) {
            breakJournal(broker.home().resolve("data/ledger"));
            ask(broker, "kept");
            awaitState(broker, "failing");
            HttpResponse<String> refused =
                    broker.post("/v1/chat/completions", TestBroker.body("acme/m"), "authorization", "Bearer sk-test");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("ledger_unavailable");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            Files.delete(broker.home().resolve("data/serai.db/in-the-way"));
            Files.delete(broker.home().resolve("data/serai.db"));
            new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db")).request("kept");
            await().atMost(PATIENCE).until(() -> ask(broker, "again") == 200); // the row is there before it is told of
        }
    }

    @Test
    void whereBothFailRequestsAreServedUnbilledOtherwise() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = ledger(stub)
                        .set("serai.ledger.queue", "3")
                        .file("data/serai.db/in-the-way", "a folder where the file should be")
                        .start()) {
            breakJournal(broker.home().resolve("data/ledger"));
            ask(broker, "first");
            awaitState(broker, "failing");
            // the thread of the journal holds a thousand, the queue three
            await().atMost(PATIENCE).until(() -> {
                assertThat(ask(broker, "served")).isEqualTo(200);
                return health(broker).path("queue").asInt() > 5;
            });
            assertThat(ask(broker, "served")).isEqualTo(200);
            Files.delete(broker.home().resolve("data/serai.db/in-the-way"));
            Files.delete(broker.home().resolve("data/serai.db"));
            new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db")).request("first");
        }
    }

    /** No file can be made where there is a file. */
    private static void breakJournal(Path folder) throws Exception {
        Path gone = folder.resolveSibling("gone");
        Files.move(folder, gone);
        Files.writeString(folder, "a file where the folder should be");
        try (Stream<Path> files = Files.list(gone)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(gone);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatIsFullForBothAndThenHasRoomAgainLosesNothing(@TempDir Path home) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                ChildBroker broker = new ChildBroker(home, List.of(), stub.baseUrl(), "serai.auth.keys=sk-test")) {
            try (Client client = new Client(broker.start())) {
                Rows rows = new Rows("jdbc:sqlite:" + home.resolve("data/serai.db"));
                client.ask("before");
                rows.request("before");
                broker.limitFiles("1");
                for (int i = 0; i < REQUESTS; i++) {
                    assertThat(client.ask("full-" + i)).isEqualTo(200);
                }
                await().atMost(PATIENCE)
                        .until(() -> client.ledger().path("state").asText().equals("failing"));
                assertThat(client.ask("full-last")).isEqualTo(200);
                broker.limitFiles("unlimited");
                eachOnce(rows, "full");
                await().atMost(PATIENCE)
                        .until(() -> client.ledger().path("state").asText().equals("ok"));
                assertThat(client.ledger().path("lost").asInt()).isZero();
                assertThat(client.ledger().path("spoiled").asInt()).isZero();
                try (Stream<Path> files = Files.list(home.resolve("data/ledger"))) {
                    assertThat(files).hasSizeLessThan(6); // none for each try
                }
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aFullDiskCostsTheClientNothing(@TempDir Path home) throws Exception {
        // 2 MiB a file, in the blocks of 512 bytes that POSIX has ulimit count: SQLite's own library has room, and its
        // log
        // of changes for some sixty transactions
        List<String> small = List.of("sh", "-c", "ulimit -f 4096 && exec \"$@\"", "sh");
        try (StubUpstream stub = new StubUpstream();
                ChildBroker broker = new ChildBroker(
                        home,
                        small,
                        stub.baseUrl(),
                        "serai.auth.keys=sk-test",
                        "serai.ledger.batch-size=1",
                        "serai.ledger.interval=10ms")) {
            int port = broker.start();
            try (Client client = new Client(port)) {
                int asked = 0;
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (!client.ledger().path("state").asText().equals("spooling") && System.nanoTime() < deadline) {
                    assertThat(client.ask("full-" + asked++)).isEqualTo(200);
                }
                assertThat(client.ledger().path("state").asText()).isEqualTo("spooling");
                assertThat(client.ask("full-" + asked++)).isEqualTo(200);
                broker.stop();
                try (ChildBroker roomy = new ChildBroker(home, List.of(), stub.baseUrl())) {
                    roomy.start();
                    Rows rows = new Rows("jdbc:sqlite:" + home.resolve("data/serai.db"));
                    int all = asked;
                    rows.await(
                            "select request_id from requests where request_id like 'full-%'",
                            found -> found.size() == all);
                }
            }
        }
    }
}
