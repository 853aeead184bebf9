package io.serai.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the broker is at home in: {@code -Dserai.home}, else the working directory.
 */
record Home(Path folder) {
    static Home find() {
        return new Home(
                Path.of(System.getProperty("serai.home", "")).toAbsolutePath().normalize());
    }

    /** The operator's route files; null: only those in the jar. */
    @Nullable
    Path routes() {
        Path routes = folder.resolve("routes");
        return Files.isDirectory(routes) ? routes : null;
    }

    /** Where the broker keeps what it has learned; made when there is something to keep. */
    Path data() {
        return folder.resolve("data");
    }

    /** What is watched for changes. */
    List<Path> watched(@Nullable Path config) {
        List<Path> folders = new ArrayList<>(List.of(folder.resolve("routes"), folder.resolve("mcp")));
        if (config != null) {
            folders.add(config);
        }
        return folders;
    }
}
