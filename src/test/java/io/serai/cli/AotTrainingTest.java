package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The training with a child that is a shell script instead of a JVM. */
@DisabledOnOs(OS.WINDOWS)
class AotTrainingTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String WRITE =
            "for a; do case $a in -XX:AOTCacheOutput=*) f=${a#*=};; esac; done; echo \"$@\" >\"$f\"; ";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @Test
    void aTrainingThatEndsWellLeavesOneCache() throws IOException {
        Path older = Files.createDirectories(cache().getParent()).resolve("1-1.aot");
        Path another = older.resolveSibling("2-1.aot");
        Files.writeString(older, "of an earlier build");
        Files.writeString(another, "of another installation");
        try (AotTraining training = training(WRITE)) {
            training.start();
            await().atMost(LONG).untilAsserted(() -> assertThat(folder()).containsExactly("1-2.aot", "2-1.aot"));
        }
        assertThat(cache()).content().contains("-Xmx64m", "-jar serai.jar train");
    }

    @Test
    void aTrainingThatFailsLeavesNothing() throws IOException {
        try (AotTraining training = training(WRITE + "while [ ! -e '" + temp + "/go' ]; do sleep 0.02; done; exit 1")) {
            training.start();
            await().atMost(LONG).until(() -> folder().size() == 1);
            Files.createFile(temp.resolve("go"));
            await().atMost(LONG).until(() -> folder().isEmpty());
        }
    }

    @Test
    void closeEndsTheChildAndItsChildren() throws Exception {
        Path mark = temp.resolve("pids");
        AotTraining training = training(WRITE + "sleep 60 & echo $$ $! >'" + mark + "'; wait");
        training.start();
        await().atMost(LONG).until(() -> Files.exists(mark) && Files.size(mark) > 0);
        training.close();
        assertThat(folder()).isEmpty();
        for (String pid : Files.readString(mark).strip().split(" ")) {
            await().atMost(LONG)
                    .until(() -> ProcessHandle.of(Long.parseLong(pid))
                            .map(p -> !p.isAlive())
                            .orElse(true));
        }
    }

    @Test
    void aMissingJavaIsNoTrouble() {
        try (AotTraining training = new AotTraining(temp.resolve("none"), List.of(), Path.of("serai.jar"), cache())) {
            training.start();
            await().atMost(LONG).until(() -> folder().isEmpty());
        }
    }

    private AotTraining training(String script) throws IOException {
        Path java = temp.resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return new AotTraining(java, List.of("-Xmx64m"), Path.of("serai.jar"), cache());
    }

    private Path cache() {
        return temp.resolve("aot").resolve("1-2.aot");
    }

    private List<String> folder() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("aot"))) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
