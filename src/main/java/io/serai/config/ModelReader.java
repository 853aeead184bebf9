package io.serai.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one name of the catalogue. */
final class ModelReader {
    private static final Set<String> TIERS = new LinkedHashSet<>(List.of("premium", "standard", "economy"));
    private static final Set<String> CAPABILITIES = new LinkedHashSet<>(List.of(
            "tool_calling",
            "vision",
            "audio_input",
            "json_schema",
            "reasoning",
            "embeddings",
            "speech",
            "transcription",
            "images"));

    private final BackendReader backends;

    ModelReader(BackendReader backends) {
        this.backends = backends;
    }

    /** Empty when it has no backend or no usable name, which is then reported. */
    Optional<Catalogue.Entry> read(String name, Section section) {
        boolean usable = !name.isBlank() && !name.contains("/");
        if (!usable) {
            section.problem("a name of the catalogue is not empty and holds no `/`: `a/b` means provider a, model b");
        }
        String displayName = section.text("display_name");
        String tier = tier(section);
        Integer quality = section.count("quality");
        boolean free = section.flag("free", false);
        List<String> capabilities = capabilities(section);
        Integer contextWindow = positive(section, "context_window");
        Integer maxOutput = positive(section, "max_output_tokens");
        List<Catalogue.Backend> found = backends.read(section, free);
        section.finish();
        if (found.isEmpty()) {
            if (!section.has("backends")
                    || section.report().strict() && section.list("backends").isEmpty()) {
                section.problem("backends", "expected at least one backend");
            } else if (!section.report().strict()) {
                section.problem("no usable backend; this model is left out");
            }
            return Optional.empty();
        }
        return usable
                ? Optional.of(new Catalogue.Entry(
                        name,
                        displayName == null ? name : displayName,
                        tier,
                        quality == null ? 0 : quality,
                        free,
                        capabilities,
                        contextWindow == null ? 0 : contextWindow,
                        maxOutput,
                        found))
                : Optional.empty();
    }

    private static String tier(Section section) {
        String tier = section.text("tier");
        if (tier == null) {
            return "standard";
        }
        if (!TIERS.contains(tier)) {
            section.problem("tier", "not one of " + String.join(", ", TIERS) + Suggestion.of(tier, TIERS));
            return "standard";
        }
        return tier;
    }

    private static List<String> capabilities(Section section) {
        List<String> known = new ArrayList<>();
        for (String capability : section.texts("capabilities")) {
            if (!CAPABILITIES.contains(capability)) {
                section.problem(
                        "capabilities",
                        "`" + capability + "` is not one of " + String.join(", ", CAPABILITIES)
                                + Suggestion.of(capability, CAPABILITIES));
            } else if (known.contains(capability)) {
                section.problem("capabilities", "`" + capability + "` stands twice");
            } else {
                known.add(capability);
            }
        }
        return List.copyOf(known);
    }

    private static @Nullable Integer positive(Section section, String key) {
        Integer value = section.count(key);
        if (value != null && value == 0) {
            section.problem(key, "expected a whole number above 0");
            return null;
        }
        return value;
    }
}
