package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.call.CallRecord;
import io.serai.call.Cost;
import io.serai.call.Operation;
import io.serai.call.Outcome;
import io.serai.call.Overhead;
import io.serai.call.Purpose;
import io.serai.call.Saved;
import io.serai.call.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How fast the journal reaches the SQLite file: a ledger that takes less than what comes in grows without end. */
final class ThroughputTest {
    private static final Cost COST = new Cost(new BigDecimal("0.000123"), List.of(), false);

    private static final int ROWS = 20_000;
    /** Rows a second that the SQLite file has to take. */
    private static final int ENOUGH = 2_000;

    private static CallRecord record(int number) {
        Usage usage = new Usage.Builder()
                .inFresh(1_000 + number)
                .inCacheRead(500)
                .outText(300)
                .build();
        return new CallRecord(
                "01M81NQSM8JAK5F9Q5%08d".formatted(number),
                "req_4acc17e70ca0d36b%08d".formatted(number),
                "/v1/chat/completions",
                "openai",
                Operation.CHAT,
                Instant.now(),
                "f3abf2a6cc4f",
                "192.0.2." + number % 250,
                "rotation/best",
                true,
                "groq",
                "groq-1",
                "llama-3.3-70b-versatile",
                "llama-3.3-70b-versatile",
                "best",
                200,
                Outcome.OK,
                null,
                usage,
                List.of(new CallRecord.Try(
                        Purpose.REPLY, "groq", "groq-1", "llama-3.3-70b-versatile", "ok", 200, true, 420, usage, COST)),
                List.of(),
                List.of(),
                0,
                431,
                180,
                new Overhead(630, 0, 300),
                COST,
                BigDecimal.ZERO,
                "0f1e2d3c4b5a",
                1_500 + number,
                false,
                null,
                null,
                Saved.NOTHING);
    }

    @Test
    void theSqliteFileTakesTwoThousandRowsASecond() throws Exception {
        TestBroker.Setup setup = TestBroker.with().set("serai.ledger.enabled", "true");
        try (Journal journal = new Journal(setup.home().resolve("data/ledger"))) {
            List<byte[]> batch = new ArrayList<>();
            Row.Writer writer = new Row.Writer();
            for (int i = 0; i < ROWS; i++) {
                batch.add(writer.bytes(writer.row(record(i), null)));
                if (batch.size() == 500) {
                    journal.append(batch);
                    batch.clear();
                }
            }
        }
        Rows rows = new Rows("jdbc:sqlite:" + setup.home().resolve("data/serai.db"));
        try (TestBroker broker = setup.start()) {
            assertThat(broker.port()).isPositive();
            rows.await("select id from requests limit 1", found -> !found.isEmpty());
            long began = System.nanoTime();
            long before = count(rows);
            rows.await(
                    "select count(*) as n from requests",
                    found -> found.get(0).get("n").equals("" + ROWS));
            double seconds = (System.nanoTime() - began) / 1e9;
            long perSecond = Math.round((ROWS - before) / seconds);
            System.getLogger("serai.throughput").log(System.Logger.Level.INFO, "{0} rows a second", perSecond);
            assertThat(perSecond).isGreaterThan(ENOUGH);
        }
    }

    private static long count(Rows rows) throws Exception {
        return Long.parseLong(
                rows.of("select count(*) as n from requests").get(0).get("n"));
    }
}
