package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code validate} loads everything, says all that is wrong in one go, and leaves nothing behind. */
final class ValidateTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void atHome() throws IOException {
        System.setProperty("serai.home", home.toString());
        Files.createDirectories(home.resolve("config"));
        Files.createDirectories(home.resolve("routes/custom"));
    }

    @AfterEach
    void away() {
        System.clearProperty("serai.home");
    }

    @Test
    void aGoodConfigurationIsCalledGood() throws IOException {
        write(
                "config/providers.yaml",
                "providers: {acme: {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k}}\n");
        assertThat(execute("validate")).isZero();
        assertThat(text(out)).contains("The configuration is good.", "warning: providers.yaml: the keys of acme");
        assertThat(text(err)).isEmpty();
        // in the same process, again: nothing of the first run is in the way
        assertThat(execute("validate")).isZero();
    }

    @Test
    void everyProblemOfTheConfigurationIsToldInOneGo() throws IOException {
        write("config/application.properties", "serai.nosuch=1\nserai.port=many\n");
        write(
                "config/providers.yaml",
                "providers:\n  acme:\n    type: openai\n    endpont: http://127.0.0.1:1/v1\n    api_key: k\n");
        assertThat(execute("validate")).isEqualTo(1);
        assertThat(text(err))
                .contains(
                        "application.properties:1 serai.nosuch: unknown key",
                        "application.properties:2 serai.port",
                        "providers.yaml:4 providers.acme.endpont: unknown key; did you mean `endpoint`?",
                        " problems.");
        assertThat(text(out)).doesNotContain("good");
    }

    @Test
    void everyRouteFileThatDoesNotLoadIsNamed() throws IOException {
        write("routes/custom/a.camel.yaml", "- route: {id: [");
        write("routes/custom/b.camel.yaml", "- rout: {id: x}\n");
        write("routes/custom/c.template.camel.yaml", "- route: {id: x, from: {uri: \"direct:x\", steps: []}}\n");
        assertThat(execute("validate")).isEqualTo(1);
        assertThat(text(err))
                .contains(
                        "routes/custom/a.camel.yaml:",
                        "routes/custom/b.camel.yaml:1",
                        "routes/custom/c.template.camel.yaml")
                .doesNotContain("\tat ");
    }

    @Test
    void aRouteThatDoesNotStartIsNamedWithItsFile() throws IOException {
        write(
                "routes/custom/mine.camel.yaml",
                "- route:\n    id: mine\n    from:\n      uri: direct:mine\n      steps:\n        - to: nosuch:component\n");
        assertThat(execute("validate")).isEqualTo(1);
        assertThat(text(err))
                .contains("routes/custom/mine.camel.yaml:", "nosuch")
                .doesNotContain("\tat ");
    }

    @Test
    void aWrongCommandLineIsToldApart() {
        assertThat(execute("validate", "--nosuch")).isEqualTo(2);
        assertThat(execute("validate", "--config", home.resolve("nowhere").toString()))
                .isEqualTo(2);
        assertThat(text(err)).contains("--nosuch", "nowhere");
    }

    private int execute(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        return new Commands(
                        Map.of(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .execute(all);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(home.resolve(name), text);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
