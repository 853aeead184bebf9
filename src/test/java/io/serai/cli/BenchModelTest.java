package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stub.RecordedRequest;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StubUpstream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench autoselect --model} asks a configured model about every bundled prompt. */
final class BenchModelTest {
    private static final Pattern LAW = Pattern.compile("<model_id>([^<]+)</model_id><model_description>Law");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path home;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void atHome() {
        System.setProperty("serai.home", home.toString());
    }

    @AfterEach
    void away() {
        System.clearProperty("serai.home");
    }

    @Test
    void aModelThatAlwaysSaysLawIsRightAboutLaw() throws Exception {
        try (StubUpstream stub = new StubUpstream().forgetting()) {
            stub.on(BenchModelTest::law);
            configure(stub);

            int code = execute("bench", "autoselect", "--model", "acme/picker");

            assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains(
                            "| law | 1.00 (25 of 25) |",
                            "| health | 0.00 (0 of 25) |",
                            "| **all** | **0.13 (25 of 200)** |")
                    .contains(
                            "Of 20 prompts that fit nothing 0 went",
                            "Of 220 answers 0 named none of the models, 0 were later")
                    .contains("An answer took ");
        }
    }

    @Test
    void aModelThatNamesNothingIsRightWhereNothingFits() throws Exception {
        try (StubUpstream stub = new StubUpstream().forgetting()) {
            stub.on(request -> Scripts.chat("I don't know."));
            configure(stub);

            execute("bench", "autoselect", "--model=acme/picker");

            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains("| **all** | **0.00 (0 of 200)** |")
                    .contains("Of 20 prompts that fit nothing 20 went", "Of 220 answers 200 named none");
        }
    }

    @Test
    void aModelThatIsNotThereIsSaid() throws Exception {
        try (StubUpstream stub = new StubUpstream()) {
            configure(stub);

            assertThat(execute("bench", "autoselect", "--model", "nobody/picker"))
                    .isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("nobody/picker never answered");
        }
    }

    @Test
    void withoutAModelsNameItSaysWhatItTakes() {
        assertThat(execute("bench", "autoselect", "--model")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--model provider/model");
    }

    private static Script law(RecordedRequest request) {
        Matcher law = LAW.matcher(request.json().at("/messages/1/content").asText());
        return Scripts.chat(
                law.find() ? "<aisbf_model_autoselection>" + law.group(1) + "</aisbf_model_autoselection>" : "none");
    }

    private void configure(StubUpstream stub) throws Exception {
        Path config = Files.createDirectories(home.resolve("config"));
        Files.writeString(
                config.resolve("providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"" + stub.baseUrl() + "\", api_key: sk-acme}}\n");
        Files.writeString(
                config.resolve("application.properties"),
                "serai.auth.keys=client-key-1\nserai.models.refresh=off\nserai.ollama.probe=0\nserai.autoselect.timeout=20s\n");
    }

    private int execute(String... words) {
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Commands(Map.of(), to, errors).execute(List.of(words));
    }
}
