package io.serai.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which ids a provider may have, and what its variables are called. */
final class ProviderNames {
    static final Set<String> TYPES =
            Set.of("openai", "anthropic", "google", "ollama", "claude", "kiro", "kilo", "kilocode", "local");

    /** They are parts of the broker's own paths. */
    private static final Set<String> RESERVED = Set.of(
            "rotation",
            "rotations",
            "autoselect",
            "user",
            "u",
            "v1",
            "models",
            "audio",
            "images",
            "embeddings",
            "completions",
            "proxy",
            "cache");

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern NUMBERED = Pattern.compile("(.+)-(0|[1-9]\\d{0,3})");

    private ProviderNames() {}

    static boolean valid(String id) {
        return ID.matcher(id).matches();
    }

    static boolean reserved(String id) {
        return RESERVED.contains(id) || id.startsWith("user-");
    }

    /**
     * The provider one of whose instances already has this id: with two keys or more they are called {@code id-0},
     * {@code id-1} ...
     */
    static Optional<String> instanceOwner(String id, Map<String, Provider> providers) {
        Matcher matcher = NUMBERED.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Provider owner = providers.get(matcher.group(1));
        int number = Integer.parseInt(matcher.group(2));
        return owner != null && owner.keys().size() > 1 && number < owner.keys().size()
                ? Optional.of(owner.id())
                : Optional.empty();
    }

    /** A free id for one that can't be used. */
    static String replacement(String id, Collection<String> taken) {
        String name = "provider-" + id.replaceAll("[^A-Za-z0-9._-]", "_");
        while (taken.contains(name)) {
            name += "_";
        }
        return name;
    }

    /** What the variables of this id begin with: {@code my-gpu} has {@code MY_GPU}. */
    static String variable(String id) {
        return id.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
