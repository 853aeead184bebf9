package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code --no-auth} asks for no key, but only where nobody else can reach the broker. */
final class NoAuthTest {
    private static final String KEY = "client-key-of-alice-1";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private final Map<Signal, SignalHandler> handlers = new LinkedHashMap<>();

    /** {@code run} takes these signals; the tests' own process needs them back. */
    @BeforeEach
    void rememberTheHandlers() {
        System.setProperty("serai.home", home.toString());
        for (String name : List.of("TERM", "INT")) {
            Signal signal = new Signal(name);
            // not SIG_IGN: the JVM never takes an ignored signal back, and child processes inherit that
            SignalHandler usual = Signal.handle(signal, s -> {});
            Signal.handle(signal, usual);
            handlers.put(signal, usual);
        }
    }

    @AfterEach
    void away() {
        handlers.forEach(Signal::handle);
        System.clearProperty("serai.home");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", KEY})
    void onAnOpenAddressItIsRefusedWithWhatToDo(String keys) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new Commands(
                        keys.isEmpty() ? Map.of() : Map.of("SERAI_AUTH_KEYS", keys),
                        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .execute(List.of("run", "--no-auth", "--host", "0.0.0.0", "--port", "0"));
        assertThat(exit).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("serai.host", "serai.auth.enabled", "127.0.0.1")
                .endsWith("1 problem." + System.lineSeparator())
                .doesNotContain("\tat ", KEY);
    }

    @Test
    void onThisMachineConfiguredKeysAreNotAskedFor() throws Exception {
        Arguments arguments = Arguments.parse(List.of("--no-auth", "--port", "0"), home, Map.of());
        Map<String, String> environment = Map.of("SERAI_AUTH_KEYS", KEY);
        assertThat(chat(new ConfigSource(null, environment, arguments.settings())))
                .isEqualTo(200);
        assertThat(chat(new ConfigSource(null, environment, Map.of("serai.port", "0", "serai.ollama.probe", "0"))))
                .isEqualTo(401);
    }

    private static int chat(ConfigSource source) throws Exception {
        try (Broker broker = Broker.start(source, null, List.of());
                HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + broker.port() + "/v1/chat/completions"))
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    "{\"model\":\"local/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .statusCode();
        }
    }
}
