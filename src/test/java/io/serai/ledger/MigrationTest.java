package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.sqlite.SQLiteDataSource;

/** A database that an earlier version has made and filled is brought up to date at the start, with what is in it. */
final class MigrationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long HOUR_MS = 3_600_000;
    /** An hour long ago, the first of its day. */
    private static final long BEGIN = 1_760_054_400_000L;

    private static DataSource source(String url) throws Exception {
        if (url.startsWith("jdbc:sqlite:")) {
            SQLiteDataSource file = new SQLiteDataSource();
            file.setUrl(url);
            return file;
        }
        MariaDbDataSource server = new MariaDbDataSource(url);
        server.setUser("root");
        return server;
    }

    private static List<MigrationVersion> versions(DataSource from, boolean sqlite) {
        return Arrays.stream(Database.scripts(from, sqlite).load().info().all())
                .map(migration -> migration.getVersion())
                .filter(version -> version != null)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void everyEarlierVersionIsBroughtUpToDate(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            int tried = 0;
            for (boolean another = true; another; tried++) {
                TestBroker.Setup setup =
                        TestBroker.with().provider("acme", stub).set("serai.ledger.enabled", "true");
                String url = address(kind, setup);
                DataSource source = source(url);
                boolean sqlite = kind.equals("sqlite");
                List<MigrationVersion> versions = versions(source, sqlite);
                MigrationVersion version = versions.get(tried);
                Database.scripts(source, sqlite).target(version).load().migrate();
                fill(new Rows(url));
                upToDate(setup, new Rows(url), version, versions.getLast());
                another = tried + 1 < versions.size();
            }
            assertThat(tried).isGreaterThanOrEqualTo(5);
        }
    }

    private static String address(String kind, TestBroker.Setup setup) throws Exception {
        if (kind.equals("sqlite")) {
            Files.createDirectories(setup.home().resolve("data"));
            return "jdbc:sqlite:" + setup.home().resolve("data/serai.db");
        }
        String url = MariaDb.shared().newDatabase();
        setup.set("serai.database.url", url).set("serai.database.user", "root");
        return url;
    }

    /** With what the first version had; later columns have to have values of their own accord. */
    private static void fill(Rows rows) throws Exception {
        String counts = "in_fresh, in_cache_read, in_cache_write_5m, in_cache_write_1h, in_audio, in_image,"
                + " out_text, out_reasoning, out_audio, out_image";
        for (long at : new long[] {BEGIN + 1, BEGIN + 2 * HOUR_MS + 1}) { // the second hour is not summed up yet
            rows.execute(
                    "insert into requests (id, request_id, started_at, finished_at, address, client_key, door, dialect,"
                            + " operation, model, provider, instance, served_model, rotation, streamed, attempts, status, outcome, "
                            + counts
                            + ", web_searches, audio_ms, characters, images, estimated, cost, cost_state, duration_ms,"
                            + " overhead_us) values ('" + at + "', 'old', " + at + ", " + at
                            + ", '192.0.2.1', 'k', '/v1/chat', 'openai',"
                            + " 'chat', 'acme/m', 'acme', 'acme', 'm', '', 0, '[]', 200, 'ok', 7, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,"
                            + " 0, 12500, 'priced', 40, 300)");
        }
        rows.execute("insert into usage_due (begins_at) values (" + (BEGIN + 2 * HOUR_MS) + ")");
        String sums =
                "(begins_at, address, client_key, model, provider, served_model, requests, errors, cancelled, cached, "
                        + counts + ", cost, unpriced, duration_ms, first_request, last_request) values (" + BEGIN
                        + ", '192.0.2.1', 'k', 'acme/m', 'acme', 'm', 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 3, 0, 0, 0, 12500, 0, 40, "
                        + (BEGIN + 1) + ", " + (BEGIN + 1) + ")";
        rows.execute("insert into usage_hourly " + sums);
        rows.execute("insert into usage_daily " + sums);
    }

    private static void upToDate(TestBroker.Setup setup, Rows rows, MigrationVersion from, MigrationVersion newest)
            throws Exception {
        try (TestBroker broker = setup.start()) {
            broker.post("/v1/chat/completions", TestBroker.body("acme/m"), "x-request-id", "new");
            assertThat(rows.request("new"))
                    .containsEntry("in_fresh", String.valueOf(Scripts.PROMPT_TOKENS))
                    .containsEntry("effective_context", String.valueOf(Scripts.PROMPT_TOKENS))
                    .containsEntry("effective_context_estimated", "0");
            assertThat(rows.of("select effective_context from requests where request_id = 'old'"))
                    .hasSize(2)
                    .allSatisfy(row -> assertThat(row).containsEntry("effective_context", "null"));
            assertThat(rows.of("select version from serai_schema where version is not null order by installed_rank"))
                    .as("from " + from)
                    .last()
                    .satisfies(row -> assertThat(row).containsEntry("version", newest.toString()));
            rows.await("select begins_at from usage_due where begins_at < " + (BEGIN + 24 * HOUR_MS), due -> true);
            JsonNode bill =
                    JSON.readTree(broker.get("/billing/usage?from=" + BEGIN / 1000 + "&to=" + (BEGIN / 1000 + 86_400))
                            .body());
            assertThat(bill.path("totals").path("requests").asInt())
                    .as("from " + from)
                    .isEqualTo(2);
            assertThat(bill.path("totals").path("input_tokens").asInt()).isEqualTo(14);
            assertThat(bill.path("totals").path("cost_usd").decimalValue()).isEqualByComparingTo("0.0000025");
            assertThat(bill.path("totals").path("saved_input_tokens").asInt()).isZero();
            assertThat(rows.of("select id from request_logs where ip = '192.0.2.1'"))
                    .hasSize(2);
            assertThat(rows.of("select id from request_texts")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void anEmptyDatabaseGetsEveryScript(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with().provider("acme", stub).set("serai.ledger.enabled", "true");
            String url = address(kind, setup);
            try (TestBroker broker = setup.start()) {
                broker.post("/v1/chat/completions", TestBroker.body("acme/m"), "x-request-id", "first");
                new Rows(url).request("first");
                List<String> there = new Rows(url)
                        .of("select version from serai_schema where version is not null").stream()
                                .map(row -> row.get("version"))
                                .toList();
                assertThat(there)
                        .containsExactlyInAnyOrderElementsOf(versions(source(url), kind.equals("sqlite")).stream()
                                .map(MigrationVersion::toString)
                                .toList());
            }
        }
    }
}
