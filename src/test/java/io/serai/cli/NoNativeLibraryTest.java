package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker on a machine for which ONNX Runtime brings no native library. */
final class NoNativeLibraryTest {
    private static final Pattern PORT = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    @Test
    void embeddingsAreRefusedClearlyAndEverythingElseWorks() throws Exception {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/autoselect.yaml"), """
                smart:
                  classify_semantic: true
                  fallback: local/echo
                  available_models:
                    - {model_id: autocheapest, description: Programming}
                    - {model_id: rotation/one, description: Poems}
                    - {model_id: rotation/two, description: Law}
                """);
        Files.writeString(home.resolve("config/rotations.yaml"), """
                rotations:
                  one: {providers: [{provider_id: local, models: [{name: echo}]}]}
                  two: {providers: [{provider_id: local, models: [{name: echo}]}]}
                """);
        Process process = start();
        try (HttpClient http = HttpClient.newHttpClient()) {
            int port = port();
            HttpResponse<String> vectors =
                    post(http, port, "/v1/embeddings", "{\"model\":\"local/all-minilm-l6-v2\",\"input\":\"x\"}");
            HttpResponse<String> chat = post(
                    http,
                    port,
                    "/v1/chat/completions",
                    "{\"model\":\"autoselect/smart\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");

            assertThat(vectors.statusCode()).isEqualTo(400);
            assertThat(vectors.body()).contains("can't run on this machine").doesNotContain(home.toString());
            assertThat(chat.statusCode()).as(chat.body()).isEqualTo(200);
            assertThat(chat.body()).contains("You said: Hello");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Donnxruntime.native.path=" + home.resolve("nowhere"),
                "-Dserai.home=" + home,
                "-cp",
                "target/classes:" + Files.readString(Path.of(System.getProperty("serai.runtime.classpath"))),
                "io.serai.Main",
                "run",
                "--port",
                "0");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().keySet().removeIf(n -> n.endsWith("_API_KEY") || n.startsWith("SERAI_"));
        return builder.start();
    }

    private int port() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(
                        () -> {
                            Path log = home.resolve("log");
                            Matcher line = PORT.matcher(Files.exists(log) ? Files.readString(log) : "");
                            return line.find() ? Integer.parseInt(line.group(1)) : 0;
                        },
                        found -> found > 0);
    }

    private static HttpResponse<String> post(HttpClient http, int port, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
