package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.config.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has a batch in work, and what becomes of it when that one goes. */
final class RowFeedTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private static final Settings.Ledger SETTINGS = new Settings.Ledger(
            true,
            false,
            false,
            Duration.ofMillis(50),
            200,
            100,
            Duration.ofMinutes(1),
            Duration.ofDays(90),
            Duration.ofDays(3650),
            new Settings.Texts(false, 65_536, Duration.ofDays(7)));
    private static final Settings.Database FILE =
            new Settings.Database("", "", null, "rows.db", 2, Duration.ofSeconds(30));

    @Test
    void aBatchThatItsRouteHasLeftIsTakenAgain() throws Exception {
        try (CamelContext context = new DefaultCamelContext();
                Ledger ledger = new Ledger(SETTINGS, new Journal(home.resolve("journal")));
                Database database = new Database(FILE, home, ledger::database)) {
            RowFeed feed = new RowFeed(ledger, database, 200);
            ledger.keep(new Call("one", "/v1/models", Caller.unknown("127.0.0.1", true), null, "test").soFar(), null);
            Exchange left = new DefaultExchange(context);
            await().atMost(60, TimeUnit.SECONDS).until(() -> feed.take(left));
            Exchange next = new DefaultExchange(context);
            assertThat(feed.take(next)).isFalse();

            // the route is made to stop, and none of its steps comes any more
            left.getExchangeExtension().handoverCompletions().forEach(each -> each.onFailure(left));

            await().atMost(60, TimeUnit.SECONDS).until(() -> feed.take(next));
            assertThat(next.getMessage().getBody()).isEqualTo(left.getMessage().getBody());
        }
    }

    /** Requests that end at the same time may have begun in different hours. */
    @Test
    void everyHourOfABatchHasToBeSummedUp() throws Exception {
        try (CamelContext context = new DefaultCamelContext();
                Ledger ledger = new Ledger(SETTINGS, new Journal(home.resolve("journal")));
                Database database = new Database(FILE, home, ledger::database)) {
            await().atMost(60, TimeUnit.SECONDS).until(database::isOpen); // it makes files until then
            Exchange batch = new DefaultExchange(context);
            batch.getMessage()
                    .setBody(Stream.of(7_199_999L, 7_200_000L, 3_600_000L, 10_799_999L)
                            .map(RowFeedTest::begunAt)
                            .toList());
            new RowFeed(ledger, database, 200).hours(batch);
            assertThat(batch.getMessage().getBody(Set.class))
                    .containsExactlyInAnyOrder(List.of(3_600_000L), List.of(7_200_000L));
        }
    }

    private static List<?> begunAt(long ms) {
        Object[] values = Columns.absent();
        values[Columns.STARTED_AT] = ms;
        return Arrays.asList(values);
    }

    /** Rows of another version, and a damaged one, between such that the database does not take yet. */
    @Test
    void whatCanNotBeReadIsSetAsideOnceWhileTheDatabaseIsAway() throws Exception {
        Path folder = home.resolve("journal");
        try (Journal journal = new Journal(folder)) {
            journal.append(Stream.of(
                            row("first"),
                            "{\"id\":\"odd\",\"prompt\":\"a secret\",\"answer\":\"said\",\"texts_cut\":\"no\"}",
                            "{\"status\":",
                            row("damaged"),
                            row("last"))
                    .map(row -> row.getBytes(StandardCharsets.UTF_8))
                    .toList());
        }
        Path file = folder.resolve("0000000000000000.journal");
        String before = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, before.replace("damaged", "DAMAGED"), StandardCharsets.ISO_8859_1);
        Path aside = folder.resolve("set-aside.jsonl");
        try (CamelContext context = new DefaultCamelContext();
                Ledger ledger = new Ledger(SETTINGS, new Journal(folder));
                Database database = new Database(FILE, home, ledger::database)) {
            RowFeed feed = new RowFeed(ledger, database, 200);
            for (int i = 0; i < 3; i++) {
                assertThat(refused(feed, context)).containsExactly("first");
            }
            assertThat(aside).doesNotExist();
            assertThat(folder.resolve(file.getFileName() + ".damaged")).doesNotExist();
            assertThat(ledger.spoiled().count()).isZero();

            Exchange taken = new DefaultExchange(context);
            await().atMost(60, TimeUnit.SECONDS).until(() -> feed.take(taken));
            feed.written(taken);
            for (int i = 0; i < 3; i++) {
                assertThat(refused(feed, context)).containsExactly("last");
            }
            assertThat(Files.readAllLines(aside)).hasSize(2).first().isEqualTo("{\"id\":\"odd\",\"texts_cut\":\"no\"}");
            assertThat(folder.resolve(file.getFileName() + ".damaged")).exists();
            assertThat(ledger.spoiled().count()).isEqualTo(3);
        }
    }

    private static String row(String id) {
        return "{\"id\":\"" + id + "\"}";
    }

    /** The ids of a batch that the database does not take, for it is away. */
    private static List<Object> refused(RowFeed feed, CamelContext context) {
        Exchange exchange = new DefaultExchange(context);
        await().atMost(60, TimeUnit.SECONDS).until(() -> feed.take(exchange));
        List<Object> ids = new ArrayList<>();
        for (Object row : exchange.getMessage().getBody(List.class)) {
            ids.add(((List<?>) row).get(Columns.ID));
        }
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new SQLException("is away", "08001"));
        feed.refused(exchange);
        return ids;
    }
}
