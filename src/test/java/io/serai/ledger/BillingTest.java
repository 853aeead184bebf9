package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /billing/usage}, held against the requests themselves. */
final class BillingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    /** Four days long ago, so that nothing of the broker's own upkeep touches them. */
    private static final long BEGIN = 1_760_000_000_000L / DAY_MS * DAY_MS;

    private static final List<String> GROUPS = List.of("model", "provider", "key", "ip", "day", "hour");

    private static Rows database(String kind, TestBroker.Setup setup) throws Exception {
        setup.set("serai.ledger.enabled", "true").set("serai.ledger.upkeep", "1h");
        if (kind.equals("sqlite")) {
            return new Rows("jdbc:sqlite:" + setup.home().resolve("data/serai.db"));
        }
        String url = MariaDb.shared().newDatabase();
        setup.set("serai.database.url", url).set("serai.database.user", "root");
        return new Rows(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void everyRangeCountsEachRequestOnce(String kind) throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            stub.forModel("broken", Scripts.status(500, "{}"));
            TestBroker.Setup setup = TestBroker.with().provider("acme", stub).set("serai.retry.attempts", "1");
            Rows rows = database(kind, setup);
            try (TestBroker broker = setup.start()) {
                seed(broker, rows);
                Random random = new Random(5);
                List<long[]> ranges = new ArrayList<>(List.of(
                        new long[] {BEGIN, BEGIN + 4 * DAY_MS},
                        new long[] {BEGIN + HOUR_MS, BEGIN + 3 * DAY_MS},
                        new long[] {BEGIN + 600_000, BEGIN + 1_200_000},
                        new long[] {BEGIN, BEGIN}));
                for (int i = 0; i < 20; i++) {
                    long from = BEGIN + random.nextLong(3 * DAY_MS) / 1000 * 1000;
                    ranges.add(new long[] {from, from + random.nextLong(2 * DAY_MS) / 1000 * 1000});
                }
                for (int i = 0; i < ranges.size(); i++) {
                    check(broker, rows, ranges.get(i), GROUPS.get(i % GROUPS.size()));
                }
                GROUPS.forEach(group -> checkQuietly(broker, rows, ranges.get(0), group));
                narrowed(broker);
                spelt(broker);
                noFormula(broker);
            }
        }
    }

    private static void checkQuietly(TestBroker broker, Rows rows, long[] range, String group) {
        try {
            check(broker, rows, range, group);
        } catch (Exception e) {
            throw new AssertionError(group, e);
        }
    }

    private static void check(TestBroker broker, Rows rows, long[] range, String group) throws Exception {
        JsonNode bill = bill(broker, "?from=" + range[0] / 1000 + "&to=" + range[1] / 1000 + "&group=" + group);
        String where = " from requests where started_at >= " + range[0] + " and started_at < " + range[1];
        Map<String, String> all = rows.of(
                        "select count(*) as requests, sum(case when status = 200 then 0 else 1 end) as errors,"
                                + " sum(in_fresh) as input_tokens, sum(out_text) as output_tokens, sum(cost) as cost,"
                                + " min(started_at) as first_request, sum(saved_input_tokens) as saved_input_tokens,"
                                + " sum(saved_output_tokens) as saved_output_tokens, sum(saved_cost) as saved,"
                                + " sum(case when outcome = 'cache_hit' then 1 else 0 end) as cached" + where)
                .get(0);
        JsonNode totals = bill.path("totals");
        assertThat(totals.path("requests").asText()).as(bill.toString()).isEqualTo(all.get("requests"));
        JsonNode groups = bill.path("groups");
        assertThat(sum(groups, "requests")).isEqualTo(totals.path("requests").asLong());
        assertThat(sum(groups, "input_tokens"))
                .isEqualTo(totals.path("input_tokens").asLong());
        if (all.get("requests").equals("0")) {
            assertThat(bill.path("first_request").isNull()).isTrue();
            assertThat(groups).isEmpty();
            return;
        }
        for (String count : List.of(
                "errors", "cached", "input_tokens", "output_tokens", "saved_input_tokens", "saved_output_tokens")) {
            assertThat(totals.path(count).asText()).as(count).isEqualTo(all.get(count));
        }
        assertThat(totals.path("cost_usd").decimalValue()).isEqualByComparingTo(usd(all.get("cost")));
        assertThat(totals.path("saved_usd").decimalValue()).isEqualByComparingTo(usd(all.get("saved")));
        assertThat(Instant.parse(bill.path("first_request").asText()).toEpochMilli())
                .isEqualTo(Long.parseLong(all.get("first_request")));
        String common = switch (group) {
            case "key" -> "client_key";
            case "ip" -> "address";
            case "day" -> "started_at - started_at % " + DAY_MS;
            case "hour" -> "started_at - started_at % " + HOUR_MS;
            default -> group;
        };
        Map<String, String> each =
                rows.of("select " + common + " as name, count(*) as requests" + where + " group by 1").stream()
                        .collect(Collectors.toMap(
                                row -> switch (group) {
                                    case "day" -> time(row).substring(0, 10);
                                    case "hour" -> time(row);
                                    default -> row.get("name");
                                },
                                row -> row.get("requests")));
        Map<String, String> told = new HashMap<>();
        groups.forEach(g -> told.put(g.path("key").asText(), g.path("requests").asText()));
        assertThat(told).as(group).isEqualTo(each);
        long keys = groups.findValuesAsText("key").stream().distinct().count();
        assertThat(keys).isEqualTo(groups.size());
    }

    private static String time(Map<String, String> row) {
        return Instant.ofEpochMilli(Long.parseLong(row.get("name"))).toString();
    }

    private static BigDecimal usd(String units) {
        return units.equals("null") ? BigDecimal.ZERO : new BigDecimal(units).movePointLeft(10);
    }

    private static long sum(JsonNode groups, String field) {
        long sum = 0;
        for (JsonNode group : groups) {
            sum += group.path(field).asLong();
        }
        return sum;
    }

    private static void narrowed(TestBroker broker) throws Exception {
        JsonNode all = bill(broker, "?from=0").path("totals");
        assertThat(bill(broker, "?model=acme/m").path("groups")).hasSize(1);
        assertThat(bill(broker, "?model=m").path("totals"))
                .isEqualTo(bill(broker, "?model=acme/m&provider=acme").path("totals"));
        assertThat(bill(broker, "?key=anonymous").path("totals")).isEqualTo(all);
        assertThat(bill(broker, "?key=nobody").path("groups")).isEmpty();
        assertThat(bill(broker, "/127.0.0.1").path("totals")).isEqualTo(all);
        assertThat(bill(broker, "/2001:db8::1").path("totals").path("requests").asInt())
                .isZero();
        assertThat(all.path("errors").asInt()).isPositive();
        assertThat(all.path("unpriced").asInt()).isZero();
    }

    /** Of a model that nobody has, as any client can name one. */
    private static void noFormula(TestBroker broker) throws Exception {
        assertThat(broker.chat("=1+1,2").statusCode()).isEqualTo(404);
        await().until(() -> broker.get("/billing/usage?format=csv").body().contains("\r\n\"'=1+1,2\",1,1,"));
    }

    private static void spelt(TestBroker broker) throws Exception {
        String day = Instant.ofEpochMilli(BEGIN).toString();
        assertThat(bill(broker, "?from=" + day + "&to=" + day.replace("Z", "%2B00:00"))
                        .path("from")
                        .asText())
                .isEqualTo(day);
        HttpResponse<String> table = broker.get("/billing/usage?format=csv&group=day&from=" + day);
        assertThat(table.headers().firstValue("content-type")).hasValue("text/csv; charset=utf-8");
        assertThat(table.body().lines())
                .startsWith(
                        "key,requests,errors,cancelled,cached,input_tokens,output_tokens,cost_usd,unpriced,first_request,last_request,"
                                + "saved_input_tokens,saved_output_tokens,saved_usd")
                .hasSizeGreaterThan(4)
                .anySatisfy(line -> assertThat(line).startsWith(day.substring(0, 10) + ","));
        for (String wrong : List.of(
                "?from=yesterday",
                "?group=colour",
                "?format=xml",
                "?modell=m",
                "?from=2&to=1",
                "?from=1&from=2",
                "/nowhere")) {
            HttpResponse<String> refused = broker.get("/billing/usage" + wrong);
            assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
            assertThat(JSON.readTree(refused.body())
                            .path("error")
                            .path("message")
                            .asText())
                    .isNotEmpty();
        }
    }

    /** Requests over four days: most hours summed up, some not yet, some summed up before another request came late. */
    private static void seed(TestBroker broker, Rows rows) throws Exception {
        for (String model : List.of("m", "n", "broken")) {
            broker.post("/v1/chat/completions", TestBroker.body("acme/" + model), "x-request-id", model);
            Map<String, String> row = rows.request(model);
            assertThat(row).containsEntry("model", "acme/" + model);
        }
        rows.execute("update requests set cost = 12345, cost_state = 'priced' where cost is null");
        rows.execute(
                "update requests set outcome = 'cache_hit', in_fresh = 0, out_text = 0, cost = 0, saved_input_tokens = 11,"
                        + " saved_output_tokens = 4, saved_cost = 777 where request_id = 'n'");
        Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            copy(rows, i, BEGIN + random.nextLong(4 * DAY_MS));
        }
        for (long hour = BEGIN; hour < BEGIN + 4 * DAY_MS; hour += HOUR_MS) {
            run(rows, "sum-hour.sql", hour);
        }
        for (long day = BEGIN; day < BEGIN + 4 * DAY_MS; day += DAY_MS) {
            run(rows, "sum-day.sql", day);
        }
        for (int i = 60; i < 66; i++) { // of the third day only, so that other days are read whole
            long late = BEGIN + 2 * DAY_MS + random.nextLong(DAY_MS);
            copy(rows, i, late);
            rows.execute("replace into usage_due (begins_at) values (" + late / HOUR_MS * HOUR_MS + ")");
        }
        // what is read request by request must be there, and what is read as a sum must not need to be
        assertThat(rows.of("select * from usage_daily")).isNotEmpty();
    }

    private static void copy(Rows rows, int number, long startedAt) throws SQLException {
        String model = List.of("m", "n", "broken").get(number % 3);
        Map<String, String> row = rows.of("select * from requests where request_id = '" + model + "'")
                .get(0);
        String names = String.join(", ", row.keySet());
        String values = row.keySet().stream()
                .map(column -> switch (column) {
                    case "id", "request_id" -> "'copy-" + number + "'";
                    case "started_at", "finished_at" -> String.valueOf(startedAt);
                    default -> column;
                })
                .collect(Collectors.joining(", "));
        rows.execute("insert into requests (" + names + ") select " + values + " from requests where request_id = '"
                + model + "'");
    }

    /** As the upkeep does. */
    private static void run(Rows rows, String file, long from) throws IOException, SQLException {
        try (InputStream in = BillingTest.class.getResourceAsStream("/sql/" + file)) {
            rows.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace(":#hourEnd", String.valueOf(from + HOUR_MS))
                    .replace(":#dayEnd", String.valueOf(from + DAY_MS))
                    .replace(":#hour", String.valueOf(from))
                    .replace(":#day", String.valueOf(from)));
        }
    }

    private static JsonNode bill(TestBroker broker, String rest) throws Exception {
        HttpResponse<String> answer = broker.get("/billing/usage" + rest);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void aDatabaseThatIsAwayIsSaid() throws Exception {
        TestBroker.Setup setup = TestBroker.with()
                .set("serai.ledger.enabled", "true")
                .set("serai.database.url", "jdbc:mariadb://127.0.0.1:1/serai");
        try (TestBroker broker = setup.start()) {
            HttpResponse<String> answer = broker.get("/billing/usage");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("ledger_unavailable");
        }
    }

    @Test
    void itNeedsTheAdminTokenAndALedger() throws Exception {
        TestBroker.Setup setup = TestBroker.with().set("serai.admin.token", "let-me-in");
        try (TestBroker broker = setup.start()) {
            assertThat(broker.get("/billing/usage").statusCode()).isEqualTo(401);
            HttpResponse<String> answer = broker.get("/billing/usage/127.0.0.1", "authorization", "Bearer let-me-in");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("no_ledger");
        }
    }
}
