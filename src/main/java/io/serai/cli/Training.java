package io.serai.cli;

import io.serai.config.ConfigException;
import io.serai.config.ConfigSource;
import io.serai.log.Logging;
import io.serai.server.Broker;
import io.serai.server.StartFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A short life for the JVM to learn from: starts with what the jar ships on a free port, asks the built-in model a few times,
 * and stops. The classes that it loads go into the AOT cache.
 */
final class Training {
    private static final int ROUNDS = 30;

    private Training() {}

    static int run(PrintStream out) throws ConfigException, StartFailedException {
        Logging.quiet();
        endWithParent();
        ConfigSource source = new ConfigSource(null, Map.of(), Map.of("serai.port", "0", "serai.ollama.probe", "0"));
        try (Ground ground = Ground.make(); // the ledger's classes are learned too
                Broker broker =
                        Broker.start(source, null, List.of(), ground.folder().resolve("data"));
                HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < ROUNDS; i++) {
                ask(client, broker.port(), false);
            }
            ask(client, broker.port(), true);
            out.println("trained");
            return 0;
        } catch (IOException e) {
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /** A folder that is gone afterwards. */
    private record Ground(Path folder) implements AutoCloseable {
        static Ground make() throws IOException {
            return new Ground(Files.createTempDirectory("serai-train"));
        }

        @Override
        public void close() throws IOException {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Nothing is ever written to the standard input; it ends with the process that started this one, however that ended. */
    private static void endWithParent() {
        Thread.ofPlatform().name("parent").daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {}
            } catch (IOException e) {
                // as good as its end
            }
            Runtime.getRuntime().halt(1);
        });
    }

    private static void ask(HttpClient client, int port, boolean stream) throws IOException, InterruptedException {
        String body = "{\"model\":\"local/echo\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
        client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                        .timeout(Duration.ofSeconds(20))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
