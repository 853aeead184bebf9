package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.serai.config.ConfigSource;
import io.serai.server.Broker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folders the broker looks at while it runs. */
final class HomeTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void routesToolsAndConfigurationAreWatched() {
        Home home = new Home(folder);
        Path config = folder.resolve("elsewhere");
        assertThat(home.watched(config))
                .containsExactlyInAnyOrder(folder.resolve("routes"), folder.resolve("mcp"), config);
        assertThat(home.watched(null)).containsExactlyInAnyOrder(folder.resolve("routes"), folder.resolve("mcp"));
    }

    @Test
    void aFileThatComesAndGoesInTheFolderOfToolsIsAChange() throws Exception {
        Home home = new Home(folder);
        ConfigSource source = new ConfigSource(
                null, Map.of(), Map.of("serai.port", "0", "serai.shutdown.grace", "1s", "serai.ollama.probe", "0"));
        try (Broker broker = Broker.start(source, home.routes(), home.watched(null))) {
            assertThat(broker.generation()).isEqualTo(1);
            Path file = folder.resolve("mcp/notes.md"); // the folder is not there at the start
            Files.createDirectories(file.getParent());
            Files.writeString(file, "# Notes\n");
            await().atMost(SOON).until(() -> broker.generation() == 2);
            Files.delete(file);
            await().atMost(SOON).until(() -> broker.generation() == 3);
            assertThat(broker.view().getConfigErrors()).isEmpty();
        }
    }
}
