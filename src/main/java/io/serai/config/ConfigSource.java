package io.serai.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is read from. A file missing in the folder comes from the class path ({@code config/...}).
 *
 * @param folder the operator's {@code config/}; null: only what the jar ships
 * @param environment the process's variables
 * @param commandLine settings given on the command line by their full names ({@code serai.port} ...), which win
 */
public record ConfigSource(@Nullable Path folder, Map<String, String> environment, Map<String, String> commandLine) {
    /** Without the variables and settings, which hold keys. */
    @Override
    public String toString() {
        return "ConfigSource[" + folder + "]";
    }
}
