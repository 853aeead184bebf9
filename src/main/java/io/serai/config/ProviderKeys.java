package io.serai.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds a provider's keys: those of its entry, else those of the environment. */
final class ProviderKeys {
    /** What sample files hold where a key belongs: {@code YOUR_API_KEY}, {@code your-key-here}, {@code sk-your-key}. */
    private static final Pattern PLACEHOLDER =
            Pattern.compile("(?i)\\W*(sk-)?(ant-)?your([-_ .].*|\\w*(key|token|secret)\\w*\\W*)");

    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

    private final Map<String, String> environment;

    ProviderKeys(Map<String, String> environment) {
        this.environment = environment;
    }

    static boolean isPlaceholder(String key) {
        return PLACEHOLDER.matcher(key.strip()).matches();
    }

    /** @param prefixes the variables to look at: {@code GOOGLE} means {@code GOOGLE_API_KEYS} and {@code GOOGLE_API_KEY} */
    List<Secret> read(String id, Section section, List<String> prefixes) {
        Set<String> keys = new LinkedHashSet<>();
        for (String field : List.of("api_key", "api_keys")) {
            for (Section.Written written : section.secrets(field)) {
                List<String> found = split(written.value());
                if (written.literal() && !found.isEmpty()) {
                    section.report().findings().literalKey(section.report().file(), id);
                }
                for (String key : found) {
                    if (VISIBLE_ASCII.matcher(key).matches()) {
                        keys.add(key);
                    } else {
                        section.problem(field, "the key holds a space or another character that no header can carry");
                    }
                }
            }
        }
        return keys.isEmpty() ? fromEnvironment(prefixes, section.report().findings()) : secrets(keys);
    }

    /** Empty when no variable holds a key. */
    List<Secret> fromEnvironment(List<String> prefixes, Findings findings) {
        Set<String> keys = new LinkedHashSet<>();
        for (String prefix : prefixes) {
            for (String suffix : List.of("_API_KEYS", "_API_KEY")) {
                for (String key : split(environment.getOrDefault(prefix + suffix, ""))) {
                    if (VISIBLE_ASCII.matcher(key).matches()) {
                        keys.add(key);
                    } else {
                        findings.problem(
                                "environment",
                                0,
                                prefix + suffix,
                                "the key holds a space or another character that no header can carry");
                    }
                }
            }
            if (!keys.isEmpty()) {
                break;
            }
        }
        return secrets(keys);
    }

    private static List<String> split(String text) {
        List<String> keys = new ArrayList<>();
        for (String part : text.split("[,\\r\\n]")) { // a file of keys may have one a line
            String key = part.strip();
            if (!key.isEmpty() && !isPlaceholder(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static List<Secret> secrets(Set<String> keys) {
        return keys.stream().map(Secret::new).toList();
    }
}
