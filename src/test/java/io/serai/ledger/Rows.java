package io.serai.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What a database holds, as another process would read it. */
public record Rows(String url) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Each row as text by the columns' names; nothing while there is no such table. */
    public List<Map<String, String>> of(String query) throws SQLException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(query)) {
            int columns = found.getMetaData().getColumnCount();
            while (found.next()) {
                Map<String, String> row = new HashMap<>();
                for (int i = 1; i <= columns; i++) {
                    row.put(found.getMetaData().getColumnLabel(i), String.valueOf(found.getString(i)));
                }
                rows.add(row);
            }
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no such table")
                    && !String.valueOf(e.getMessage()).contains("doesn't exist")) {
                throw e;
            }
        }
        return rows;
    }

    /** Waits until the query's rows are as wanted. */
    public List<Map<String, String>> await(String query, Predicate<List<Map<String, String>>> wanted)
            throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            List<Map<String, String>> rows = of(query);
            if (wanted.test(rows)) {
                return rows;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(query + " still says " + rows);
            }
            Thread.sleep(20);
        }
    }

    /** The row of a request that a test has named by {@code x-request-id}. */
    public Map<String, String> request(String id) throws SQLException, InterruptedException {
        return await("select * from requests where request_id = '" + id + "'", rows -> !rows.isEmpty())
                .get(0);
    }

    public Connection connect() throws SQLException {
        return url.startsWith("jdbc:sqlite:")
                ? DriverManager.getConnection(url + "?busy_timeout=10000")
                : DriverManager.getConnection(url, "root", "");
    }

    public void execute(String statement) throws SQLException {
        try (Connection connection = connect();
                Statement one = connection.createStatement()) {
            one.execute(statement);
        }
    }
}
