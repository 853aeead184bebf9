package io.serai.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps that take rows from the journal to the database: a batch is taken, written in one transaction, and only then
 * forgotten by the journal. What fails is taken again, so a row may be written twice; its id makes it the same row. One
 * generation at a time does so, on the thread of its timer.
 */
public final class RowFeed {
    /** The batch in work; gone when there is none. */
    private static final String AT_WORK = "ledgerBatch";

    private static final Logger LOG = LoggerFactory.getLogger(RowFeed.class);
    /** From one try to the next while the database takes nothing. */
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Ledger ledger;
    private final Database database;
    private final int most;
    private final AtomicBoolean taken;
    private volatile long notBefore = System.nanoTime();
    private boolean failing;

    /**
     * @param after what the journal may forget; null: the rows were not from the journal
     * @param texts of its rows, where there are any
     */
    private record Batch(Journal.@Nullable Position after, List<List<@Nullable Object>> texts) {}

    RowFeed(Ledger ledger, Database database, int most) {
        this.ledger = ledger;
        this.database = database;
        this.most = most;
        this.taken = new AtomicBoolean();
    }

    /** Whether there is another batch: the body becomes its rows then, a list of lists of values. */
    public boolean take(Exchange exchange) {
        if (!database.isOpen() || System.nanoTime() - notBefore < 0 || !taken.compareAndSet(false, true)) {
            return false;
        }
        boolean found = false;
        try {
            found = takeFromJournal(exchange) || takeFromMemory(exchange);
        } catch (IOException e) {
            notBefore = System.nanoTime() + RETRY_NANOS;
            LOG.error("The ledger's journal can't be read: {}", e.toString());
        } finally {
            if (!found) {
                taken.set(false);
            }
        }
        return found;
    }

    private boolean takeFromJournal(Exchange exchange) throws IOException {
        Journal.Position at = ledger.committed();
        List<Row> rows = new ArrayList<>();
        FreshRows.Fresh fresh = ledger.fresh().take(at);
        while (fresh != null) {
            rows.add(fresh.row());
            at = fresh.after();
            fresh = rows.size() < most ? ledger.fresh().take(at) : null;
        }
        if (rows.isEmpty()) {
            for (Journal.Entry entry : ledger.journal().read(at, most)) {
                add(rows, entry.row());
                at = entry.after();
            }
        }
        if (at.equals(ledger.committed())) {
            return false;
        }
        batch(exchange, rows, at);
        return true;
    }

    private static void add(List<Row> rows, byte[] encoded) {
        try {
            rows.add(Row.read(encoded));
        } catch (IOException e) {
            LOG.error("A row of the journal is not understood and left out", e);
        }
    }

    private boolean takeFromMemory(Exchange exchange) {
        List<Row> rows = ledger.take(most);
        if (!rows.isEmpty()) {
            batch(exchange, rows, null);
        }
        return !rows.isEmpty();
    }

    private static void batch(Exchange exchange, List<Row> rows, Journal.@Nullable Position after) {
        exchange.getMessage().setBody(rows.stream().map(Row::values).toList());
        exchange.setProperty(
                AT_WORK,
                new Batch(
                        after,
                        rows.stream().map(Row::texts).filter(Objects::nonNull).toList()));
    }

    /** Whether there are texts in the batch: the body becomes their rows then. */
    public boolean texts(Exchange exchange) {
        Batch batch = exchange.getProperty(AT_WORK, Batch.class);
        if (batch == null || batch.texts().isEmpty()) {
            return false;
        }
        exchange.getMessage().setBody(batch.texts());
        return true;
    }

    /** The body, a batch, becomes the hours that its requests began in: they have to be summed up again. */
    public void hours(Exchange exchange) {
        Set<List<Object>> hours = new LinkedHashSet<>();
        for (Object row : exchange.getMessage().getBody(List.class)) {
            hours.add(List.of(Columns.hour((List<?>) row)));
        }
        exchange.getMessage().setBody(hours);
    }

    /** The batch is in the database. */
    public void written(Exchange exchange) {
        Batch batch = exchange.removeProperty(AT_WORK) instanceof Batch b ? b : null;
        if (batch == null) {
            return;
        }
        if (batch.after() != null) {
            ledger.committed(batch.after());
        } else {
            ledger.written();
        }
        ledger.database(true);
        if (failing) {
            failing = false;
            LOG.info("The ledger's database takes rows again");
        }
        taken.set(false);
    }

    /** The batch is not in the database; the exchange's failure says why. It is taken again later. */
    public void refused(Exchange exchange) {
        Throwable why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        exchange.removeProperty(AT_WORK);
        ledger.putBack();
        ledger.database(false);
        notBefore = System.nanoTime() + RETRY_NANOS;
        if (!failing) {
            failing = true;
            LOG.error("The ledger's database takes no rows; the journal keeps them: {}", Database.reason(why));
        }
        LOG.debug("The ledger's database", why);
        taken.set(false);
    }
}
