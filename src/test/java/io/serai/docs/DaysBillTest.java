package io.serai.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.TestBroker;
import io.serai.ledger.Rows;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The day of {@code docs/how-to/follow-a-days-bill.md}: its configuration, its vendor, its requests, and every figure in it. */
class DaysBillTest {
    private static final Path PAGE = Path.of("docs/how-to/follow-a-days-bill.md");
    private static final Path FOLDER = Path.of("docs/how-to/days-bill");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(yaml|json|sql)\\n(.*?)^```");
    private static final Pattern REQUEST = Pattern.compile(
            "(?m)^\\| (\\d) \\| `([^`]+)` \\| ([^|]+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| (\\d+) \\| ([\\d.]+|unpriced) \\|$");

    /** A line of the page's table. */
    private record Asked(String number, String model, String what, long[] counts, String cost) {
        static Asked of(MatchResult line) {
            long[] counts = new long[4];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = Long.parseLong(line.group(i + 4));
            }
            return new Asked(line.group(1), line.group(2), line.group(3), counts, line.group(8));
        }

        boolean streams() {
            return what.contains("stream");
        }

        boolean embeds() {
            return what.contains("embeddings");
        }

        void ask(TestBroker broker) throws Exception {
            String body = TestBroker.body(model, "\"stream\":" + streams()).replace("Hello", "request " + number);
            if (embeds()) {
                broker.post("/v1/embeddings", "{\"model\":\"" + model + "\",\"input\":\"x\"}", "x-request-id", number);
            } else {
                broker.post("/v1/chat/completions", body, "x-request-id", number);
            }
        }
    }

    private static String block(String kind, String with) throws IOException {
        Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
        while (blocks.find()) {
            if (blocks.group(1).equals(kind) && blocks.group(2).contains(with)) {
                return blocks.group(2);
            }
        }
        throw new AssertionError("No " + kind + " with " + with);
    }

    @Test
    void theFolderHoldsWhatThePageShows() throws IOException {
        assertThat(FOLDER.resolve("providers.yaml")).hasContent(block("yaml", "acme:"));
        assertThat(FOLDER.resolve("rotations.yaml")).hasContent(block("yaml", "steady:"));
    }

    @Test
    void theDayCostsWhatThePageSays() throws Exception {
        List<Asked> day =
                REQUEST.matcher(Files.readString(PAGE)).results().map(Asked::of).toList();
        assertThat(day).hasSize(7);
        try (TestBroker vendor = TestBroker.with()
                .file("routes/custom/vendor.camel.yaml", Files.readString(FOLDER.resolve("vendor.camel.yaml")))
                .start()) {
            TestBroker.Setup setup = TestBroker.with()
                    .file(
                            "config/providers.yaml",
                            block("yaml", "acme:").replace("http://127.0.0.1:3385", vendor.url("")))
                    .file("config/rotations.yaml", block("yaml", "steady:"))
                    .env("ACME_KEY", "sk-acme-0815")
                    .env("SHAKY_KEY", "sk-shaky-0815")
                    .set("serai.retry.attempts-per-key", "1")
                    .set("serai.ledger.enabled", "true");
            Rows rows = new Rows("jdbc:sqlite:" + setup.home().resolve("data/serai.db"));
            try (TestBroker broker = setup.start()) {
                for (Asked asked : day) {
                    asked.ask(broker);
                }
                compare(day, rows);
                JsonNode bill = JSON.readTree(broker.get("/billing/usage").body());
                JsonNode page = JSON.readTree(block("json", "groups"));
                assertThat(bill.path("groups")).isEqualTo(page.path("groups"));
                assertThat(bill.path("totals")).isEqualTo(page.path("totals"));
                follow(rows);
            }
        }
    }

    private static void compare(List<Asked> day, Rows rows) throws Exception {
        BigDecimal sum = BigDecimal.ZERO;
        for (Asked asked : day) {
            Map<String, String> row = rows.request(asked.number());
            assertThat(List.of(
                            row.get("in_fresh"),
                            row.get("in_cache_read"),
                            row.get("out_text"),
                            row.get("out_reasoning")))
                    .as("request " + asked.number())
                    .containsExactlyElementsOf(java.util.Arrays.stream(asked.counts())
                            .mapToObj(String::valueOf)
                            .toList());
            if (asked.cost().equals("unpriced")) {
                assertThat(row).containsEntry("cost", "null").containsEntry("cost_state", "unpriced");
            } else {
                BigDecimal cost = new BigDecimal(row.get("cost")).movePointLeft(10);
                assertThat(cost).as("request " + asked.number()).isEqualByComparingTo(asked.cost());
                sum = sum.add(cost);
            }
        }
        assertThat(Files.readString(PAGE))
                .contains("**" + sum.stripTrailingZeros().toPlainString() + "**");
    }

    private static void follow(Rows rows) throws Exception {
        List<String> queries = new ArrayList<>();
        for (String part : List.of("sum(cost)", "catalogue", "json_each")) {
            queries.add(block("sql", part).replace("'now', 'start of day'", "'1970-01-01'"));
        }
        assertThat(rows.of(queries.get(0))).containsExactly(Map.of("units", "180875000", "unpriced", "1"));
        assertThat(rows.of(queries.get(1)))
                .extracting(row -> row.get("request_id"))
                .containsExactly("1", "2", "3", "4", "5", "6", "7");
        assertThat(rows.of(queries.get(2)))
                .extracting(row -> row.get("request_id") + " " + row.get("provider"))
                .containsExactly("4 shaky", "5 acme");
        assertThat(Files.readString(PAGE)).contains("It says 180875000 and 1.");
    }
}
