package io.serai.ledger;

import io.serai.config.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.SqlConstants;

/** The steps of the ledger's upkeep: which hours are summed up, which rows go, and the space that they leave. */
public final class Upkeep {
    static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    /** An hour is summed up when it is over for so long; a row that comes later still has it summed up again. */
    private static final long LATE_MS = TimeUnit.MINUTES.toMillis(1);
    /** Rows of one deletion: short enough for whoever waits to write. */
    private static final int ROWS = 500;
    /** Pages that SQLite gives back at once, 4 KiB each. */
    private static final int PAGES = 256;
    /** An exchange's property: whether a deletion of this round found rows. */
    private static final String FOUND = "rowsDeleted";

    private final Database database;
    private final Settings.Ledger settings;

    public Upkeep(Database database, Settings.Ledger settings) {
        this.database = database;
        this.settings = settings;
    }

    /** The body becomes what {@code hours-due.sql} asks for. */
    public void hours(Exchange exchange) {
        exchange.getMessage().setBody(Map.of("before", System.currentTimeMillis() - HOUR_MS - LATE_MS));
    }

    /** The body, one hour that is due, becomes its bounds and those of its day. */
    public void hour(Exchange exchange) {
        Object begins = exchange.getMessage().getBody(Map.class).get("begins_at");
        long hour = begins instanceof Number number ? number.longValue() : 0;
        long day = hour - Math.floorMod(hour, DAY_MS);
        exchange.getMessage()
                .setBody(Map.of("hour", hour, "hourEnd", hour + HOUR_MS, "day", day, "dayEnd", day + DAY_MS));
    }

    /** Whether rows may be past their time: at first, and as long as a deletion of the last round found some. The body says which. */
    public boolean past(Exchange exchange) {
        boolean found = exchange.getProperty(FOUND, true, Boolean.class);
        exchange.setProperty(FOUND, false);
        long now = System.currentTimeMillis();
        exchange.getMessage()
                .setBody(Map.of(
                        "before", now - settings.retention().toMillis(),
                        "sumsBefore", now - settings.rollUpRetention().toMillis(),
                        "textsBefore", now - settings.texts().retention().toMillis(),
                        "most", ROWS));
        return database.isOpen() && found;
    }

    /** After a deletion, for {@link #past}. */
    public void deleted(Exchange exchange) {
        if (exchange.getMessage().getHeader(SqlConstants.SQL_UPDATE_COUNT, 0, Integer.class) > 0) {
            exchange.setProperty(FOUND, true);
        }
    }

    /** Has SQLite cut its file by what was deleted, a little at a time, so that nobody waits long for the lock. */
    public void giveBack(Exchange exchange) throws SQLException {
        if (!database.isOpen() || !database.isSqlite()) {
            return;
        }
        long free = Long.MAX_VALUE;
        for (long before = -1; free != before && free > PAGES; ) {
            before = free;
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("pragma incremental_vacuum(" + PAGES + ")");
                try (ResultSet count = statement.executeQuery("pragma freelist_count")) {
                    free = count.next() ? count.getLong(1) : 0;
                }
            }
        }
    }
}
