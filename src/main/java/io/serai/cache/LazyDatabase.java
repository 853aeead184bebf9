package io.serai.cache;

import io.serai.config.Settings;
import io.serai.ledger.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A database that is opened in the background, when it is first asked for or before. Who comes while that goes on for the first
 * time waits for it, no longer than for anything else; later it fails at once while it can't be reached.
 */
final class LazyDatabase extends AbstractDataSource implements AutoCloseable {
    private static final Database.Use USE =
            new Database.Use("serai-cache", "serai_cache_schema", List.of("classpath:sql/cache/migrations"), false);

    private final Settings.Database settings;
    private final @Nullable Path home;
    private final Duration timeout;
    private final CompletableFuture<Boolean> tried = new CompletableFuture<>();
    private @Nullable Database database;
    private boolean closed;

    /**
     * @param home what a relative path of the file is below; null: there is no place for files
     * @param timeout of whatever it waits for
     */
    LazyDatabase(Settings.Database settings, @Nullable Path home, Duration timeout) {
        this.settings = settings;
        this.home = home;
        this.timeout = timeout;
    }

    /** Begins to open it. */
    synchronized @Nullable Database open() {
        Path below = home;
        if (database == null && !closed && below != null && !(settings.url() + settings.path()).isEmpty()) {
            database = new Database(settings, below, USE, timeout, tried::complete);
        }
        return database;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Database opened = open();
        if (opened == null) {
            throw new SQLException("is not configured");
        }
        try {
            tried.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new SQLException("is not open yet", e);
        }
        return opened.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (database != null) {
            database.close();
        }
    }
}
