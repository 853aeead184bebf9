package io.serai.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two steps under one name: the later would silently take the other's place in every route. */
class StepNamesTest {
    private static final Pattern BOUND = Pattern.compile("\\b(?:bind|step)\\(\\s*\"([A-Za-z-]+)\"");

    @Test
    void eachNameIsBoundOnce() throws IOException {
        Map<String, Integer> bound = new HashMap<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            sources.filter(p -> p.toString().endsWith(".java"))
                    .map(StepNamesTest::read)
                    .forEach(text -> {
                        Matcher each = BOUND.matcher(text);
                        while (each.find()) {
                            bound.merge(each.group(1), 1, Integer::sum);
                        }
                    });
        }
        assertThat(bound).containsKeys("nextAttempt", "settle"); // so the look finds what there is
        bound.values().removeIf(times -> times == 1);
        assertThat(bound).isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
