package io.serai.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A config folder, an environment and a command line to load. */
final class TestFolder {
    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> commandLine = new LinkedHashMap<>();
    private String shippedModels = "";

    TestFolder(Path folder) {
        this.folder = folder;
    }

    TestFolder file(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file of {@code src/test/resources/config/}. */
    TestFolder sample(String path) {
        try (InputStream in = TestFolder.class.getResourceAsStream("/config/" + path)) {
            Files.write(folder.resolve(path.substring(path.indexOf('/') + 1)), in.readAllBytes());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestFolder env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    TestFolder option(String key, String value) {
        commandLine.put(key, value);
        return this;
    }

    /** Instead of the catalogue that the jar brings. */
    TestFolder shippedModels(String text) {
        shippedModels = text;
        return this;
    }

    Snapshot load() {
        try {
            return loader().load(source());
        } catch (ConfigException e) {
            throw new AssertionError("unexpected: " + e.getMessage(), e);
        }
    }

    List<ConfigProblem> problems() {
        return failure().problems();
    }

    /** As lines {@code file:line path: message}. */
    List<String> errors() {
        return problems().stream().map(ConfigProblem::toString).toList();
    }

    ConfigException failure() {
        return catchThrowableOfType(ConfigException.class, () -> loader().load(source()));
    }

    private ConfigSource source() {
        return new ConfigSource(folder, Map.copyOf(environment), Map.copyOf(commandLine));
    }

    private ConfigLoader loader() {
        return new ConfigLoader(
                name -> name.equals("models.yaml") ? shippedModels : ConfigFiles.Shipped.CLASS_PATH.text(name));
    }
}
