package io.serai.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two steps under one name: the later would silently take the other's place in every route. */
class StepNamesTest {
    /** Names of two words or more: one word may stand for other things too. */
    private static final Pattern REFERRED = Pattern.compile("\\bref: \"?([a-z]+[A-Z][A-Za-z]*)");

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

    /** Some steps are handed over in maps; whatever the way, a name of a route's step stands in the sources once. */
    @Test
    void eachNameThatRoutesReferToStandsInTheSourcesOnce() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String route : texts(Path.of("routes"), ".yaml")) {
            REFERRED.matcher(route).results().forEach(found -> names.add(found.group(1)));
        }
        String sources = String.join("\n", texts(Path.of("src/main/java"), ".java"));
        assertThat(names).contains("nextAttempt", "putAnswerAside");

        assertThat(names)
                .filteredOn(name -> sources.split(Pattern.quote('"' + name + '"'), -1).length > 2)
                .isEmpty();
    }

    private static List<String> texts(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(StepNamesTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
