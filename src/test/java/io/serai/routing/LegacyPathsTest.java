package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of an address's and a body's names decides, once there are rotations and autoselects. */
final class LegacyPathsTest {
    private static final Groups GROUPS = new Groups(
            Map.of("r", rotation(), "both", rotation(), "acme", rotation()),
            Map.of("a", autoselect(), "both", autoselect()));

    private static Groups.Rotation rotation() {
        return new Groups.Rotation("R", List.of());
    }

    private static Groups.Autoselect autoselect() {
        return new Groups.Autoselect("A", "", "acme/m", List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "r, m, rotation/r",
        "a, m, autoselect/a",
        "both, m, autoselect/both", // an autoselect before a rotation
        "acme, m, rotation/acme", // a rotation before a provider
        "other, m, other/m",
        "other, r, rotation/r", // the body's name wins
        "other, rotation/r, rotation/r",
        "r, a, autoselect/a",
        "r, autoselect/a, autoselect/a",
        "nobody, r, rotation/r",
        "rotations, r, rotation/r",
        "rotations, rotation/r, rotation/r",
        "rotations, a, rotation/a", // not there, which dispatch says
        "autoselect, a, autoselect/a",
        "autoselect, autoselect/a, autoselect/a"
    })
    void oneModelPathIsMadeOfBoth(String id, String model, String path, @TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k},"
                        + " other: {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k}}");
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        LegacyPaths paths = new LegacyPaths(GROUPS, new Instances(snapshot, Set.of("openai")));
        assertThat(paths.path(id, model)).isEqualTo(path);
    }
}
