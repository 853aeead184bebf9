package io.serai.hazards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uploads through a broker that is a process of its own, with little heap and with a limit on the size of its files: the heap
 * that the process has in all is what 90 MiB may take, and a write beyond the limit fails as on a full disk.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
final class UploadsInASmallProcessTest {
    private static final int MIB = 1024 * 1024;
    /** The broker alone lives in 26 MiB of it after its start, so that less than 64 MiB are left for what it moves. */
    private static final String HEAP = "-Xmx88m";
    /** In the blocks of 512 bytes that POSIX has {@code ulimit -f} count: 100 MiB. */
    private static final int FILE_BLOCKS = 100 * MIB / 512;

    private static final int PIECE = 64 * 1024;
    private static final Pattern PORT = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @SuppressWarnings("NullAway.Init")
    private ServerSocket busy;

    @SuppressWarnings("NullAway.Init")
    private ServerSocket ready;

    @SuppressWarnings("NullAway.Init")
    private Process broker;

    @BeforeEach
    void start() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        busy = new ServerSocket(0, 5, here);
        ready = new ServerSocket(0, 5, here);
        Files.createDirectories(home.resolve("config"));
        Files.writeString(
                home.resolve("config/application.properties"),
                "serai.upload.max-bytes=200MiB\nserai.models.refresh=off\nserai.ollama.probe=0\n"
                        + "serai.retry.attempts-per-key=1\n");
        Files.writeString(
                home.resolve("config/providers.yaml"),
                "providers:\n" + provider("busy", busy) + provider("ready", ready));
        Files.writeString(home.resolve("config/models.yaml"), """
                models:
                  scribe:
                    capabilities: [transcription]
                    backends:
                      - {provider: busy, model_id: w, priority: 1}
                      - {provider: ready, model_id: w, priority: 2}
                """);
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -f " + FILE_BLOCKS + " && exec \"$@\"", "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dserai.home=" + home,
                "-cp",
                "target/classes:" + Files.readString(Path.of(System.getProperty("serai.runtime.classpath"))),
                "io.serai.Main",
                "run",
                "--port",
                "0"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().keySet().removeIf(n -> n.endsWith("_API_KEY") || n.startsWith("SERAI_"));
        builder.environment().keySet().removeAll(List.of("HOST", "PORT", "ADMIN_TOKEN"));
        broker = builder.start();
    }

    private static String provider(String id, ServerSocket socket) {
        return "  " + id + ": {type: openai, endpoint: \"http://127.0.0.1:" + socket.getLocalPort()
                + "/v1\", api_key: sk-x}\n";
    }

    @AfterEach
    void stop() throws Exception {
        broker.destroyForcibly();
        broker.waitFor();
        busy.close();
        ready.close();
        threads.shutdownNow();
    }

    @Test
    void ninetyMebibytesReachTheSecondProviderAndWhatTheDiskRefusesIsGone() throws Exception {
        Future<Long> first = threads.submit(() -> answer(busy, 503, "{\"error\":{\"message\":\"busy\"}}"));
        Future<Long> second = threads.submit(() -> answer(ready, 200, "{\"text\":\"heard\"}"));

        assertThat(upload(90 * MIB)).startsWith("HTTP/1.1 200").contains("{\"text\":\"heard\"}", "x-serai-attempts: 2");
        assertThat(first.get(60, TimeUnit.SECONDS)).isGreaterThan(90 * MIB);
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(first.get());
        nothingStays();

        assertThat(upload(110 * MIB))
                .startsWith("HTTP/1.1 503")
                .contains("no_room_for_uploads", "retry-after: ", "can't write the upload");
        nothingStays();

        threads.submit(() -> answer(busy, 200, "{\"text\":\"again\"}"));
        assertThat(upload(MIB)).contains("{\"text\":\"again\"}");
        assertThat(log()).contains("An upload can't be written").doesNotContain(" ERROR ", "OutOfMemory", "\tat ");
    }

    private void nothingStays() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            try (Stream<Path> all = Files.walk(home)) {
                return all.noneMatch(p -> p.toString().endsWith(".tmp"));
            }
        });
    }

    /** A recording of so many bytes; the answer's head and body. */
    private String upload(int size) throws Exception {
        String head = "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nscribe\r\n--x\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: audio/mpeg\r\n\r\n";
        String tail = "\r\n--x--\r\n";
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port())) {
            OutputStream out = client.getOutputStream();
            threads.submit(() -> {
                out.write(ascii("POST /v1/audio/transcriptions HTTP/1.1\r\nHost: b\r\nConnection: close\r\n"
                        + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: "
                        + (head.length() + size + tail.length()) + "\r\n\r\n" + head));
                byte[] piece = new byte[PIECE];
                for (int sent = 0; sent < size; sent += PIECE) {
                    out.write(piece);
                }
                out.write(ascii(tail));
                return null;
            });
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Reads one request, keeps its length only, and answers. Returns the length of its body. */
    private static long answer(ServerSocket provider, int status, String body) throws IOException {
        try (Socket socket = provider.accept()) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            Matcher length = Pattern.compile("(?i)content-length: *(\\d+)").matcher(head);
            assertThat(length.find()).isTrue();
            long bytes = Long.parseLong(length.group(1));
            in.skipNBytes(bytes);
            socket.getOutputStream()
                    .write(ascii("HTTP/1.1 " + status + " X\r\ncontent-type: application/json\r\nconnection: close\r\n"
                            + "content-length: " + body.length() + "\r\n\r\n" + body));
            return bytes;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private int port() throws IOException {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !broker.isAlive() || PORT.matcher(log()).find());
        Matcher found = PORT.matcher(log());
        assertThat(found.find()).as(log()).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }
}
