package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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

    @Test
    void aBatchThatItsRouteHasLeftIsTakenAgain() throws Exception {
        Settings.Ledger settings = new Settings.Ledger(
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
        Settings.Database file = new Settings.Database("", "", null, "rows.db", 2, Duration.ofSeconds(30));
        try (CamelContext context = new DefaultCamelContext();
                Ledger ledger = new Ledger(settings, new Journal(home.resolve("journal")));
                Database database = new Database(file, home, ledger::database)) {
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
}
