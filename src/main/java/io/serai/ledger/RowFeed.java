package io.serai.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.SynchronizationAdapter;
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
    /** How many rows a batch may have; fewer while one is looked for that the database refuses for its own sake. */
    private int room;

    /** A generation that is made to stop may leave a batch in which nobody has a hand any more. */
    private final Synchronization cutOff = new SynchronizationAdapter() {
        @Override
        public void onDone(Exchange exchange) {
            if (exchange.getProperty(AT_WORK) != null) {
                refused(exchange);
            }
        }
    };

    /**
     * @param rows of it
     * @param after what the journal may forget; null: the rows were not from the journal
     * @param texts of its rows, where there are any
     */
    private record Batch(List<Row> rows, Journal.@Nullable Position after, List<List<@Nullable Object>> texts) {}

    RowFeed(Ledger ledger, Database database, int most) {
        this.ledger = ledger;
        this.database = database;
        this.most = most;
        this.room = most;
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
            if (!found) {
                ledger.current();
            }
        } catch (IOException | RuntimeException | Error e) { // an error would end the timer of the route
            ledger.putBack();
            notBefore = System.nanoTime() + RETRY_NANOS;
            LOG.error("The ledger's journal can't be read: {}", e.toString());
            LOG.debug("The ledger's journal", e);
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
            fresh = rows.size() < room ? ledger.fresh().take(at) : null;
        }
        if (rows.isEmpty()) {
            at = read(rows, at);
        }
        if (rows.isEmpty()) {
            ledger.committed(at);
            return false;
        }
        batch(exchange, rows, at);
        return true;
    }

    /**
     * Ends before what can't be read, if there are rows before it: they may be read many times until the database has them, and
     * what becomes of the other is to become of it once.
     *
     * @return where the last of the rows ends
     */
    private Journal.Position read(List<Row> rows, Journal.Position from) throws IOException {
        Journal.Position at = from;
        for (Journal.Entry entry : ledger.journal().read(from, room)) {
            try {
                byte[] row = entry.row();
                if (row == null) {
                    throw new IOException("it is damaged");
                }
                rows.add(Row.read(row));
            } catch (IOException | RuntimeException e) {
                if (!rows.isEmpty()) {
                    break;
                }
                passOver(entry, e);
            }
            at = entry.after();
        }
        return at;
    }

    private void passOver(Journal.Entry entry, Exception why) throws IOException {
        byte[] row = entry.row();
        if (row == null) {
            ledger.journal().keep(entry);
            ledger.spoiled().note("A row of the journal", "it is damaged");
        } else {
            ledger.journal().setAside(Row.withoutTexts(row));
            ledger.spoiled().note("A row of the journal", "it is not understood, and set aside: " + why);
        }
        ledger.committed(entry.after());
    }

    private boolean takeFromMemory(Exchange exchange) {
        List<Row> rows = ledger.take(room);
        if (!rows.isEmpty()) {
            batch(exchange, rows, null);
        }
        return !rows.isEmpty();
    }

    private void batch(Exchange exchange, List<Row> rows, Journal.@Nullable Position after) {
        exchange.getMessage().setBody(rows.stream().map(Row::values).toList());
        exchange.setProperty(
                AT_WORK,
                new Batch(
                        rows,
                        after,
                        rows.stream().map(Row::texts).filter(Objects::nonNull).toList()));
        ExchangeExtension extension = exchange.getExchangeExtension();
        if (!extension.containsOnCompletion(cutOff)) {
            extension.addOnCompletion(cutOff);
        }
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
        done(batch);
        room = Math.min(most, 2 * room);
        ledger.database(true);
        if (failing) {
            failing = false;
            LOG.info("The ledger's database takes rows again");
        }
        taken.set(false);
    }

    private void done(Batch batch) {
        if (batch.after() != null) {
            ledger.committed(batch.after());
        } else {
            ledger.written();
        }
    }

    /** The batch is not in the database; the exchange's failure says why. It is taken again later. */
    public void refused(Exchange exchange) {
        Throwable why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Batch batch = exchange.removeProperty(AT_WORK) instanceof Batch b ? b : null;
        try {
            if (batch == null || !Database.isForARow(why)) {
                wait(why);
            } else if (batch.rows().size() > 1) {
                room = Math.max(1, batch.rows().size() / 2); // which one it is turns out by and by
                ledger.putBack();
            } else {
                setAside(batch, why);
            }
        } finally {
            taken.set(false);
        }
    }

    private void wait(@Nullable Throwable why) {
        ledger.putBack();
        ledger.database(false);
        notBefore = System.nanoTime() + RETRY_NANOS;
        if (!failing) {
            failing = true;
            LOG.error("The ledger's database takes no rows; the journal keeps them: {}", Database.reason(why));
        }
        LOG.debug("The ledger's database", why);
    }

    /** No other row is to wait for one that the database will never take. */
    private void setAside(Batch batch, @Nullable Throwable why) {
        Row row = batch.rows().getFirst();
        try {
            ledger.journal().setAside(new Row.Writer().bytes(new Row(row.values(), null)));
        } catch (IOException e) {
            wait(e);
            return;
        }
        ledger.spoiled()
                .note("The request " + row.values().get(Columns.ID), Database.reason(why) + "; it is set aside");
        done(batch);
    }
}
