package io.serai.config;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the predecessors' fields may name: a model path, or a bare rotation, autoselect, name of the catalogue, or provider,
 * which means its first model; in this order.
 */
final class ModelNames {
    private static final String ROTATION = MembersReader.ROTATION;
    private static final String AUTOSELECT = MembersReader.AUTOSELECT;
    private static final Set<String> AUTO = Set.of("auto", "autocheapest", "autobest");

    private final Map<String, Provider> providers;
    private final Map<String, Set<String>> declared;
    private final Catalogue catalogue;
    private final Set<String> rotations;
    private final Set<String> autoselects;

    /** @param declared the models that each known provider declares; an empty set takes any */
    ModelNames(
            Map<String, Provider> providers,
            Map<String, Set<String>> declared,
            Catalogue catalogue,
            Set<String> rotations,
            Set<String> autoselects) {
        this.providers = providers;
        this.declared = declared;
        this.catalogue = catalogue;
        this.rotations = rotations;
        this.autoselects = autoselects;
    }

    /** Whether it is a model path as clients write them. */
    boolean isPath(String written) {
        return written.indexOf('/') > 0
                ? known(written) != null
                : catalogue.models().containsKey(written) || AUTO.contains(written);
    }

    /** The model path that a bare name means; null for none. */
    @Nullable
    String resolved(String name) {
        return bare(name);
    }

    /**
     * The model path of the text under the key; null when there is none, or after a report.
     *
     * @param left what happens without it, in a file that is taken leniently
     */
    @Nullable
    String path(Section section, String key, String left) {
        String written = section.text(key);
        if (written == null) {
            return null;
        }
        String path = known(written);
        if (path == null) {
            section.problem(key, unknown(written) + (section.report().strict() ? "" : left));
        }
        return path;
    }

    /** For people. */
    String unknown(String written) {
        return "`" + written
                + "` is no model here: neither `provider/model`, `rotation/...`, `autoselect/...` nor a"
                + " rotation, an autoselect, a name of the catalogue or a provider" + suggestion(written);
    }

    /** The model path that is meant, null for none. */
    @Nullable
    String known(String written) {
        int slash = written.indexOf('/');
        if (slash < 0) {
            return bare(written);
        }
        if (written.startsWith(ROTATION)) {
            return rotations.contains(written.substring(ROTATION.length())) ? written : null;
        }
        if (written.startsWith(AUTOSELECT)) {
            return autoselects.contains(written.substring(AUTOSELECT.length())) ? written : null;
        }
        Set<String> offered = declared.get(written.substring(0, slash));
        String model = written.substring(slash + 1);
        boolean known = offered != null && !model.isBlank() && (offered.isEmpty() || offered.contains(model));
        return known ? written : null;
    }

    private @Nullable String bare(String name) {
        if (rotations.contains(name)) {
            return ROTATION + name;
        }
        if (autoselects.contains(name)) {
            return AUTOSELECT + name;
        }
        if (catalogue.models().containsKey(name) || AUTO.contains(name)) {
            return name;
        }
        Provider provider = providers.get(name);
        return provider == null || provider.models().isEmpty()
                ? null
                : name + "/" + provider.models().get(0).name();
    }

    private String suggestion(String written) {
        Set<String> known = new LinkedHashSet<>(rotations);
        known.addAll(autoselects);
        known.addAll(catalogue.models().keySet());
        rotations.forEach(name -> known.add(ROTATION + name));
        autoselects.forEach(name -> known.add(AUTOSELECT + name));
        declared.forEach((provider, models) -> models.forEach(model -> known.add(provider + "/" + model)));
        known.addAll(declared.keySet());
        return Suggestion.of(written, known);
    }
}
