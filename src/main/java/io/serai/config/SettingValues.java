package io.serai.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Lays the places of a setting over each other: command line, environment, the operator's file, the packed file. The packed
 * file names every key there is, so a key without a default and an explanation can't exist.
 */
final class SettingValues {
    static final String FILE = "application.properties";
    private static final String OURS = "serai.";

    /** Variables with names of their own. */
    private static final Map<String, String> SHORT = Map.of(
            "HOST",
            "serai.host",
            "PORT",
            "serai.port",
            "ADMIN_TOKEN",
            "serai.admin.token",
            "ROUTING_STRATEGY",
            "serai.routing.strategy");

    /** The launcher's own. */
    private static final Set<String> OF_LAUNCHER = Set.of("SERAI_CONFIG", "SERAI_HEAP", "SERAI_JAVA_OPTS");

    /** What the documentation promises for later. */
    private static final List<String> LATER = List.of("serai.hedging.", "serai.tls.", "serai.tor.", "serai.telemetry.");

    private final Findings findings;
    private final References references;
    private final Map<String, Value> packed = new LinkedHashMap<>();
    private final Map<String, Value> ours = new LinkedHashMap<>();
    private final Map<String, String> camel = new LinkedHashMap<>();

    SettingValues(ConfigFiles files, ConfigSource source, References references, Findings findings) {
        this.findings = findings;
        this.references = references;
        ConfigFiles.Text shipped =
                files.shipped(FILE).orElseThrow(() -> new IllegalStateException(FILE + " is not packed"));
        PropertyFile.read(shipped, findings).forEach((key, property) -> {
            if (key.startsWith(OURS)) {
                packed.put(key, new Value(property.value(), shipped.name(), property.line(), key));
            } else {
                camel.put(key, property.value());
            }
        });
        ours.putAll(packed);
        files.operators(FILE)
                .ifPresent(file -> PropertyFile.read(file, findings)
                        .forEach((key, p) -> put(key, new Value(p.value(), file.name(), p.line(), key))));
        environment(source.environment());
        source.commandLine().forEach((key, value) -> put(key, new Value(value.strip(), "command line", 0, key)));
    }

    /**
     * A setting and where it was said.
     *
     * @param path the key there: a variable's name, or the setting's own
     */
    record Value(String text, String file, int line, String path) {
        /** Without the text, which may be a secret. */
        @Override
        public String toString() {
            return path;
        }
    }

    /** What stands for the key, references resolved; the packed default when a reference names nothing. */
    Value of(String key) {
        Value value = Objects.requireNonNull(ours.get(key), key + " has no packed default");
        try {
            return new Value(references.resolve(value.text()).strip(), value.file(), value.line(), value.path());
        } catch (References.Dangling e) {
            problem(value, String.valueOf(e.getMessage()));
            return packed(key);
        }
    }

    Value packed(String key) {
        return Objects.requireNonNull(packed.get(key), key);
    }

    void problem(Value value, String message) {
        findings.problem(value.file(), value.line(), value.path(), message);
    }

    /** All that is not ours, as written: Camel resolves its own references. */
    Map<String, String> camel() {
        return camel;
    }

    private void put(String key, Value value) {
        String dashed = key.replace('_', '-'); // AISBF's way to write it
        if (!key.startsWith(OURS)) {
            camel.put(key, value.text());
        } else if (packed.containsKey(dashed)) {
            ours.put(dashed, value);
        } else if (LATER.stream().anyMatch(key::startsWith)) {
            problem(value, "not in this version; take the line out");
        } else {
            problem(value, "unknown key" + Suggestion.of(key, packed.keySet()));
        }
    }

    private void environment(Map<String, String> environment) {
        SHORT.forEach((variable, key) -> fromVariable(variable, key, environment));
        Map<String, String> byVariable = new LinkedHashMap<>();
        packed.keySet().forEach(key -> byVariable.put(variable(key), key));
        byVariable.forEach((variable, key) -> fromVariable(variable, key, environment));
        Set<String> known = byVariable.keySet();
        environment.keySet().stream()
                .filter(name -> name.startsWith("SERAI_") && !known.contains(name) && !OF_LAUNCHER.contains(name))
                .filter(name ->
                        !name.matches("SERAI_(SERVICE|PORT)_.*")) // Kubernetes sets these for a service called serai
                .sorted()
                .forEach(name ->
                        findings.warn("environment " + name + ": names no setting" + Suggestion.of(name, known)));
    }

    private void fromVariable(String variable, String key, Map<String, String> environment) {
        String text = environment.getOrDefault(variable, "").strip();
        if (variable.equals("SERAI_PORT") && text.startsWith("tcp://")) {
            findings.warn("environment SERAI_PORT: ignored, it is what Kubernetes sets for a service called serai");
        } else if (!text.isEmpty()) {
            ours.put(key, new Value(text, "environment", 0, variable));
        }
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
