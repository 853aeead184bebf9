package io.serai.broker;

import io.serai.config.ConfigException;
import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import io.serai.server.StartFailedException;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The real broker on a free port, with a configuration of the test's own in a temporary folder. Closing it stops the broker
 * and deletes the folder.
 */
public final class TestBroker implements AutoCloseable {
    private final Path home;
    private final int port;
    /** Null once it is closed: a test class holds what is here as long as the JVM lives. */
    private Broker broker;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestBroker(Path home, Broker broker) {
        this.home = home;
        this.broker = broker;
        this.port = broker.port();
    }

    /** Collects what the broker is to be started with. */
    public static final class Setup {
        private final Path home;
        private final Map<String, String> settings = new HashMap<>(Map.of(
                "serai.port", "0",
                "serai.shutdown.grace", "1s",
                "serai.models.refresh", "off",
                "serai.ollama.probe", "0",
                "serai.cache.type", "memory",
                "serai.cache.timeout", "30s", // a busy machine's
                "serai.ledger.enabled", "false"));
        private final Map<String, String> environment = new HashMap<>();
        private final StringBuilder providers = new StringBuilder("providers:\n");

        private Setup() throws IOException {
            home = Files.createTempDirectory("serai-test");
            Files.createDirectories(home.resolve("config"));
            Files.createDirectories(home.resolve("routes/custom"));
        }

        /** The broker's home folder. */
        public Path home() {
            return home;
        }

        /** A setting by its full name, such as {@code serai.stream.first-keepalive}. */
        public Setup set(String key, String value) {
            settings.put(key, value);
            return this;
        }

        public Setup env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** An OpenAI-compatible provider at the stub, with a key; {@code more} are further YAML keys, in flow style. */
        public Setup provider(String id, StubUpstream stub, String... more) {
            return provider("openai", id, stub.baseUrl(), more);
        }

        /** A provider of any type at any endpoint, with a key. */
        public Setup provider(String type, String id, String endpoint, String... more) {
            providers
                    .append("  ")
                    .append(id)
                    .append(": {type: ")
                    .append(type)
                    .append(", endpoint: \"")
                    .append(endpoint)
                    .append('"');
            boolean key = Stream.of(more).anyMatch(m -> m.startsWith("api_key"));
            if (!key) {
                providers.append(", api_key: sk-upstream-").append(id);
            }
            for (String part : more) {
                providers.append(", ").append(part);
            }
            providers.append("}\n");
            return this;
        }

        /** A file below the home folder, such as {@code routes/custom/x.camel.yaml} or {@code config/models.yaml}. */
        public Setup file(String name, String text) throws IOException {
            Path file = home.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        }

        public TestBroker start() throws IOException, ConfigException, StartFailedException {
            settings.putIfAbsent("serai.upload.folder", home.resolve("uploads").toString());
            Path config = home.resolve("config");
            Path own = config.resolve("providers.yaml");
            if (!Files.exists(own)) {
                Files.writeString(own, providers.toString().equals("providers:\n") ? "providers: {}\n" : providers);
            }
            ConfigSource source = new ConfigSource(config, environment, settings);
            Path routes = home.resolve("routes");
            return new TestBroker(home, Broker.start(source, routes, List.of(config, routes), home.resolve("data")));
        }
    }

    public static Setup with() throws IOException {
        return new Setup();
    }

    public Broker broker() {
        return broker;
    }

    public Path home() {
        return home;
    }

    /** Files of uploads that are there at the moment. */
    public List<Path> uploads() throws IOException {
        Path folder = home.resolve("uploads");
        if (!Files.exists(folder)) {
            return List.of();
        }
        while (true) {
            try (Stream<Path> all = Files.walk(folder)) {
                return all.filter(p -> Files.isRegularFile(p)
                                && !p.getFileName().toString().endsWith(".lock"))
                        .toList();
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof NoSuchFileException)) { // else the broker has just deleted one
                    throw e;
                }
            }
        }
    }

    public int port() {
        return port;
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    public HttpClient http() {
        return http;
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(60));
    }

    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).GET();
        return http.send(
                headers.length == 0 ? request.build() : request.headers(headers).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> post(String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length == 0) {
            request.header("content-type", "application/json");
        } else {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** One user message to a model; {@code more} are further members of the JSON body. */
    public HttpResponse<String> chat(String model, String... more) throws IOException, InterruptedException {
        return post("/v1/chat/completions", body(model, more));
    }

    public static String body(String model, String... more) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]"
                + Stream.of(more).map(m -> "," + m).reduce("", String::concat) + "}";
    }

    @Override
    public void close() throws IOException {
        broker.close();
        broker = null;
        http.shutdownNow(); // close would wait for whatever a test has left behind
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
