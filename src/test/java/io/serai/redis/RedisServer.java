package io.serai.redis;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server on a free port, unpacked from a Maven artifact; one for the JVM, and more for tests that stop theirs. It keeps
 * nothing on the disk, and ends with the JVM.
 */
public final class RedisServer implements AutoCloseable {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static @Nullable RedisServer shared;

    private final Path folder;
    private final File program;
    private final int port;
    private final @Nullable String password;
    private Process process;

    private RedisServer(@Nullable String password) throws IOException {
        this.password = password;
        folder = Files.createTempDirectory("serai-redis");
        program = ExecutableProvider.newJarResourceProvider(folder.toFile()).get();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        process = launch();
        java.lang.Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** The one that tests share, each under a {@link #newPrefix prefix} of its own. */
    public static synchronized RedisServer shared() throws IOException {
        if (shared == null) {
            shared = new RedisServer(null);
        }
        return shared;
    }

    public static RedisServer ownServer() throws IOException {
        return new RedisServer(null);
    }

    public static RedisServer withPassword(String password) throws IOException {
        return new RedisServer(password);
    }

    /** For {@code serai.redis.prefix}. */
    public static String newPrefix() {
        return "test" + PREFIXES.incrementAndGet() + ":";
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(program.getPath()));
        command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1", "--dir", folder.toString()));
        command.addAll(List.of("--save", "", "--appendonly", "no", "--loglevel", "warning"));
        if (password != null) {
            command.addAll(List.of("--requirepass", password));
        }
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Awaitility.await("Redis on port " + port).ignoreExceptions().until(this::answers);
        return started;
    }

    private boolean answers() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return in.read() == (password == null ? '+' : '-');
        }
    }

    public int port() {
        return port;
    }

    /** For {@code serai.redis.url}, without a password. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Kills it: what it held is lost, and its port refuses connections. */
    public void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it anew on the same port, empty. */
    public void start() throws IOException {
        process = launch();
    }

    /** It keeps its connections, takes new ones, and says nothing any more. */
    public void pause() throws Exception {
        signal("STOP");
    }

    public void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " says " + status);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // closed twice, by the test and with the JVM
        }
    }
}
