package io.serai.ledger;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.Said;
import io.serai.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * All that the ledger has of its own, whichever generation feeds it: the queue and the journal, the database and its
 * connections. Without a data folder, or switched off, there is none of it, and records go to the log only.
 */
public final class Books implements AutoCloseable {
    /** The routes that there is no use for without a ledger. */
    public static final Set<String> ROUTES =
            Set.of("ledger-write", "ops-ledger-sums", "ops-ledger-retention", "ops-ledger-texts", "bill");

    private final @Nullable Open open;

    private record Open(Ledger ledger, Database database, RowFeed feed) {}

    private Books(@Nullable Open open) {
        this.open = open;
    }

    /**
     * Opens the journal, and begins to open the database.
     *
     * @param data the folder for what outlives a restart; null: there is no ledger
     * @throws IOException when the journal can't be opened
     */
    public static Books open(Settings settings, @Nullable Path data) throws IOException {
        if (data == null || !settings.ledger().enabled()) {
            return new Books(null);
        }
        Ledger ledger = new Ledger(settings.ledger(), new Journal(data.resolve("ledger")));
        Path home = data.toAbsolutePath().getParent();
        Database database = new Database(settings.database(), home == null ? data : home, ledger::database);
        return new Books(new Open(
                ledger,
                database,
                new RowFeed(ledger, database, settings.ledger().batchSize())));
    }

    /** Whether requests are put on record. */
    public boolean areKept() {
        return open != null;
    }

    /** The last step of the tap: puts the record in the body on record. Waits for nothing. */
    public void keep(Exchange exchange, Settings.Texts settings) {
        if (open != null && exchange.getMessage().getBody() instanceof CallRecord record) {
            Said said = exchange.getProperty(Said.PROPERTY, Said.class);
            open.ledger().keep(record, said == null ? null : Texts.of(said, settings.longest()));
        }
    }

    /** See {@link Ledger#seal}. */
    public @Nullable CompletableFuture<@Nullable Void> seal(Call call) {
        return open == null ? null : open.ledger().seal(call);
    }

    /**
     * Lets nobody in whose request could not be put on record, where the operator wants it so.
     *
     * @throws ApiError 503
     */
    public void check(Exchange exchange) {
        if (open != null && open.ledger().refuses()) {
            throw ApiError.noLedger();
        }
    }

    /**
     * How it is.
     *
     * @param queue records in memory
     * @param journalBytes that the database does not have yet
     * @param state {@code off}, or {@link Ledger.State} in lower case
     * @param lost records since the start, for want of room
     * @param spoiled records since the start that can't be written for what is in them
     */
    public record Condition(int queue, long journalBytes, String state, long lost, long spoiled) {}

    public Condition condition() {
        if (open == null) {
            return new Condition(0, 0, "off", 0, 0);
        }
        Ledger ledger = open.ledger();
        return new Condition(
                ledger.queued(),
                ledger.journalBytes(),
                ledger.state().name().toLowerCase(Locale.ROOT),
                ledger.lost(),
                ledger.spoiled().count());
    }

    /** What the ledger's routes name, by the names; empty without a ledger. */
    public Map<String, Object> steps(Settings.Ledger settings) {
        if (open == null) {
            return Map.of();
        }
        RowFeed feed = open.feed();
        Upkeep upkeep = new Upkeep(open.database(), settings);
        return Map.ofEntries(
                Map.entry("ledgerDatabase", open.database()),
                Map.entry("inTransaction", new InTransaction(open.database())),
                Map.entry("byPlace", new ByPlace()),
                Map.entry("takeRows", (Predicate) feed::take),
                Map.entry("hoursOfRows", (Processor) feed::hours),
                Map.entry("textsOfRows", (Predicate) feed::texts),
                Map.entry("rowsWritten", (Processor) feed::written),
                Map.entry("rowsRefused", (Processor) feed::refused),
                Map.entry("hoursDue", (Processor) upkeep::hours),
                Map.entry("nameHour", (Processor) upkeep::hour),
                Map.entry("rowsPastTime", (Predicate) upkeep::past),
                Map.entry("noteDeleted", (Processor) upkeep::deleted),
                Map.entry("giveBackSpace", (Processor) upkeep::giveBack));
    }

    /** Waits until the database has every record, as long as it takes rows, but not longer than that. */
    public void settle(Duration longest) throws InterruptedException {
        if (open != null) {
            open.ledger().settle(longest);
        }
    }

    @Override
    public void close() {
        if (open != null) {
            open.ledger().close();
            open.database().close();
        }
    }
}
