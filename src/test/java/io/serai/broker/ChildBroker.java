package io.serai.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The broker as a process of its own, to be started in the same home folder again and again. */
public final class ChildBroker implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");

    private final Path home;
    private final List<String> before;
    private @Nullable Process process;
    private int runs;

    /** @param before a command that the broker is started by; empty: none */
    public ChildBroker(Path home, List<String> before, String endpoint, String... settings) throws IOException {
        this.home = home;
        this.before = before;
        Files.createDirectories(home.resolve("config"));
        Files.createDirectories(home.resolve("tmp"));
        Files.writeString(
                home.resolve("config/application.properties"),
                "serai.models.refresh=off\n" + String.join("\n", settings) + "\n");
        Files.writeString(
                home.resolve("config/providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"" + endpoint + "\", api_key: sk-upstream}}\n");
    }

    /** Starts it and waits until it listens. Returns the port. */
    public int start() throws IOException {
        runs++;
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:NativeMemoryTracking=summary",
                "-Dserai.home=" + home,
                "-Djava.io.tmpdir=" + home.resolve("tmp"), // one that is killed tidies nothing up
                "-cp",
                "target/classes:" + Files.readString(Path.of(System.getProperty("serai.runtime.classpath"))),
                "io.serai.Main",
                "run",
                "--port",
                "0"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(logFile().toFile());
        builder.environment().keySet().removeIf(n -> n.endsWith("_API_KEY") || n.startsWith("SERAI_"));
        builder.environment().keySet().removeAll(List.of("HOST", "PORT", "ADMIN_TOKEN"));
        builder.environment().put("SERAI_OLLAMA_PROBE", "0");
        Process started = builder.start();
        process = started;
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !started.isAlive() || PORT.matcher(log()).find());
        Matcher found = PORT.matcher(log());
        if (!found.find()) {
            throw new IllegalStateException(log());
        }
        return Integer.parseInt(found.group(1));
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** SIGTERM. */
    public void stop() throws InterruptedException {
        running().destroy();
        if (!running().waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("did not stop");
        }
    }

    /** How large its files may become from now on, in bytes as {@code prlimit} takes them. */
    public void limitFiles(String bytes) throws IOException, InterruptedException {
        List<String> command = List.of("prlimit", "--pid=" + running().pid(), "--fsize=" + bytes + ":");
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("prlimit failed");
        }
    }

    /** What the JDK's tool of that name says of the process. */
    public String jcmd(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(running().pid())));
        all.addAll(List.of(command));
        Process asked = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.waitFor() != 0) {
            throw new IOException(said);
        }
        return said;
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    public String log() throws IOException {
        return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    }

    private Path logFile() {
        return home.resolve("log-" + runs);
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            kill();
        }
    }
}
