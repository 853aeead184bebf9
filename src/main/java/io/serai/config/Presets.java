package io.serai.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The packed list of well-known providers. A fault in it is a fault of the program and throws. */
final class Presets {
    private static final String FILE = "presets.yaml";

    private final Map<String, Preset> presets;

    private Presets(Map<String, Preset> presets) {
        this.presets = presets;
    }

    static Presets packed() {
        Findings findings = new Findings();
        Report report = new Report(FILE, true, findings);
        Values values = new Values(report, new References(null, Map.of()));
        Section root = new Section(values, "", 1, new TreeReader(report).read(text()));
        Map<String, Preset> presets = new LinkedHashMap<>();
        root.sections("presets").forEach((id, section) -> presets.put(id, read(id, section)));
        root.finish();
        if (!findings.problems().isEmpty()) {
            throw new IllegalStateException(findings.problems().toString());
        }
        return new Presets(presets);
    }

    @Nullable
    Preset of(String id) {
        return presets.get(id);
    }

    /** The endpoint that a type has anyway, whatever the provider's id; empty when it has none. */
    String endpointOfType(String type) {
        return presets.values().stream()
                .filter(p -> p.type().equals(type) && !type.equals("openai"))
                .map(Preset::endpoint)
                .findFirst()
                .orElse("");
    }

    List<Preset> all() {
        return new ArrayList<>(presets.values());
    }

    private static Preset read(String id, Section section) {
        List<String> variables = new ArrayList<>(List.of(ProviderNames.variable(id)));
        variables.addAll(section.texts("variables"));
        String type = required(section, "type");
        Preset preset = new Preset(
                id,
                required(section, "name"),
                type,
                required(section, "endpoint"),
                section.textMap("headers"),
                List.copyOf(variables),
                section.text("host_variable"),
                section.flag("when_answering", false),
                WireReader.read(section, Provider.Wire.of(type)));
        section.finish();
        return preset;
    }

    private static String required(Section section, String key) {
        String value = section.text(key);
        if (value == null) {
            section.problem("`" + key + "` is missing");
            return "";
        }
        return value;
    }

    private static String text() {
        try (InputStream in = Presets.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not packed");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(FILE + " can't be read", e);
        }
    }
}
