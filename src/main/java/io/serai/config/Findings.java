package io.serai.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that one load has to say, of all files. Not for several threads. */
final class Findings {
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Set<String> withoutEffect = new LinkedHashSet<>();
    private final Map<String, Set<String>> literalKeys = new LinkedHashMap<>();

    void problem(String file, int line, String path, String message) {
        problems.add(new ConfigProblem(file, line, path, message));
    }

    void warn(String line) {
        warnings.add(line);
    }

    /** A key that is accepted for later. */
    void withoutEffect(String key) {
        withoutEffect.add(key);
    }

    /** A provider whose key stands in the file as it is. */
    void literalKey(String file, String provider) {
        literalKeys.computeIfAbsent(file, f -> new LinkedHashSet<>()).add(provider);
    }

    /** By file as they were read, and by line within a file. */
    List<ConfigProblem> problems() {
        Map<String, List<ConfigProblem>> byFile = new LinkedHashMap<>();
        problems.forEach(
                p -> byFile.computeIfAbsent(p.file(), f -> new ArrayList<>()).add(p));
        List<ConfigProblem> sorted = new ArrayList<>();
        byFile.values().forEach(list -> {
            list.sort(Comparator.comparingInt(ConfigProblem::line));
            sorted.addAll(list);
        });
        return sorted;
    }

    List<String> warnings() {
        List<String> all = new ArrayList<>(warnings);
        literalKeys.forEach((file, providers) -> all.add(file + ": the keys of " + String.join(", ", providers)
                + " stand in the file itself; {{env:NAME}} or {{file:PATH}} keeps them out of it"));
        if (!withoutEffect.isEmpty()) {
            all.add("accepted, but without effect in this version: " + String.join(", ", withoutEffect));
        }
        return List.copyOf(all);
    }
}
