package io.serai.bench;

import com.sun.management.OperatingSystemMXBean;
import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A request over HTTP that is answered out of the cache, one that the built-in model answers with the cache off, and one that
 * is answered with a bare 200. After each round stands what a request took of the processor, the client's own thread left out.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 12, time = 2)
@Measurement(iterations = 10, time = 2)
@Fork(1)
public class CacheHit {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final String BARE = """
            - route:
                id: bare
                from:
                  uri: platform-http:/bare
                  steps:
                    - setBody: {constant: "ok"}
            """;

    /** What is asked for; {@code sqlite} and {@code file} are hits there. */
    @Param({"bare", "asked", "memory", "memory-streamed", "sqlite", "file"})
    public String what;

    private Broker broker;
    private Socket socket;
    private byte[] request;
    private byte[] end;
    private final byte[] buffer = new byte[256 * 1024];
    private long requests;
    private long processNanos;
    private long clientNanos;

    @Setup
    public void start() throws Exception {
        Path home = Files.createTempDirectory("serai-bench");
        Path config = Files.createDirectories(home.resolve("config"));
        Path custom = Files.createDirectories(home.resolve("routes/custom"));
        Files.writeString(config.resolve("providers.yaml"), "providers: {echo: {type: local}}\n");
        Files.writeString(custom.resolve("bare.camel.yaml"), BARE);
        boolean cached = !what.equals("bare") && !what.equals("asked");
        Map<String, String> settings = new HashMap<>(Map.of(
                "serai.port", "0",
                "serai.models.refresh", "off",
                "serai.ollama.probe", "0",
                "serai.ledger.enabled", "false",
                "serai.response-cache.enabled", Boolean.toString(cached),
                "serai.response-cache.ttl", "3600"));
        if (cached) {
            settings.put("serai.response-cache.backend", what.replace("-streamed", ""));
        }
        Path routes = home.resolve("routes");
        broker = Broker.start(
                new ConfigSource(config, Map.of(), settings), routes, List.of(config, routes), home.resolve("data"));
        socket = new Socket("127.0.0.1", broker.port());
        socket.setTcpNoDelay(true);
        request = what.equals("bare") ? head("GET", "/bare", "") : head("POST", "/v1/chat/completions", body());
        end = (what.endsWith("streamed") ? "\r\n0\r\n\r\n" : "}").getBytes(StandardCharsets.US_ASCII);
        if (what.equals("bare")) {
            end = "ok".getBytes(StandardCharsets.US_ASCII);
        }
        while (cached && !new String(buffer, 0, ask(), StandardCharsets.ISO_8859_1).contains("x-serai-cache: hit")) {
            Thread.onSpinWait(); // it is kept behind the answer's back
        }
    }

    /** A conversation of 2 KB, which the model repeats the end of. */
    private String body() {
        String stream = what.endsWith("streamed") ? "\"stream\":true," : "";
        return "{\"model\":\"echo/echo\"," + stream + "\"temperature\":0,\"messages\":[{\"role\":\"system\",\"content\":\""
                + "You are a patient teacher. ".repeat(40) + "\"},{\"role\":\"user\",\"content\":\""
                + "What is the capital of Italy? ".repeat(30) + "\"}]}";
    }

    private static byte[] head(String method, String path, String body) {
        return (method + " " + path + " HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns how many bytes of the buffer are the answer. */
    private int ask() throws IOException {
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream();
        out.write(request);
        int size = 0;
        do {
            int n = in.read(buffer, size, buffer.length - size);
            if (n < 0) {
                throw new IOException("The broker has closed the connection");
            }
            size += n;
        } while (!endsWell(size));
        return size;
    }

    private boolean endsWell(int size) {
        for (int i = 1; i <= end.length; i++) {
            if (size < end.length || buffer[size - i] != end[end.length - i]) {
                return false;
            }
        }
        return true;
    }

    @Setup(Level.Iteration)
    public void begin() {
        requests = 0;
        processNanos = SYSTEM.getProcessCpuTime();
    }

    @Benchmark
    public int answered() throws IOException {
        if (requests++ == 0) {
            clientNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
        int size = ask();
        if (buffer[9] != '2') {
            throw new IllegalStateException(new String(buffer, 0, size, StandardCharsets.ISO_8859_1));
        }
        return size;
    }

    @TearDown(Level.Iteration)
    public void tell() {
        long client = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - clientNanos;
        long process = SYSTEM.getProcessCpuTime() - processNanos;
        System.out.printf("[%s: %.1f us of the processor] ", what, (process - client) / 1000.0 / requests);
    }

    @TearDown
    public void stop() throws Exception {
        socket.close();
        broker.close();
    }
}
