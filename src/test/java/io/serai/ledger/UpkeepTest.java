package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the ledger's upkeep leaves behind: a small file, and sums also where summing up fails. */
final class UpkeepTest {
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    /** Each fills a page of SQLite's. */
    private static final int OLD_ROWS = 1_500;
    /** More than some upkeeps would take that delete 500 each. */
    private static final int OLD_SUMS = 4_000;

    private static TestBroker.Setup ledger(StubUpstream stub) throws Exception {
        return TestBroker.with()
                .provider("acme", stub)
                .set("serai.ledger.enabled", "true")
                .set("serai.ledger.upkeep", "100ms");
    }

    private static Rows oneRequest(TestBroker broker) throws Exception {
        Rows rows = new Rows("jdbc:sqlite:" + broker.home().resolve("data/serai.db"));
        broker.post("/v1/chat/completions", TestBroker.body("acme/m"), "x-request-id", "now");
        rows.request("now");
        rows.execute("create table old as select * from requests where request_id = 'now'");
        return rows;
    }

    @Test
    void theSpaceOfRowsThatAreGoneIsGivenBack() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = ledger(stub).start()) {
            Rows rows = oneRequest(broker);
            try (Connection connection = rows.connect();
                    Statement old = connection.createStatement()) {
                connection.setAutoCommit(false);
                old.execute("update old set started_at = " + (System.currentTimeMillis() - 100 * DAY_MS)
                        + ", attempts = hex(zeroblob(2000))");
                for (int i = 0; i < OLD_ROWS; i++) {
                    old.execute("update old set id = 'old-" + i + "'");
                    old.execute("insert into requests select * from old");
                }
                connection.commit();
            }
            rows.await("select id from requests where id like 'old-%' limit 1", List::isEmpty);
            rows.await(
                    "pragma page_count",
                    found -> Integer.parseInt(found.getFirst().get("page_count")) < OLD_ROWS / 2);
        }
    }

    /** Else they would go a few at each upkeep where no old request is left. */
    @ParameterizedTest
    @ValueSource(strings = {"usage_hourly", "usage_daily"})
    void oldSumsGoAtOnceThoughNoRequestIsOld(String table) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker =
                        ledger(stub).set("serai.ledger.upkeep", "500ms").start()) {
            Rows rows = oneRequest(broker);
            rows.execute("update requests set started_at = " + (System.currentTimeMillis() - DAY_MS));
            rows.execute(
                    "insert into usage_due (begins_at) select started_at - started_at % 3600000 from requests limit 1");
            rows.await("select begins_at from " + table, found -> found.size() == 1);
            rows.execute("create table sum as select * from " + table);
            rows.execute("update sum set begins_at = " + DAY_MS);
            rows.execute("insert into " + table + " select sum.* from sum, (with recursive n(i) as"
                    + " (select 1 union all select i + 1 from n where i < " + OLD_SUMS + ") select i from n)");
            String left = "select count(*) as n from " + table + " where begins_at = " + DAY_MS;
            rows.await(left, found -> !found.getFirst().containsValue(String.valueOf(OLD_SUMS)));
            finish("ops-ledger-retention");
            assertThat(rows.of(left)).containsExactly(Map.of("n", "0"));
        }
    }

    /** Lets a route end what it does, and begin nothing more. */
    private static void finish(String route) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = server.queryNames(
                        new ObjectName("org.apache.camel:type=routes,name=\"" + route + "\",*"), null)
                .iterator()
                .next();
        server.invoke(name, "stop", null, null);
    }

    /** All of an hour's steps or none: else its former sums were gone, and nobody knew that they are due. */
    @Test
    void sumsThatCanNotBeMadeLeaveTheFormerOnesAndAreDueAgain() throws Exception {
        try (StubUpstream stub = new StubUpstream();
                LogWatch log = new LogWatch();
                TestBroker broker = ledger(stub).start()) {
            Rows rows = oneRequest(broker);
            long hour = System.currentTimeMillis() / DAY_MS * DAY_MS - DAY_MS;
            String due = "insert into usage_due (begins_at) values (" + hour + ")";
            String sums = "select requests from usage_hourly where begins_at = " + hour;
            rows.execute("update old set id = 'old', request_id = 'old', started_at = " + (hour + 7));
            rows.execute("insert into requests select * from old");
            rows.execute(due);
            rows.await(sums, found -> found.size() == 1);
            rows.execute("create trigger guard before insert on usage_daily begin select raise(fail, 'not now'); end");
            rows.execute("update old set id = 'late'");
            rows.execute("insert into requests select * from old");
            rows.execute(due);
            await().atMost(60, TimeUnit.SECONDS).until(() -> log.text().contains("sums have to wait"));
            assertThat(rows.of(sums))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("requests", "1"));
            assertThat(rows.of("select * from usage_daily where begins_at = " + hour))
                    .hasSize(1);
            // the hour has sums and is due: its requests are read, and its sums not too
            String bill = "/billing/usage?from=" + hour / 1000 + "&to=" + (hour + DAY_MS) / 1000;
            for (String group : List.of("model", "hour", "day")) {
                assertThat(broker.get(bill + "&group=" + group).body()).contains("\"totals\":{\"requests\":2,");
            }
            rows.execute("drop trigger guard");
            rows.await(sums, found -> found.getFirst().containsValue("2"));
            rows.await("select begins_at from usage_due where begins_at = " + hour, List::isEmpty);
            assertThat(rows.of("select requests from usage_daily where begins_at = " + hour))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("requests", "2"));
        }
    }
}
