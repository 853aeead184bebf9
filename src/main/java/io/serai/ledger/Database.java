package io.serai.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.serai.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.sqlite.SQLiteException;

/**
 * The database: an SQLite file, or a MariaDB or MySQL server. It is opened in the background, so that the broker's start does
 * not wait for it, and again and again while it can't be reached; until then {@link #getConnection} fails at once.
 */
public final class Database extends AbstractDataSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final String SQLITE = "jdbc:sqlite:";
    private static final long RETRY_MS = 2_000;
    /** How long a statement waits for a lock of another process, and a request for a connection. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** The least that the pool takes for the wait for a connection. */
    private static final long LEAST_WAIT_MS = 250;

    /**
     * What a database is for.
     *
     * @param name of its threads, and in the log
     * @param schema the table in which Flyway remembers the migrations
     * @param migrations where they are; <code>{database}</code> is {@code sqlite} or {@code mariadb}
     * @param durable whether what is written must outlast a power cut
     */
    public record Use(String name, String schema, List<String> migrations, boolean durable) {}

    /** SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH: https://www.sqlite.org/rescode.html */
    private static final Set<Integer> OF_A_ROW = Set.of(18, 19, 20);

    // A V6 was withdrawn, but a database may have it on record: the next of the migrations is V7.
    private static final Use LEDGER = new Use(
            "serai-database", "serai_schema", List.of("classpath:sql/migrations", "classpath:sql/{database}"), true);

    private final Settings.Database settings;
    private final Use use;
    private final int patienceMs;
    private final String url;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Consumer<Boolean> takesRows;
    private final Thread opener;
    private volatile @Nullable HikariDataSource pool;
    private volatile @Nullable String trouble;
    private boolean told;

    /**
     * Begins to open it.
     *
     * @param home what a relative path of the file is below
     * @param takesRows is told when it could not be opened, and when it could
     */
    Database(Settings.Database settings, Path home, Consumer<Boolean> takesRows) {
        this(settings, home, LEDGER, PATIENCE, takesRows);
    }

    /**
     * Begins to open one for something else than the ledger.
     *
     * @param patience how long a statement waits for a lock, and a request for a connection or an answer
     */
    public Database(Settings.Database settings, Path home, Use use, Duration patience, Consumer<Boolean> takesRows) {
        this.settings = settings;
        this.use = use;
        this.patienceMs = (int) patience.toMillis();
        this.takesRows = takesRows;
        this.url = settings.url().isEmpty()
                ? SQLITE + home.resolve(settings.path())
                : settings.url().replaceFirst("^jdbc:mysql:", "jdbc:mariadb:"); // one driver speaks to both
        this.opener = Thread.ofPlatform().name(use.name()).daemon().start(this::open);
    }

    /** Whether it was reached and has its tables; it may have gone away since. */
    public boolean isOpen() {
        return pool != null;
    }

    boolean isSqlite() {
        return url.startsWith(SQLITE);
    }

    private void open() {
        try {
            do {
                tryToOpen();
            } while (pool == null && !closing.await(RETRY_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryToOpen() {
        HikariDataSource made = null;
        try {
            if (isSqlite()) {
                Path folder =
                        Path.of(url.substring(SQLITE.length())).toAbsolutePath().getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                shape();
            }
            made = new HikariDataSource(pool());
            migrate(made);
            trouble = null;
            pool = made;
            takesRows.accept(true);
            if (closing.getCount() == 0) {
                made.close();
            }
        } catch (IOException | SQLException | RuntimeException | Error e) { // memory, too, may be there at the next try
            if (made != null) {
                made.close();
            }
            trouble = reason(e);
            takesRows.accept(false);
            if (!told) {
                told = true;
                if (use == LEDGER) {
                    LOG.error("The ledger's database can't be opened; the journal keeps the rows: {}", trouble);
                } else {
                    LOG.warn("The database of {} can't be opened: {}", use.name(), trouble);
                }
            }
            LOG.debug("The database of {}", use.name(), e);
        }
    }

    /** What only an empty file takes, and before anything else: the space of deleted rows can be given back bit by bit. */
    private void shape() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("pragma busy_timeout = " + patienceMs);
            statement.execute("pragma auto_vacuum = incremental");
            statement.execute("pragma journal_mode = wal");
        }
    }

    private HikariConfig pool() {
        HikariConfig config = new HikariConfig();
        config.setPoolName(use.name());
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(settings.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Math.max(LEAST_WAIT_MS, patienceMs));
        if (isSqlite()) {
            config.addDataSourceProperty("busy_timeout", patienceMs);
            config.addDataSourceProperty("journal_mode", "WAL");
            // a batch that is written must outlast a power cut: the journal forgets it then
            config.addDataSourceProperty("synchronous", use.durable() ? "FULL" : "NORMAL");
            // "IMMEDIATE" would leave a connection that found the file locked in a transaction that never began
            config.addDataSourceProperty("transaction_mode", "DEFERRED");
        } else {
            config.setUsername(settings.user());
            config.setPassword(
                    settings.password() == null ? "" : settings.password().reveal());
            // a server that is there and does not answer would otherwise be waited for without end
            config.setValidationTimeout(Math.max(LEAST_WAIT_MS, patienceMs));
            config.addDataSourceProperty("connectTimeout", patienceMs);
            config.addDataSourceProperty("socketTimeout", settings.timeout().toMillis());
        }
        return config;
    }

    private void migrate(HikariDataSource from) {
        FluentConfiguration flyway = scripts(from, isSqlite(), use);
        if (use != LEDGER) {
            flyway.baselineOnMigrate(true).baselineVersion("0"); // others' tables may be there
        }
        if (!isSqlite()) {
            // a connection without the pool's timeouts: a large table takes longer to change than a row to write
            flyway.dataSource(
                    url,
                    settings.user(),
                    settings.password() == null ? "" : settings.password().reveal());
        }
        flyway.load().migrate();
    }

    /** The scripts that bring the ledger's database of any version to this one's. */
    static FluentConfiguration scripts(DataSource from, boolean sqlite) {
        return scripts(from, sqlite, LEDGER);
    }

    private static FluentConfiguration scripts(DataSource from, boolean sqlite, Use use) {
        String[] places = use.migrations().stream()
                .map(place -> place.replace("{database}", sqlite ? "sqlite" : "mariadb"))
                .toArray(String[]::new);
        return Flyway.configure(Database.class.getClassLoader())
                .dataSource(from)
                .locations(places)
                .placeholders(Map.of(
                        "table",
                        sqlite ? "" : "engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin",
                        "bytes",
                        sqlite ? "blob" : "longblob"))
                .table(use.schema());
    }

    /**
     * Whether a statement failed for what is in a row, and would again: SQLSTATE classes 22 (data exception) and 23 (integrity
     * constraint), and where SQLite has its own codes for that.
     */
    static boolean isForARow(@Nullable Throwable why) {
        for (Throwable cause = why; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                if (state != null && (state.startsWith("22") || state.startsWith("23"))
                        || sql instanceof SQLiteException lite && OF_A_ROW.contains(lite.getResultCode().code & 0xFF)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What to tell an operator: the innermost cause, in a line. */
    static String reason(@Nullable Throwable e) {
        Throwable cause = e;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = cause == null ? "unknown" : String.valueOf(cause.getMessage());
        return said.lines().findFirst().orElse(said);
    }

    @Override
    public Connection getConnection() throws SQLException {
        HikariDataSource open = pool;
        if (open == null) {
            throw new SQLTransientConnectionException(trouble == null ? "is not open yet" : trouble);
        }
        return open.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    /** Waits a while for whoever is opening an SQLite file, so that it can be deleted then. */
    @Override
    public void close() {
        closing.countDown();
        opener.interrupt();
        if (isSqlite()) { // a server that does not answer is not waited for, and loses nothing by it
            try {
                opener.join(patienceMs + LEAST_WAIT_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        HikariDataSource open = pool;
        if (open != null) {
            open.close();
        }
    }
}
