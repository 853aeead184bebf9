package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every statement of the ledger on both databases, through the broker's own routes. */
final class BothDatabasesTest {
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);

    private static Rows database(String kind, TestBroker.Setup setup) throws Exception {
        setup.set("serai.ledger.enabled", "true");
        if (kind.equals("sqlite")) {
            return new Rows("jdbc:sqlite:" + setup.home().resolve("data/serai.db"));
        }
        String url = MariaDb.shared().newDatabase();
        setup.set("serai.database.url", url).set("serai.database.user", "root");
        return new Rows(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void whateverBecameOfARequestIsARow(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                LogWatch log = new LogWatch()) {
            TestBroker.Setup setup = TestBroker.with()
                    .provider("acme", stub)
                    .provider(
                            "dear",
                            stub,
                            "models: [{name: m, pricing: {prompt: 0.000003, completion: 0.000015}},"
                                    + " {name: silent, pricing: {prompt: 0.000003, completion: 0.000015}}]")
                    .set("serai.retry.attempts", "1")
                    .file("config/rotations.yaml", """
                            rotations:
                              both:
                                providers: [{provider_id: acme, models: [{name: m, weight: 1}]}]
                            """);
            Rows rows = database(kind, setup);
            stub.forModel(
                    "silent",
                    Scripts.status(
                            200,
                            "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"silent\",\"choices\":"
                                    + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}",
                            "content-type",
                            "application/json"));
            stub.forModel("broken", Scripts.status(500, "{}"));
            stub.forModel("endless", Scripts.stream("one ", "two").stallAfter(2));
            try (TestBroker broker = setup.start()) {
                ask(broker, "plain", "acme/m");
                ask(broker, "priced", "dear/m");
                ask(broker, "guessed", "dear/silent");
                ask(broker, "streamed", "acme/m", "\"stream\":true");
                ask(broker, "rotated", "rotation/both");
                ask(broker, "failed", "acme/broken");
                ask(broker, "unknown", "nowhere/m");
                leave(broker, "left", TestBroker.body("acme/endless", "\"stream\":true"));
                assertThat(rows.request("plain"))
                        .containsEntry("address", "127.0.0.1")
                        .containsEntry("client_key", "anonymous")
                        .containsEntry("model", "acme/m")
                        .containsEntry("provider", "acme")
                        .containsEntry("instance", "acme")
                        .containsEntry("served_model", "m")
                        .containsEntry("dialect", "openai")
                        .containsEntry("operation", "chat")
                        .containsEntry("streamed", "0")
                        .containsEntry("status", "200")
                        .containsEntry("outcome", "ok")
                        .containsEntry("in_fresh", String.valueOf(Scripts.PROMPT_TOKENS))
                        .containsEntry("out_text", String.valueOf(Scripts.COMPLETION_TOKENS))
                        .containsEntry("estimated", "0")
                        .containsEntry("cost", "null")
                        .containsEntry("cost_state", "unpriced")
                        .containsEntry("error", "null");
                assertThat(rows.request("plain").get("attempts"))
                        .contains("\"reason\":\"ok\"", "\"in_fresh\":" + Scripts.PROMPT_TOKENS);
                long units = Scripts.PROMPT_TOKENS * 30_000L + Scripts.COMPLETION_TOKENS * 150_000L;
                assertThat(rows.request("priced"))
                        .containsEntry("cost", String.valueOf(units))
                        .containsEntry("cost_state", "priced")
                        .hasEntrySatisfying(
                                "catalogue", version -> assertThat(version).matches("[0-9a-f]{12}"));
                assertThat(rows.of("select cost_usd from request_logs where model = 'dear/m'"))
                        .singleElement()
                        .satisfies(row -> assertThat(Double.parseDouble(row.get("cost_usd")))
                                .isCloseTo(units / 1e10, within(1e-13)));
                assertThat(rows.request("guessed"))
                        .containsEntry("outcome", "ok_estimated")
                        .containsEntry("estimated", "1")
                        .containsEntry("cost_state", "estimated");
                assertThat(rows.of("select success from request_logs where model = 'dear/silent'"))
                        .containsExactly(Map.of("success", "1"));
                assertThat(rows.request("streamed"))
                        .containsEntry("streamed", "1")
                        .containsEntry("outcome", "ok");
                assertThat(rows.request("rotated"))
                        .containsEntry("rotation", "both")
                        .containsEntry("provider", "acme");
                assertThat(rows.request("failed"))
                        .containsEntry("outcome", "upstream_error_before_output")
                        .containsEntry("in_fresh", "0")
                        .containsEntry("provider", "");
                assertThat(rows.request("unknown"))
                        .containsEntry("status", "404")
                        .containsEntry("outcome", "refused");
                assertThat(rows.request("left"))
                        .containsEntry("outcome", "client_cancelled")
                        .containsEntry("status", "499");
                List<Map<String, String>> view =
                        rows.of("select * from request_logs where model = 'acme/m' order by started_at, id");
                assertThat(view.get(0))
                        .containsOnlyKeys(
                                "id",
                                "ip",
                                "model",
                                "input_tokens",
                                "output_tokens",
                                "cost_usd",
                                "started_at",
                                "finished_at",
                                "duration_ms",
                                "success",
                                "error")
                        .containsEntry("ip", "127.0.0.1")
                        .containsEntry("input_tokens", String.valueOf(Scripts.PROMPT_TOKENS))
                        .containsEntry("cost_usd", "null")
                        .containsEntry("success", "1");
                assertThat(view.get(0).get("started_at"))
                        .matches("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            }
            log.assertQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void aRowThatComesTwiceIsThereOnce(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with().provider("acme", stub).set("serai.ledger.sync", "always");
            Rows rows = database(kind, setup); // the record is written before the answer ends, and again after it
            try (TestBroker broker = setup.start()) {
                ask(broker, "twice", "acme/m");
                ask(broker, "streamed", "acme/m", "\"stream\":true");
                ask(broker, "last", "acme/m");
                rows.request("last"); // rows go in their order
                assertThat(rows.of("select * from requests where request_id in ('twice', 'streamed')"))
                        .hasSize(2)
                        .allSatisfy(row -> assertThat(row).containsEntry("outcome", "ok"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void hoursAndDaysAreSummedUpAndOldRowsGo(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with()
                    .provider("acme", stub)
                    .set("serai.ledger.upkeep", "100ms")
                    .set("serai.ledger.retention-days", "2")
                    .set("serai.ledger.roll-up-days", "30");
            Rows rows = database(kind, setup);
            try (TestBroker broker = setup.start()) {
                ask(broker, "now", "acme/m");
                ask(broker, "gone", "nowhere/m");
                rows.request("now");
                rows.request("gone");
                long midnight = System.currentTimeMillis() / DAY_MS * DAY_MS - DAY_MS;
                // as if they had come yesterday, one in the first hour and one in the second
                rows.execute(
                        "update requests set cost = 25, started_at = " + (midnight + 5) + " where request_id = 'now'");
                rows.execute("update requests set started_at = " + (midnight + HOUR_MS) + " where request_id = 'gone'");
                rows.execute("insert into usage_due (begins_at) values (" + midnight + ")");
                rows.execute("insert into usage_due (begins_at) values (" + (midnight + HOUR_MS) + ")");
                rows.await("select * from usage_daily", days -> days.size() == 2);
                rows.await("select begins_at from usage_due where begins_at < " + (midnight + DAY_MS), List::isEmpty);
                assertThat(rows.of("select * from usage_hourly where model = 'acme/m'"))
                        .singleElement()
                        .satisfies(hour -> assertThat(hour)
                                .containsEntry("begins_at", String.valueOf(midnight))
                                .containsEntry("requests", "1")
                                .containsEntry("errors", "0")
                                .containsEntry("in_fresh", String.valueOf(Scripts.PROMPT_TOKENS))
                                .containsEntry("cost", "25")
                                .containsEntry("unpriced", "0")
                                .containsEntry("first_request", String.valueOf(midnight + 5)));
                assertThat(rows.of("select * from usage_daily where model = 'nowhere/m'"))
                        .singleElement()
                        .satisfies(day -> assertThat(day)
                                .containsEntry("begins_at", String.valueOf(midnight))
                                .containsEntry("errors", "1"));
                rows.execute("update requests set started_at = started_at - " + 2 * DAY_MS);
                rows.await("select * from requests", List::isEmpty);
                assertThat(rows.of("select * from usage_daily")).hasSize(2);
                rows.execute("update usage_daily set begins_at = begins_at - " + 60 * DAY_MS);
                rows.execute("update usage_hourly set begins_at = begins_at - " + 60 * DAY_MS);
                rows.await("select * from usage_daily", List::isEmpty);
                rows.await("select * from usage_hourly", List::isEmpty);
            }
        }
    }

    /** As after a stop of days: more hours are due than are summed up at a time, and all of their rows are past their time. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void noRowGoesBeforeItsHourIsSummedUp(String kind) throws Exception {
        int hours = 250;
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with()
                    .provider("acme", stub)
                    .set("serai.ledger.upkeep", "100ms")
                    .set("serai.ledger.retention-days", "2");
            Rows rows = database(kind, setup);
            try (TestBroker broker = setup.start()) {
                ask(broker, "now", "acme/m");
                rows.request("now");
                long first = System.currentTimeMillis() / DAY_MS * DAY_MS - 20 * DAY_MS;
                try (Connection connection = rows.connect();
                        Statement old = connection.createStatement()) {
                    old.execute("create table old as select * from requests where request_id = 'now'");
                    connection.setAutoCommit(false);
                    for (int i = 0; i < hours; i++) {
                        long hour = first + i * HOUR_MS;
                        old.execute("update old set id = 'old-" + i + "', started_at = " + (hour + 7));
                        old.execute("insert into requests select * from old");
                        old.execute("insert into usage_due (begins_at) values (" + hour + ")");
                    }
                    connection.commit();
                }
                rows.await("select * from requests where id like 'old-%'", List::isEmpty);
                assertThat(rows.of("select sum(requests) as n from usage_hourly"))
                        .containsExactly(Map.of("n", String.valueOf(hours)));
            }
        }
    }

    /** As when a journal is written again that the database had before: most rows of the hour are past their time and gone. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void aLateRowTakesNothingFromTheSumsOfRowsThatAreGone(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            TestBroker.Setup setup = TestBroker.with().provider("acme", stub).set("serai.ledger.upkeep", "100ms");
            Rows rows = database(kind, setup);
            try (TestBroker broker = setup.start()) {
                ask(broker, "now", "acme/m");
                rows.request("now");
                long hour = System.currentTimeMillis() / DAY_MS * DAY_MS - DAY_MS;
                rows.execute("create table old as select * from requests where request_id = 'now'");
                rows.execute("update old set request_id = 'old', started_at = " + (hour + 7));
                for (int i = 1; i <= 3; i++) {
                    rows.execute("update old set id = 'old-" + i + "'");
                    rows.execute("insert into requests select * from old");
                    assertThat(summedUp(rows, hour)).hasSize(2).containsOnly(Map.of("n", String.valueOf(i)));
                }
                rows.execute("delete from requests where id <> 'old-3'");
                assertThat(summedUp(rows, hour)).hasSize(2).containsOnly(Map.of("n", "3"));
            }
        }
    }

    private static List<Map<String, String>> summedUp(Rows rows, long hour) throws Exception {
        rows.execute("insert into usage_due (begins_at) values (" + hour + ")");
        rows.await("select begins_at from usage_due where begins_at = " + hour, List::isEmpty);
        return rows.of("select sum(requests) as n from usage_hourly where begins_at = " + hour
                + " union all select sum(requests) from usage_daily where begins_at = " + hour);
    }

    /** Asks, and goes when the answer has begun. */
    private static void leave(TestBroker broker, String id, String body) throws Exception {
        HttpRequest request = broker.request("/v1/chat/completions")
                .header("x-request-id", id)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try (InputStream answer = broker.http()
                .send(request, HttpResponse.BodyHandlers.ofInputStream())
                .body()) {
            assertThat(answer.read()).isPositive();
        }
    }

    private static void ask(TestBroker broker, String id, String model, String... more) throws Exception {
        broker.post("/v1/chat/completions", TestBroker.body(model, more), "x-request-id", id);
    }
}
