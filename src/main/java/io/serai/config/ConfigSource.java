package io.serai.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is read from. A file missing in the folder comes from the class path ({@code config/...}).
 *
 * @param folder the operator's {@code config/}; null: only what the jar ships
 * @param environment the process's variables
 * @param commandLine settings given on the command line by their full names ({@code serai.port} ...), which win
 * @param answering the ids of providers that need no entry because they were found to answer
 */
public record ConfigSource(
        @Nullable Path folder,
        Map<String, String> environment,
        Map<String, String> commandLine,
        Set<String> answering) {

    public ConfigSource(@Nullable Path folder, Map<String, String> environment, Map<String, String> commandLine) {
        this(folder, environment, commandLine, Set.of());
    }

    /** The same, with what was found. */
    public ConfigSource withAnswering(Set<String> ids) {
        return new ConfigSource(folder, environment, commandLine, Set.copyOf(ids));
    }

    /** Without the variables and settings, which hold keys. */
    @Override
    public String toString() {
        return "ConfigSource[" + folder + "]";
    }
}
