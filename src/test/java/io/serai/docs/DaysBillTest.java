package io.serai.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.broker.TestBroker;
import io.serai.ledger.Rows;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
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

/** The day of {@code docs/how-to/follow-a-days-bill.md}: its configuration, its requests, and every figure in it. */
class DaysBillTest {
    private static final Path PAGE = Path.of("docs/how-to/follow-a-days-bill.md");
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

        ObjectNode usage() {
            ObjectNode usage = JSON.createObjectNode()
                    .put("prompt_tokens", counts[0] + counts[1])
                    .put("completion_tokens", counts[2] + counts[3])
                    .put("total_tokens", counts[0] + counts[1] + counts[2] + counts[3]);
            usage.putObject("prompt_tokens_details").put("cached_tokens", counts[1]);
            usage.putObject("completion_tokens_details").put("reasoning_tokens", counts[3]);
            return usage;
        }

        Script script() {
            if (what.equals("failed")) {
                return Scripts.status(500, "{}");
            }
            if (embeds()) {
                return Scripts.status(
                        200,
                        "{\"object\":\"list\",\"model\":\"vectors\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                                + "\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":" + counts[0]
                                + ",\"total_tokens\":" + counts[0] + "}}");
            }
            String served = model.startsWith("rotation/") ? "large" : model.substring(model.indexOf('/') + 1);
            String head = "\"id\":\"c\",\"created\":1,\"model\":\"" + served + "\",";
            if (streams()) {
                String chunk = "data: {" + head + "\"object\":\"chat.completion.chunk\",";
                return Scripts.events(
                        chunk
                                + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Yes\"},\"finish_reason\":null}]}\n\n",
                        chunk + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                        chunk + "\"choices\":[],\"usage\":" + usage() + "}\n\n",
                        "data: [DONE]\n\n");
            }
            return Scripts.status(
                    200,
                    "{" + head + "\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\","
                            + "\"message\":{\"role\":\"assistant\",\"content\":\"Yes\"}}],\"usage\":" + usage() + "}");
        }

        void ask(TestBroker broker) throws Exception {
            String body = TestBroker.body(model, streams() ? "\"stream\":true" : "\"stream\":false");
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
        Path folder = Path.of("docs/how-to/days-bill");
        assertThat(folder.resolve("providers.yaml")).hasContent(block("yaml", "acme:"));
        assertThat(folder.resolve("rotations.yaml")).hasContent(block("yaml", "steady:"));
    }

    @Test
    void theDayCostsWhatThePageSays() throws Exception {
        List<Asked> day =
                REQUEST.matcher(Files.readString(PAGE)).results().map(Asked::of).toList();
        assertThat(day).hasSize(7);
        try (StubUpstream acme = new StubUpstream();
                StubUpstream shaky = new StubUpstream()) {
            shaky.forModel("large", Scripts.status(500, "{}"));
            TestBroker.Setup setup = TestBroker.with()
                    .file(
                            "config/providers.yaml",
                            block("yaml", "acme:")
                                    .replace("http://127.0.0.1:3385/days-bill/acme", acme.baseUrl())
                                    .replace("http://127.0.0.1:3385/days-bill/shaky", shaky.baseUrl()))
                    .file("config/rotations.yaml", block("yaml", "steady:"))
                    .env("ACME_KEY", "sk-acme-0815")
                    .env("SHAKY_KEY", "sk-shaky-0815")
                    .set("serai.retry.attempts-per-key", "1")
                    .set("serai.ledger.enabled", "true");
            Rows rows = new Rows("jdbc:sqlite:" + setup.home().resolve("data/serai.db"));
            try (TestBroker broker = setup.start()) {
                for (Asked asked : day) {
                    acme.enqueue(asked.script());
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
