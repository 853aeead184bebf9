package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.sqlite.SQLiteDataSource;

/** A million requests of ninety days, and the bill of all of them: the sums are read, and of the last hours the requests. */
final class MillionRowsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ROWS = 1_000_000;
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    /** From one request to the next. */
    private static final long STEP_MS = 90 * DAY_MS / ROWS;

    private static final int ENOUGH_MS = 200;
    private static final int TRIES = 9;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void theBillOfAMillionRequestsIsThereAtOnce(String kind) throws Exception {
        boolean sqlite = kind.equals("sqlite");
        TestBroker.Setup setup =
                TestBroker.with().set("serai.ledger.enabled", "true").set("serai.ledger.upkeep", "24h");
        String url = sqlite
                ? "jdbc:sqlite:" + setup.home().resolve("data/serai.db")
                : MariaDb.shared().newDatabase();
        if (sqlite) {
            Files.createDirectories(setup.home().resolve("data"));
        } else {
            setup.set("serai.database.url", url).set("serai.database.user", "root");
        }
        long end = System.currentTimeMillis() / HOUR_MS * HOUR_MS;
        long begin = end - ROWS * STEP_MS;
        Database.scripts(source(url), sqlite).load().migrate();
        seed(new Rows(url), sqlite, begin, end - 2 * HOUR_MS);
        try (TestBroker broker = setup.start()) {
            await().until(() -> broker.get("/billing/usage?model=none").statusCode() == 200); // the database is open
            JsonNode totals = fast(broker, "").path("totals");
            assertThat(totals.path("requests").asLong()).isEqualTo(ROWS);
            assertThat(totals.path("input_tokens").asLong()).isEqualTo(ROWS / 100 * (99 * 100 / 2));
            assertThat(totals.path("cost_usd").decimalValue()).isEqualByComparingTo("12.3");
            assertThat(fast(broker, "?group=day").path("totals")).isEqualTo(totals);
            assertThat(fast(broker, "?group=ip").path("groups")).hasSize(10);
            assertThat(fast(broker, "/192.0.2.3")
                            .path("totals")
                            .path("requests")
                            .asLong())
                    .isEqualTo(ROWS / 10);
            assertThat(fast(broker, "?model=acme/m4&from=" + (begin / 1000 + 1800))
                            .path("totals")
                            .path("requests")
                            .asLong())
                    .isBetween(ROWS / 5 - 100, ROWS / 5);
            assertThat(broker.get("/billing/usage?format=csv&group=day").body().lines())
                    .hasSizeBetween(91, 93);
        } finally {
            if (!sqlite) { // half a gigabyte that no other test needs
                new Rows(url).execute("drop table requests");
                new Rows(url).execute("set global innodb_buffer_pool_size = 16777216");
            }
        }
    }

    /** The third of nine: what else the machine does is not the question. */
    private static JsonNode fast(TestBroker broker, String query) throws Exception {
        List<Long> took = new ArrayList<>();
        JsonNode bill = null;
        for (int i = 0; i < TRIES; i++) {
            long began = System.nanoTime();
            String body = broker.get("/billing/usage" + query).body();
            took.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            bill = JSON.readTree(body);
        }
        Collections.sort(took);
        System.getLogger("serai.million").log(System.Logger.Level.INFO, "{0}: {1} ms", query, took);
        assertThat(took.get(TRIES / 3 - 1))
                .as("milliseconds for " + query + ": " + took)
                .isLessThan(ENOUGH_MS);
        return bill;
    }

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

    /** @param due the hours from there on are not summed up yet */
    private static void seed(Rows rows, boolean sqlite, long begin, long due) throws Exception {
        try (Connection connection = rows.connect();
                Statement statement = connection.createStatement()) {
            if (sqlite) {
                statement.execute("pragma synchronous = off");
            } else { // a table that is empty is then filled without a log of each row
                statement.execute("set global innodb_buffer_pool_size = 268435456");
                statement.execute("set global innodb_flush_log_at_trx_commit = 0");
                statement.execute("set unique_checks = 0, foreign_key_checks = 0");
            }
            statement.execute("create table digits (d bigint not null primary key)");
            statement.execute("insert into digits values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
            String id = sqlite ? "printf('SEED%022d', n)" : "concat('SEED', lpad(n, 22, '0'))";
            String model = sqlite ? "'acme/m' || (n / 10 % 5)" : "concat('acme/m', n div 10 % 5)";
            String address = sqlite ? "'192.0.2.' || (n % 10)" : "concat('192.0.2.', n % 10)";
            String at = begin + " + n * " + STEP_MS;
            connection.setAutoCommit(false);
            int parts = sqlite ? 10 : 1; // one log of all of it would be as large as the table
            for (int part = 0; part < parts; part++) {
                statement.execute(
                        "insert into requests (id, request_id, started_at, finished_at, address, client_key, door,"
                                + " dialect, operation, model, provider, instance, served_model, rotation, streamed, attempts,"
                                + " status, outcome, in_fresh, in_cache_read, in_cache_write_5m, in_cache_write_1h, in_audio,"
                                + " in_image, out_text, out_reasoning, out_audio, out_image, web_searches, audio_ms, characters,"
                                + " images, estimated, cost, cost_state, duration_ms, overhead_us) select " + id
                                + ", 'r', " + at
                                + ", " + at + ", " + address + ", 'k', '/v1/chat/completions', 'openai', 'chat', "
                                + model
                                + ", 'acme', 'acme', 'm', '', 0, '[]', 200, 'ok', n % 100, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,"
                                + " 123000, 'priced', 40, 300 from (select a.d * 100000 + b.d * 10000 + c.d * 1000 + e.d * 100 + f.d * 10"
                                + " + g.d as n from digits a cross join digits b cross join digits c cross join digits e"
                                + " cross join digits f cross join digits g where "
                                + (sqlite ? "a.d = " + part : "true")
                                + ") as numbers");
                connection.commit();
            }
            String summed = "where started_at < " + due;
            statement.execute(sums("usage_daily", DAY_MS, summed));
            // of the days at both ends, which are not read whole
            statement.execute(sums(
                    "usage_hourly",
                    HOUR_MS,
                    summed + " and (started_at < " + (begin + DAY_MS) + " or started_at >= " + (due - 2 * DAY_MS)
                            + ")"));
            for (long hour = due; hour < due + 3 * HOUR_MS; hour += HOUR_MS) {
                statement.execute("insert into usage_due (begins_at) values (" + hour + ")");
            }
            connection.commit();
        }
    }

    /** The statement of the upkeep for many hours or days at once. */
    private static String sums(String table, long unit, String where) throws Exception {
        try (InputStream in = MillionRowsTest.class.getResourceAsStream("/sql/sum-hour.sql")) {
            String begins = "started_at - started_at % " + unit;
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("usage_hourly", table)
                    .replace(":#hour, address", begins + ", address")
                    .replaceAll("(?s)where started_at.*group by address", where + " group by " + begins + ", address");
        }
    }
}
