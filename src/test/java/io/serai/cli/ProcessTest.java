package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a process of its own: its port, its signals, its exit code and its log. */
@DisabledOnOs(OS.WINDOWS)
final class ProcessTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private final StubUpstream stub = new StubUpstream();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
        http.shutdownNow();
        stub.close();
    }

    @Test
    void aSignalLetsTheRunningStreamFinish() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        stub.forModel("slow", Scripts.stream("one ", "two ", "three").gateAfter(2, gate));
        Process process = run("serai.shutdown.grace=30s");
        int port = port();
        HttpResponse<java.util.stream.Stream<String>> stream = openStream(port);
        process.destroy();
        Awaitility.await().atMost(PATIENCE).until(() -> chat(port, "acme/m").statusCode() == 503);
        HttpResponse<String> refused = chat(port, "acme/m");
        assertThat(refused.body()).contains("shutting_down");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(process.isAlive()).isTrue();
        gate.complete(null);
        String text = String.join("\n", stream.body().toList());
        assertThat(text).contains("three", "data: [DONE]");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(log()).contains("Stopped").doesNotContain("\tat ", " ERROR ");
    }

    @Test
    void whatOutlastsTheGraceIsCutOffAndTheExitIsStillInOrder() throws Exception {
        stub.forModel("slow", Scripts.stream("one ", "two ", "three").stallAfter(2));
        Process process = run("serai.shutdown.grace=500ms");
        openStream(port());
        long began = System.nanoTime();
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as(log()).isLessThan(Duration.ofSeconds(9));
        assertThat(log()).contains("1 requests did not end").doesNotContain(" ERROR ");
    }

    @Test
    void aSignalDuringTheStartIsObeyed() throws Exception {
        Process process = run();
        Awaitility.await().atMost(PATIENCE).until(() -> ready(process));
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isIn(0, 143); // 143: before there was anything to stop
        assertThat(log()).doesNotContain("\tat ", " ERROR ");
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            Process process = start("run", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(log().lines().filter(l -> !l.isBlank()).toList())
                    .singleElement()
                    .asString()
                    .contains("serai: Can't listen on 127.0.0.1:" + taken.getLocalPort(), "in use", "--port");
        }
    }

    @Test
    void validateTellsEveryProblemAndFails() throws Exception {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/application.properties"), "serai.nosuch=1\n\nserai.port=many\n");
        Process process = start("validate");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(log()).contains("application.properties:1 serai.nosuch: ", "application.properties:3 serai.port: ");
    }

    @Test
    void theLogIsOneJsonObjectALine() throws Exception {
        Process process = run("serai.log.json=true");
        int port = port();
        assertThat(chat(port, "acme/m").statusCode()).isEqualTo(200);
        assertThat(chat(port, "nowhere/m").statusCode()).isEqualTo(404);
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        JsonNode request = null;
        for (String line : log().lines().toList()) {
            JsonNode json = JSON.readTree(line);
            assertThat(json.isObject()).as(line).isTrue();
            assertThat(json.has("time") && json.has("level") && json.has("logger"))
                    .isTrue();
            if (json.path("status").asInt() == 200) {
                request = json;
            }
        }
        assertThat(request).isNotNull();
        assertThat(request.path("id").asText()).startsWith("req_");
        assertThat(request.path("model").asText()).isEqualTo("acme/m");
        assertThat(request.path("provider").asText()).isEqualTo("acme");
        assertThat(request.path("in").asInt()).isEqualTo(Scripts.PROMPT_TOKENS);
        assertThat(request.path("out").asInt()).isEqualTo(Scripts.COMPLETION_TOKENS);
        assertThat(request.path("ms").isNumber()).isTrue();
        assertThat(request.path("first_ms").isNumber()).isTrue();
        assertThat(request.path("first_ms").asLong())
                .isBetween(0L, request.path("ms").asLong());
        assertThat(request.path("outcome").asText()).isEqualTo("OK");
        assertThat(request.path("attempts").asInt()).isEqualTo(1);
        assertThat(request.path("stream").isBoolean()).as(request.toString()).isTrue();
        assertThat(request.path("stream").asBoolean()).isFalse();
        assertThat(request.path("status").asInt()).isEqualTo(200);
    }

    private Process run(String... settings) throws IOException {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/application.properties"), String.join("\n", settings));
        Files.writeString(
                home.resolve("config/providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"" + stub.baseUrl() + "\", api_key: sk-upstream}}\n");
        return start("run", "--port", "0");
    }

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dserai.home=" + home,
                "-cp",
                "target/classes:" + Files.readString(Path.of(System.getProperty("serai.runtime.classpath"))),
                "io.serai.Main"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        builder.environment().keySet().removeIf(n -> n.endsWith("_API_KEY") || n.startsWith("SERAI_"));
        builder.environment().keySet().removeAll(List.of("HOST", "PORT", "ADMIN_TOKEN"));
        builder.environment().put("SERAI_OLLAMA_PROBE", "0"); // whatever runs on this machine
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** Whether main has begun: before that, a signal is the JVM's own affair. */
    private static boolean ready(Process process) throws IOException {
        Path maps = Path.of("/proc/" + process.pid() + "/maps");
        return !Files.exists(maps) || Files.readString(maps).contains("libnet");
    }

    private int port() {
        Awaitility.await().atMost(PATIENCE).until(() -> PORT.matcher(log()).find());
        Matcher found = PORT.matcher(log());
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    private String log() {
        try {
            return Files.readString(home.resolve("log"));
        } catch (IOException e) {
            return "";
        }
    }

    private HttpResponse<java.util.stream.Stream<String>> openStream(int port) throws Exception {
        HttpResponse<java.util.stream.Stream<String>> answer =
                http.send(request(port, "acme/slow", ",\"stream\":true"), HttpResponse.BodyHandlers.ofLines());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer;
    }

    private HttpResponse<String> chat(int port, String model) throws Exception {
        return http.send(request(port, model, ""), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest request(int port, String model, String more) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"" + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]" + more + "}"))
                .build();
    }
}
