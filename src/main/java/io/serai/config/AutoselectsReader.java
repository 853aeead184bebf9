package io.serai.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code autoselect.yaml}, or AISBF's {@code autoselect.json}: the ids stand at the top level of both. */
final class AutoselectsReader {
    private static final String STRICT = "autoselect.yaml";
    private static final String LENIENT = "autoselect.json";
    /** AISBF's word for a model inside its own process. */
    private static final String INTERNAL = "internal";
    /** What AISBF asks where nothing is said. */
    private static final String USUAL = "general";

    private final ConfigFiles files;
    private final References references;
    private final Findings findings;
    private final boolean semantic;

    /** @param semantic what {@code classify_semantic} is where an autoselect does not say */
    AutoselectsReader(ConfigFiles files, References references, Findings findings, boolean semantic) {
        this.semantic = semantic;
        this.files = files;
        this.references = references;
        this.findings = findings;
    }

    /** The names that the file defines; what is wrong with it is said by {@link #read}. */
    Set<String> names() {
        return text().map(text -> {
                    Report quiet = new Report(text.name(), false, new Findings());
                    return (Set<String>)
                            new LinkedHashSet<>(root(text, quiet).sections().keySet());
                })
                .orElse(Set.of());
    }

    /** @param names what may be named in it */
    Map<String, Autoselect> read(ModelNames names, Map<String, Rotation> rotations) {
        if (files.has(STRICT) && files.has(LENIENT)) {
            findings.problem(LENIENT, 0, "", STRICT + " is there too; keep one of them");
        }
        Optional<ConfigFiles.Text> text = text();
        if (text.isEmpty()) {
            return Map.of();
        }
        Report report = new Report(text.get().name(), !text.get().name().equals(LENIENT), findings);
        Section root = root(text.get(), report);
        Map<String, Autoselect> autoselects = new LinkedHashMap<>();
        Map<String, Section> entries = new LinkedHashMap<>();
        root.sections()
                .forEach((name, section) -> autoselect(name, section, names).ifPresent(autoselect -> {
                    autoselects.put(name, autoselect);
                    entries.put(name, section);
                }));
        root.finish();
        report.close();
        new Loops(rotations, autoselects).refuse(entries);
        return Collections.unmodifiableMap(autoselects);
    }

    private Optional<ConfigFiles.Text> text() {
        return files.operators(STRICT).or(() -> files.operators(LENIENT)).or(() -> files.shipped(STRICT));
    }

    private Section root(ConfigFiles.Text text, Report report) {
        return new Section(new Values(report, references), "", 1, new TreeReader(report).read(text.text()));
    }

    private Optional<Autoselect> autoselect(String name, Section section, ModelNames names) {
        String left = "; this autoselect is left out";
        if (!ProviderNames.valid(name)) {
            section.problem("a name holds letters, digits, `.`, `_` and `-` only");
        }
        String modelName = section.text("model_name");
        String description = section.text("description");
        boolean byMeaning = section.flag("classify_semantic", semantic);
        String selection = selection(section, names);
        if (selection == null && !section.has("classify_semantic") && !section.has("selection_model")) {
            byMeaning = true; // nothing said, and nobody there whom AISBF would ask
        }
        List<String> capabilities = section.texts("capabilities");
        for (var described : LaterKeys.METADATA.entrySet()) {
            if (!described.getKey().equals("capabilities")) {
                section.plain(described.getKey(), described.getValue());
            }
        }
        section.plain("context_length", Shape.COUNT);
        Set<Sensitive> classifies = classifies(section);
        Permits permits = Permits.read(section).grants(); // AISBF writes false where nobody has said anything
        Boolean responseCache = section.flag("enable_response_cache");
        LaterKeys.read(section, LaterKeys.AUTOSELECT);
        if (LimitsReader.read(section, LimitsReader.DEFAULT, null) != Limits.NONE) {
            section.report().findings().withoutEffect("default_* of an autoselect");
        }
        List<Autoselect.Choice> choices = choices(section, names);
        String fallback = names.path(section, "fallback", left);
        String written = section.text("fallback");
        section.finish();
        if (written == null && !section.has("fallback")) {
            section.problem("`fallback` is missing: where does a request go for which nothing can be picked?");
        }
        if (choices.isEmpty()) {
            section.problem(
                    "available_models", "no usable model" + (section.report().strict() ? "" : left));
        }
        if (choices.isEmpty() || fallback == null || written == null) {
            return Optional.empty();
        }
        return Optional.of(new Autoselect(
                name,
                modelName == null ? name : modelName,
                description == null ? "" : description,
                new Autoselect.Name(written, fallback),
                selection,
                byMeaning,
                List.copyOf(capabilities),
                classifies,
                permits,
                responseCache,
                List.copyOf(choices)));
    }

    private static Set<Sensitive> classifies(Section section) {
        Set<Sensitive> kinds = EnumSet.noneOf(Sensitive.class);
        for (Sensitive kind : Sensitive.values()) {
            if (section.flag("classify_" + kind.spelling(), false)) {
                kinds.add(kind);
            }
        }
        return Collections.unmodifiableSet(kinds);
    }

    /** The model that is asked; null for none. */
    private @Nullable String selection(Section section, ModelNames names) {
        String written = section.text("selection_model");
        if (written == null) {
            // where meaning is to decide, nobody else is asked unless the operator names someone
            return section.flag("classify_semantic", semantic) ? null : names.resolved(USUAL);
        }
        if (written.equals(INTERNAL)) {
            section.report()
                    .findings()
                    .warn(
                            "autoselect: `selection_model: " + INTERNAL
                                    + "` needs a local language model, which this version has not; the fallback is used instead");
            return null;
        }
        return names.path(section, "selection_model", "; its fallback is used instead");
    }

    private static List<Autoselect.Choice> choices(Section section, ModelNames names) {
        List<Autoselect.Choice> choices = new ArrayList<>();
        Set<String> paths = new LinkedHashSet<>();
        for (Section entry : section.list("available_models")) {
            String path = names.path(entry, "model_id", "; this model is left out");
            String written = entry.text("model_id");
            String description = entry.text("description");
            BigDecimal priority = entry.number("priority", Shape.COUNT);
            Integer maxTokens = entry.count("max_tokens");
            Permits permits = Permits.read(entry);
            entry.finish();
            if (written == null) {
                if (!entry.has("model_id")) {
                    entry.problem("`model_id` is missing");
                }
            } else if (path != null && !paths.add(path)) {
                entry.problem("model_id", "`" + written + "` stands twice");
            } else if (path != null) {
                choices.add(new Autoselect.Choice(
                        new Autoselect.Name(written, path),
                        description == null ? "" : description,
                        priority == null ? 0 : priority.intValue(),
                        maxTokens == null || maxTokens == 0 ? null : maxTokens,
                        permits));
            }
            if (description == null || description.isBlank()) {
                entry.problem("`description` is missing: the choice is made by it");
            }
        }
        return choices;
    }
}
