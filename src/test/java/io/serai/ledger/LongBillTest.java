package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.broker.TestBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bill of twenty megabytes goes out while its rows are read, no faster than its reader takes it. */
final class LongBillTest {
    /** Of half a kilobyte each: more than kernels keep for those who don't read. */
    private static final int LINES = 40_000;
    /** Long ago, and within one hour: the broker's own upkeep does not touch it. */
    private static final long AT = 1_760_000_400_000L;

    private static final String BILL =
            "/billing/usage?format=csv&group=model&from=" + (AT / 1000 - 60) + "&to=" + (AT / 1000 + 60);
    private static final String LINE = "model-";
    /** More than the broker has connections to its database. */
    private static final int LEAVING = 6;

    private static final int PATIENCE_MS = 60_000;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "mariadb"})
    void itsFirstLinesArriveBeforeItsLastRowIsRead(String kind) throws Exception {
        TestBroker.Setup setup =
                TestBroker.with().set("serai.ledger.enabled", "true").set("serai.ledger.upkeep", "1h");
        boolean sqlite = kind.equals("sqlite");
        String url = sqlite
                ? "jdbc:sqlite:" + setup.home().resolve("data/serai.db")
                : MariaDb.shared().newDatabase();
        if (!sqlite) {
            setup.set("serai.database.url", url).set("serai.database.user", "root");
        }
        Rows rows = new Rows(url);
        try (TestBroker broker = setup.start()) {
            await().until(() -> broker.get(BILL + "&model=none").statusCode() == 200); // the database is open
            seed(rows, sqlite);
            try (Socket slow = ask(broker)) {
                BufferedReader reader = begun(slow);
                // another, who reads, has all of it meanwhile
                assertThat(broker.get(BILL).body().lines()).hasSize(LINES + 1);
                assertThat(isRead(rows, sqlite)).as("rows are still being read").isTrue();
                assertThat(reader.lines().filter(line -> line.startsWith(LINE))).hasSize(LINES - 1);
            }
            for (int i = 0; i < LEAVING; i++) {
                try (Socket leaving = ask(broker)) {
                    begun(leaving);
                }
            }
            // nobody's rows are kept open, nor a connection with them
            assertThat(broker.get(BILL + "&model=none").body().lines()).hasSize(1);
            while (isRead(rows, sqlite)) {
                Thread.onSpinWait();
            }
        }
    }

    private static Socket ask(TestBroker broker) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), broker.port()));
        String head = "GET " + BILL + " HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** Up to the first line of the bill, and hardly more. */
    private static BufferedReader begun(Socket socket) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 512);
        StringBuilder head = new StringBuilder();
        while (!head.toString().contains(LINE)) {
            assertThat(head.append(reader.readLine())).doesNotEndWith("null");
        }
        return reader;
    }

    /**
     * Whether a statement is half read. SQLite can't empty its log while somebody reads the state that is in it, MariaDB lists
     * what it is at.
     */
    private static boolean isRead(Rows rows, boolean sqlite) throws SQLException {
        try (Connection connection = rows.connect();
                Statement statement = connection.createStatement()) {
            if (sqlite) {
                statement.execute(
                        "update requests set duration_ms = duration_ms + 1 where id = (select min(id) from requests)");
                statement.execute("pragma busy_timeout = 0");
            }
            try (ResultSet found = statement.executeQuery(
                    sqlite
                            ? "pragma wal_checkpoint(truncate)"
                            : "select count(*) from information_schema.processlist"
                                    + " where info like '%usage_daily%' and db = database() and id <> connection_id()")) {
                return found.next() && found.getInt(1) > 0;
            }
        }
    }

    private static void seed(Rows rows, boolean sqlite) throws SQLException {
        String digits = "(select 0 as d union all select 1 union all select 2 union all select 3 union all select 4"
                + " union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)";
        String id = sqlite ? "printf('%026d', n)" : "lpad(n, 26, '0')";
        String model = sqlite ? "'model-' || printf('%0400d', n)" : "concat('model-', lpad(n, 400, '0'))";
        rows.execute("insert into requests (id, request_id, started_at, finished_at, address, client_key, door,"
                + " dialect, operation, model, provider, instance, served_model, rotation, streamed, attempts,"
                + " status, outcome, in_fresh, in_cache_read, in_cache_write_5m, in_cache_write_1h, in_audio,"
                + " in_image, out_text, out_reasoning, out_audio, out_image, web_searches, audio_ms, characters,"
                + " images, estimated, cost, cost_state, duration_ms, overhead_us) select " + id + ", 'r', " + AT + ", "
                + AT + ", '192.0.2.1', 'k', '/v1/chat/completions', 'openai', 'chat', " + model
                + ", 'acme', 'acme', 'm', '', 0, '[]', 200, 'ok', 7, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0,"
                + " 123000, 'priced', 40, 300 from (select a.d * 10000 + b.d * 1000 + c.d * 100 + e.d * 10 + f.d as n"
                + " from " + digits + " a cross join " + digits + " b cross join " + digits + " c cross join " + digits
                + " e cross join " + digits + " f) as numbers where n < " + LINES);
    }
}
