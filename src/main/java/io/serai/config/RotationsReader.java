package io.serai.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code rotations.yaml}, or AISBF's {@code rotations.json}. */
final class RotationsReader {
    private static final String STRICT = "rotations.yaml";
    private static final String LENIENT = "rotations.json";
    private static final Set<String> STRATEGIES = EnumSet.allOf(Rotation.Strategy.class).stream()
            .map(Rotation.Strategy::spelling)
            .collect(Collectors.toUnmodifiableSet());

    private final ConfigFiles files;
    private final References references;
    private final Findings findings;
    private final Map<String, Section> entries = new HashMap<>();

    RotationsReader(ConfigFiles files, References references, Findings findings) {
        this.files = files;
        this.references = references;
        this.findings = findings;
    }

    /** The keys that rotations bring, by provider; what is wrong with the file is said by {@link #read}. */
    Map<String, List<Secret>> keys() {
        Map<String, List<Secret>> keys = new HashMap<>();
        text().ifPresent(text -> {
            Report quiet = new Report(text.name(), false, new Findings());
            for (Section rotation : root(text, quiet).sections("rotations").values()) {
                for (Section entry : rotation.list("providers")) {
                    String provider = entry.text("provider_id");
                    for (Section.Written key : entry.secrets("api_key")) {
                        if (provider != null && !key.value().isBlank() && !ProviderKeys.isPlaceholder(key.value())) {
                            keys.computeIfAbsent(provider, p -> new ArrayList<>())
                                    .add(new Secret(key.value()));
                        }
                    }
                }
            }
        });
        return keys;
    }

    /**
     * @param declared the models that each known provider declares; an empty set takes any
     * @param catalogue its names may be members
     * @param autoselects every name of theirs
     */
    Map<String, Rotation> read(Map<String, Set<String>> declared, Catalogue catalogue, Set<String> autoselects) {
        if (files.has(STRICT) && files.has(LENIENT)) {
            findings.problem(LENIENT, 0, "", STRICT + " is there too; keep one of them");
        }
        Optional<ConfigFiles.Text> text = text();
        if (text.isEmpty()) {
            return Map.of();
        }
        Report report = new Report(text.get().name(), !text.get().name().equals(LENIENT), findings);
        Section root = root(text.get(), report);
        boolean notify = root.flag("notifyerrors", false);
        Map<String, Section> sections = root.sections("rotations");
        MembersReader members = new MembersReader(declared, catalogue, sections.keySet(), autoselects);
        SideBySideReader sideBySide = new SideBySideReader(declared, catalogue, sections.keySet());
        Map<String, Rotation> rotations = new LinkedHashMap<>();
        sections.forEach((name, section) -> rotation(name, section, notify, members, sideBySide)
                .ifPresent(rotation -> {
                    rotations.put(name, rotation);
                    entries.put(name, section);
                }));
        root.finish();
        report.close();
        refuseLoops(rotations, entries);
        return Collections.unmodifiableMap(rotations);
    }

    /** The same without members that are autoselects which were left out of their own file. */
    Map<String, Rotation> keeping(Map<String, Rotation> rotations, Set<String> autoselects) {
        Map<String, Rotation> kept = new LinkedHashMap<>();
        rotations.forEach((name, rotation) -> {
            List<Rotation.Member> members = new ArrayList<>();
            for (Rotation.Member member : rotation.members()) {
                String path = member.path();
                if (!path.startsWith(MembersReader.AUTOSELECT)
                        || autoselects.contains(path.substring(MembersReader.AUTOSELECT.length()))) {
                    members.add(member);
                } else if (entries.get(name) instanceof Section section) {
                    section.problem(
                            "providers",
                            "`" + path + "` is not there"
                                    + (section.report().strict() ? "" : "; this member is left out"));
                }
            }
            kept.put(name, members.size() == rotation.members().size() ? rotation : rotation.of(members));
        });
        return Collections.unmodifiableMap(kept);
    }

    private Optional<ConfigFiles.Text> text() {
        return files.operators(STRICT).or(() -> files.operators(LENIENT)).or(() -> files.shipped(STRICT));
    }

    private Section root(ConfigFiles.Text text, Report report) {
        return new Section(new Values(report, references), "", 1, new TreeReader(report).read(text.text()));
    }

    private static Optional<Rotation> rotation(
            String name, Section section, boolean notify, MembersReader members, SideBySideReader sideBySide) {
        if (!ProviderNames.valid(name)) {
            section.problem("a name holds letters, digits, `.`, `_` and `-` only");
        }
        String modelName = section.text("model_name");
        Rotation.Strategy strategy = strategy(section);
        boolean notifyErrors = section.flag("notifyerrors", notify);
        List<String> capabilities = section.texts("capabilities");
        Permits permits = Permits.read(section);
        Limits defaults = LimitsReader.read(section, LimitsReader.DEFAULT, null);
        SideBySideReader.Said together = sideBySide.read(section, strategy);
        for (var described : LaterKeys.METADATA.entrySet()) {
            if (!described.getKey().equals("capabilities")) {
                section.plain(described.getKey(), described.getValue());
            }
        }
        section.plain("context_length", Shape.COUNT);
        Boolean responseCache = section.flag("enable_response_cache");
        LaterKeys.read(section, LaterKeys.ROTATION);
        List<Rotation.Member> found = members.read(section);
        section.finish();
        if (found.isEmpty()) {
            section.problem(
                    "providers", "no usable member" + (section.report().strict() ? "" : "; this rotation is left out"));
            return Optional.empty();
        }
        return Optional.of(new Rotation(
                name,
                modelName == null ? name : modelName,
                together.strategy(),
                notifyErrors,
                together.hedgeAfter(),
                together.width(),
                together.judge(),
                List.copyOf(capabilities),
                permits,
                responseCache,
                defaults,
                List.copyOf(found)));
    }

    private static Rotation.Strategy strategy(Section section) {
        String written = section.text("strategy");
        if (written == null) {
            return Rotation.Strategy.WEIGHTED;
        }
        if (!STRATEGIES.contains(written)) {
            section.problem(
                    "strategy",
                    "not one of " + String.join(", ", new java.util.TreeSet<>(STRATEGIES))
                            + Suggestion.of(written, STRATEGIES));
            return Rotation.Strategy.WEIGHTED;
        }
        return Rotation.Strategy.valueOf(written.toUpperCase(Locale.ROOT));
    }

    /** A rotation that leads back to itself would never end. */
    private static void refuseLoops(Map<String, Rotation> rotations, Map<String, Section> entries) {
        for (String name : List.copyOf(rotations.keySet())) {
            List<String> way = loop(name, name, rotations, new LinkedHashSet<>());
            if (way != null) {
                Section section = entries.get(name);
                if (section != null) {
                    section.problem("leads back to itself: " + String.join(" -> ", way)
                            + (section.report().strict() ? "" : "; this rotation is left out"));
                }
                rotations.remove(name);
            }
        }
    }

    private static @Nullable List<String> loop(
            String from, String at, Map<String, Rotation> rotations, Set<String> way) {
        if (!way.add(at)) {
            return null;
        }
        Rotation rotation = rotations.get(at);
        for (String path : rotation == null ? List.<String>of() : leadsTo(rotation)) {
            if (!path.startsWith(MembersReader.ROTATION)) {
                continue;
            }
            String to = path.substring(MembersReader.ROTATION.length());
            if (to.equals(from)) {
                List<String> whole = new ArrayList<>(way);
                whole.add(from);
                return whole;
            }
            List<String> found = loop(from, to, rotations, way);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static List<String> leadsTo(Rotation rotation) {
        List<String> paths = new ArrayList<>(
                rotation.members().stream().map(Rotation.Member::path).toList());
        if (rotation.judge() != null) {
            paths.add(rotation.judge());
        }
        return paths;
    }
}
