package io.serai.config;

import org.jspecify.annotations.Nullable;

/** Reads {@code condensation} of the providers' file, and {@code serai.condensation.janitor}. */
final class CondensationReader {
    /** AISBF's word for a model inside its own process. */
    private static final String INTERNAL = "internal";

    private static final String JANITOR = "serai.condensation.janitor";

    private final SettingValues values;
    private final ModelNames names;
    private final Findings findings;

    CondensationReader(SettingValues values, ModelNames names, Findings findings) {
        this.values = values;
        this.names = names;
        this.findings = findings;
    }

    /** @param section null where the file has none */
    Condensers read(@Nullable Section section) {
        if (section == null) {
            return new Condensers(true, null, null, janitor());
        }
        boolean enabled = section.flag("enabled", true);
        Integer most = section.count("max_context");
        String model = model(section);
        section.finish();
        return new Condensers(enabled, model, most == null || most == 0 ? null : most, janitor());
    }

    /** AISBF's order: what {@code model} names, else that model of {@code provider_id}; {@code rotation_id} is read where it has none. */
    private @Nullable String model(Section section) {
        String written = section.text("model");
        String provider = section.text("provider_id");
        String rotation = section.text("rotation_id");
        if (INTERNAL.equals(written)) {
            findings.warn(
                    "condensation: `model: " + INTERNAL + "` needs a local language model, which this version has not;"
                            + " the model that the conversation is for is used instead");
            return null;
        }
        String left = "; the model that the conversation is for is used instead";
        if (written == null || written.isBlank()) {
            return rotation == null || rotation.isBlank()
                    ? null
                    : known(section, "rotation_id", "rotation/" + rotation, left);
        }
        String bare = names.resolved(written);
        if (bare != null && (bare.startsWith("rotation/") || provider == null)) {
            return bare;
        }
        return known(
                section, "model", provider == null || provider.isBlank() ? written : provider + "/" + written, left);
    }

    private @Nullable String known(Section section, String key, String written, String left) {
        String path = names.known(written);
        if (path == null) {
            section.problem(key, names.unknown(written) + (section.report().strict() ? "" : left));
        }
        return path;
    }

    private @Nullable String janitor() {
        SettingValues.Value value = values.of(JANITOR);
        if (value.text().isEmpty()) {
            return null;
        }
        String path = names.known(value.text());
        if (path == null) {
            values.problem(value, names.unknown(value.text()));
        }
        return path;
    }
}
