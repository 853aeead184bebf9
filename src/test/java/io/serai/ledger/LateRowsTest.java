package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.Caller;
import io.serai.call.Usage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a broker that stood still for longer than rows are kept, in a database in which those of their hours are gone. */
final class LateRowsTest {
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    /** An hour of which all rows are past their time. */
    private static final long HOUR = System.currentTimeMillis() / DAY_MS * DAY_MS - 20 * DAY_MS + 3 * HOUR_MS;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private String database(String kind) throws Exception {
        return kind.equals("sqlite")
                ? "jdbc:sqlite:" + folder.resolve("shared.db")
                : MariaDb.shared().newDatabase();
    }

    private static CallRecord record(String model, int tokens) throws Exception {
        Call call = new Call("late", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "test");
        CallRecord record = Records.with(call.soFar(), "startedAt", Instant.ofEpochMilli(HOUR + 7));
        record = Records.with(record, "model", model);
        return Records.with(record, "usage", new Usage.Builder().inFresh(tokens).build());
    }

    /** A broker that has the records in its journal, and the database of the other one. */
    private static TestBroker.Setup second(String url, List<CallRecord> records) throws Exception {
        TestBroker.Setup setup = TestBroker.with()
                .set("serai.ledger.enabled", "true")
                .set("serai.ledger.upkeep", "100ms")
                .set("serai.ledger.retention-days", "2");
        if (url.startsWith("jdbc:sqlite:")) {
            setup.set("serai.database.path", url.substring("jdbc:sqlite:".length()));
        } else {
            setup.set("serai.database.url", url).set("serai.database.user", "root");
        }
        try (Journal journal = new Journal(setup.home().resolve("data/ledger"))) {
            Row.Writer writer = new Row.Writer();
            for (CallRecord each : records) {
                journal.append(List.of(writer.bytes(writer.row(each, null))));
            }
        }
        return setup;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void aLateRowIsAddedToTheSumsOfItsHourOnce(String kind) throws Exception {
        String url = database(kind);
        Rows rows = new Rows(url);
        List<CallRecord> punctual = List.of(record("acme/m", 100), record("acme/m", 10), record("acme/n", 1));
        try (TestBroker first = second(url, punctual).start()) {
            rows.await("select * from usage_daily", days -> days.size() == 2);
            rows.await("select * from requests where request_id = 'late'", List::isEmpty);
            CallRecord later = record("acme/m", 1_000);
            try (TestBroker second = second(url, List.of(later)).start()) {
                await(rows, 4, 1_111);
                rows.await("select * from requests where request_id = 'late'", List::isEmpty);
                assertThat(second.get("/billing/usage").body()).contains("\"input_tokens\":1111");
            }
            CallRecord last = record("acme/n", 10_000);
            // the first of them once more, as after a crash
            try (TestBroker second = second(url, List.of(later, last)).start()) {
                await(rows, 5, 11_111);
                rows.await("select * from requests where request_id = 'late'", List::isEmpty);
                rows.await("select * from usage_late where summed = 0", List::isEmpty);
                assertThat(second.get("/billing/usage?group=day").body()).contains("\"input_tokens\":11111");
            }
            await(rows, 5, 11_111);
            assertThat(first.get("/billing/usage?group=hour").body()).contains("\"input_tokens\":11111");
        }
    }

    /** Whatever they are on the way there: never less than they were. */
    private static void await(Rows rows, int requests, int tokens) throws Exception {
        int[] least = {3};
        for (String table : List.of("usage_hourly", "usage_daily")) {
            rows.await("select sum(requests) as n, sum(in_fresh) as tokens from " + table, sums -> {
                int now = Integer.parseInt(sums.get(0).get("n"));
                assertThat(now).as(table).isBetween(least[0], requests);
                return now == requests && sums.get(0).get("tokens").equals("" + tokens);
            });
        }
    }

    /** An earlier version has not noted whose rows it deleted. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void hoursWhoseRowsAnEarlierVersionDeletedAreKnown(String kind) throws Exception {
        String url = database(kind);
        Rows rows = new Rows(url);
        try (TestBroker newer = second(url, List.of(record("acme/m", 100), record("acme/m", 11)))
                .start()) {
            assertThat(newer.port()).isPositive();
            rows.await("select * from usage_daily", days -> days.size() == 1);
            rows.await("select * from requests where request_id = 'late'", List::isEmpty);
        }
        try (Connection connection = rows.connect();
                Statement earlier = connection.createStatement()) {
            earlier.execute("insert into usage_hourly select * from usage_hourly"); // and an hour of these days
            earlier.execute("drop table usage_closed");
            earlier.execute("drop table usage_late");
            earlier.execute("delete from serai_schema where version = '6'");
        }
        rows.execute("update usage_hourly set begins_at = " + (HOUR + 18 * DAY_MS) + " limit 1");
        try (TestBroker second = second(url, List.of(record("acme/m", 1_000))).start()) {
            assertThat(second.port()).isPositive();
            rows.await(
                    "select sum(in_fresh) as n from usage_hourly where begins_at = " + HOUR,
                    sums -> sums.get(0).get("n").equals("1111"));
        }
    }
}
