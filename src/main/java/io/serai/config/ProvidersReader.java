package io.serai.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code providers.yaml}, or AISBF's {@code providers.json}, and adds what needs no entry: {@code local}, and the
 * well-known providers whose key is in the environment.
 */
final class ProvidersReader {
    private static final String STRICT = "providers.yaml";
    private static final String LENIENT = "providers.json";

    private final ConfigFiles files;
    private final References references;
    private final Findings findings;
    private final Presets presets;
    private final Set<String> answering;
    private final Map<String, Provider> awaited = new LinkedHashMap<>();
    private final ProviderReader reader;
    private final ProviderKeys keys;
    private final Map<String, List<Secret>> ofRotations;

    private final Map<String, Provider> providers = new LinkedHashMap<>();
    private @Nullable Section condensation;
    private final Map<String, Section> entries = new LinkedHashMap<>();

    /**
     * @param ofRotations the keys that rotations bring, by provider
     * @param answering the ids of those that need no entry because they were found to answer
     */
    ProvidersReader(
            ConfigFiles files,
            References references,
            Map<String, String> environment,
            Map<String, List<Secret>> ofRotations,
            Set<String> answering,
            Findings findings) {
        this.files = files;
        this.answering = answering;
        this.references = references;
        this.findings = findings;
        this.presets = Presets.packed();
        this.reader = new ProviderReader(presets, environment, ofRotations);
        this.ofRotations = ofRotations;
        this.keys = new ProviderKeys(environment);
    }

    /**
     * @param providers that can be used
     * @param declared the models of every id that may be named, the unusable ones' too; an empty set takes any model
     * @param awaited those that are there when they answer, whether they do or not
     * @param condensation not yet read
     */
    record Result(
            Map<String, Provider> providers,
            Map<String, Set<String>> declared,
            Map<String, Provider> awaited,
            @Nullable Section condensation) {}

    Result read() {
        if (files.has(STRICT) && files.has(LENIENT)) {
            findings.problem(LENIENT, 0, "", STRICT + " is there too; keep one of them");
        }
        Optional<ConfigFiles.Text> strict = files.operators(STRICT);
        Optional<ConfigFiles.Text> lenient = files.operators(LENIENT);
        strict.ifPresent(text -> entries(text, true, Set.of()));
        lenient.ifPresent(text -> entries(text, false, Set.of()));
        // built in, so an operator's file need not name it
        Set<String> shippedOnly = strict.isPresent() || lenient.isPresent() ? Set.of("local") : Set.of();
        files.shipped(STRICT).ifPresent(text -> entries(text, true, shippedOnly));
        fromEnvironment();
        renameOrRefuseClashes();
        return new Result(
                Collections.unmodifiableMap(new LinkedHashMap<>(providers)),
                declared(),
                Collections.unmodifiableMap(new LinkedHashMap<>(awaited)),
                condensation);
    }

    /** @param only these ids, unless empty */
    private void entries(ConfigFiles.Text text, boolean strict, Set<String> only) {
        Report report = new Report(text.name(), strict, findings);
        Section root = new Section(new Values(report, references), "", 1, new TreeReader(report).read(text.text()));
        root.sections("providers").forEach((id, section) -> {
            if ((only.isEmpty() || only.contains(id)) && !entries.containsKey(id)) {
                entry(id, section);
            }
        });
        if (root.has("condensation")) {
            condensation = root.section("condensation"); // what it names is not known before all files are read
        }
        root.finish();
        report.close();
    }

    private void entry(String id, Section section) {
        String used = id;
        if (!ProviderNames.valid(id)) {
            section.problem("an id holds letters, digits, `.`, `_` and `-` only" + renamed(section, id));
            used = ProviderNames.replacement(id, entries.keySet());
        } else if (ProviderNames.reserved(id)) {
            section.problem(
                    "the id `" + id + "` is reserved: it is part of the broker's own paths" + renamed(section, id));
            used = ProviderNames.replacement(id, entries.keySet());
        }
        entries.put(used, section);
        reader.read(used, section).ifPresent(provider -> providers.put(provider.id(), provider));
    }

    private String renamed(Section section, String id) {
        return section.report().strict()
                ? ""
                : "; renamed to `" + ProviderNames.replacement(id, entries.keySet()) + "`";
    }

    private void fromEnvironment() {
        Report report = new Report("environment", true, findings);
        for (Preset preset : presets.all()) {
            if (!entries.containsKey(preset.id())
                    && (preset.whenAnswering()
                            || ofRotations.containsKey(preset.id())
                            || !keys.fromEnvironment(preset.variables(), findings)
                                    .isEmpty())) {
                Section nothing =
                        new Section(new Values(report, references), "providers." + preset.id(), 0, Tree.Fields.EMPTY);
                reader.read(preset.id(), nothing).ifPresent(p -> take(preset, p));
            }
        }
    }

    private void take(Preset preset, Provider provider) {
        if (preset.whenAnswering()) {
            awaited.put(provider.id(), provider);
        }
        if (!preset.whenAnswering() || answering.contains(provider.id())) {
            providers.put(provider.id(), provider);
        }
    }

    /** Only when all are known is it known how many keys each has. */
    private void renameOrRefuseClashes() {
        for (String id : List.copyOf(providers.keySet())) {
            Optional<String> owner = ProviderNames.instanceOwner(id, providers);
            Section section = entries.get(id);
            if (owner.isEmpty() || section == null) {
                continue;
            }
            section.problem("the id `" + id + "` is also the name of an instance of `" + owner.get()
                    + "`, which has several keys" + renamed(section, id));
            if (!section.report().strict()) {
                String other = ProviderNames.replacement(id, entries.keySet());
                Map<String, Provider> before = new LinkedHashMap<>(providers);
                providers.clear();
                before.forEach((key, provider) -> {
                    String now = key.equals(id) ? other : key;
                    providers.put(now, key.equals(id) ? provider.withId(other) : provider);
                });
            }
        }
    }

    private Map<String, Set<String>> declared() {
        Map<String, Set<String>> declared = new LinkedHashMap<>();
        presets.all().forEach(preset -> declared.put(preset.id(), Set.of()));
        entries.keySet().forEach(id -> declared.put(id, Set.of()));
        providers.keySet().forEach(id -> declared.put(id, Set.of())); // those that were renamed
        declared.putAll(reader.declared());
        return declared;
    }
}
