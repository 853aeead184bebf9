package io.serai.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code run} and {@code validate}.
 *
 * @param settings given here, by their full names
 * @param config the folder with the configuration; null: only what the jar ships
 * @param debug whether to log more
 */
record Arguments(Map<String, String> settings, @Nullable Path config, boolean debug) {

    /** What is wrong with the command line, for its user. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /**
     * @param home the folder that {@code config} and {@code routes} are looked for in
     * @param environment {@code SERAI_CONFIG} names another configuration folder
     */
    static Arguments parse(List<String> words, Path home, Map<String, String> environment) throws UsageException {
        Map<String, String> settings = new LinkedHashMap<>();
        String config = environment.get("SERAI_CONFIG");
        boolean debug = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String option = equals < 0 ? word : word.substring(0, equals);
            switch (option) {
                case "--debug" -> debug = true;
                case "--no-auth" -> settings.put("serai.auth.enabled", "false");
                case "--port", "--host", "--config" -> {
                    String value = equals >= 0 ? word.substring(equals + 1) : ++i < words.size() ? words.get(i) : "";
                    if (value.isEmpty()) {
                        throw new UsageException(option + " needs a value");
                    }
                    if (option.equals("--config")) {
                        config = value;
                    } else {
                        settings.put("serai." + option.substring(2), value);
                    }
                }
                default -> throw new UsageException("Unknown option " + word + "; ./serai help lists them");
            }
        }
        return new Arguments(settings, folder(config, home), debug);
    }

    private static @Nullable Path folder(@Nullable String named, Path home) throws UsageException {
        if (named == null || named.isBlank()) {
            Path usual = home.resolve("config");
            return Files.isDirectory(usual) ? usual : null;
        }
        Path folder = Path.of(named).toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new UsageException("There is no folder " + folder + " to read the configuration from");
        }
        return folder;
    }
}
