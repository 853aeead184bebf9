package io.serai.config;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a rotation's {@code providers}: models of providers, or other names that bring their own. */
final class MembersReader {
    static final String ROTATION = "rotation/";
    static final String AUTOSELECT = "autoselect/";

    private final Map<String, Set<String>> declared;
    private final Catalogue catalogue;
    private final Set<String> rotations;
    private final Set<String> autoselects;

    /**
     * @param declared the models that each known provider declares; an empty set takes any
     * @param rotations every name of the file
     * @param autoselects every name of theirs
     */
    MembersReader(
            Map<String, Set<String>> declared, Catalogue catalogue, Set<String> rotations, Set<String> autoselects) {
        this.declared = declared;
        this.catalogue = catalogue;
        this.rotations = rotations;
        this.autoselects = autoselects;
    }

    List<Rotation.Member> read(Section rotation) {
        List<Rotation.Member> members = new ArrayList<>();
        for (Section entry : rotation.list("providers")) {
            String id = entry.text("provider_id");
            @Nullable BigDecimal weight = weight(entry);
            Secret key = key(entry);
            List<Section> models = entry.list("models");
            boolean own = entry.has("models");
            if (id == null) {
                if (!entry.has("provider_id")) {
                    entry.problem("`provider_id` is missing");
                }
            } else if (declared.get(id) instanceof Set<String> offered) {
                members.addAll(own ? listed(id, entry, models, offered, weight, key) : all(id, offered, weight, key));
            } else if (path(id) instanceof String path) {
                if (own) {
                    entry.problem("models", "`" + id + "` brings its own");
                }
                members.add(new Rotation.Member(
                        path, weight == null ? BigDecimal.ONE : weight, null, Limits.NONE, Permits.NONE));
            } else {
                unknown(id, entry);
            }
            entry.finish();
        }
        return members;
    }

    /**
     * The model path of another name that the id is: a rotation, an autoselect, a name of the catalogue; null for none. A bare
     * name of the catalogue is that before it is anything else, so that a rotation may have the name of what it holds.
     */
    private @Nullable String path(String id) {
        if (id.startsWith(ROTATION)) {
            return rotations.contains(id.substring(ROTATION.length())) ? id : null;
        }
        if (id.startsWith(AUTOSELECT)) {
            return autoselects.contains(id.substring(AUTOSELECT.length())) ? id : null;
        }
        if (catalogue.models().containsKey(id)) {
            return id;
        }
        if (rotations.contains(id)) {
            return ROTATION + id;
        }
        return autoselects.contains(id) ? AUTOSELECT + id : null;
    }

    private void unknown(String id, Section entry) {
        String left = entry.report().strict() ? "" : "; this member is left out";
        int slash = id.indexOf('/') + 1;
        String name = id.substring(slash);
        switch (id.substring(0, slash)) {
            case ROTATION ->
                entry.problem(
                        "provider_id", "no rotation is called `" + name + "`" + Suggestion.of(name, rotations) + left);
            case AUTOSELECT ->
                entry.problem(
                        "provider_id",
                        "no autoselect is called `" + name + "`" + Suggestion.of(name, autoselects) + left);
            default -> {
                Set<String> known = new LinkedHashSet<>(declared.keySet());
                known.addAll(catalogue.models().keySet());
                rotations.forEach(rotation -> known.add(ROTATION + rotation));
                autoselects.forEach(autoselect -> known.add(AUTOSELECT + autoselect));
                entry.problem(
                        "provider_id",
                        "`" + id + "` is no provider, rotation, autoselect or name of the catalogue"
                                + Suggestion.of(id, known) + left);
            }
        }
    }

    private static List<Rotation.Member> listed(
            String id,
            Section entry,
            List<Section> models,
            Set<String> offered,
            @Nullable BigDecimal weight,
            @Nullable Secret key) {
        List<Rotation.Member> members = new ArrayList<>();
        BigDecimal each = share(weight, models.size());
        for (Section model : models) {
            String name = model.text("name");
            BigDecimal own = weight(model);
            Integer contextSize = DeclaredModels.contextSize(model);
            Limits limits = LimitsReader.read(model, LimitsReader.OWN, contextSize);
            Permits permits = Permits.read(model);
            model.finish();
            if (name == null || name.isBlank()) {
                model.problem("`name` is missing");
            } else if (!offered.isEmpty() && !offered.contains(name)) {
                model.problem(
                        "name",
                        "`" + id + "` declares its models, and `" + name + "` is not among them"
                                + Suggestion.of(name, offered)
                                + (entry.report().strict() ? "" : "; this member is left out"));
            } else {
                members.add(new Rotation.Member(id + "/" + name, own == null ? each : own, key, limits, permits));
            }
        }
        return members;
    }

    /** All that the provider declares share its weight; where it declares none, all that its list turns out to name. */
    private static List<Rotation.Member> all(
            String id, Set<String> models, @Nullable BigDecimal weight, @Nullable Secret key) {
        if (models.isEmpty()) {
            return List.of(new Rotation.Member(id + "/", weight, key, Limits.NONE, Permits.NONE));
        }
        BigDecimal each = share(weight, models.size());
        return models.stream()
                .map(model -> new Rotation.Member(id + "/" + model, each, key, Limits.NONE, Permits.NONE))
                .toList();
    }

    private static BigDecimal share(@Nullable BigDecimal weight, int among) {
        if (weight == null) {
            return BigDecimal.ONE;
        }
        return weight.divide(BigDecimal.valueOf(Math.max(1, among)), MathContext.DECIMAL64);
    }

    private static @Nullable BigDecimal weight(Section section) {
        BigDecimal weight = section.number("weight", Shape.NUMBER);
        if (weight != null && weight.signum() == 0) {
            section.problem("weight", "is zero; a member without a share is left out of the list");
            return null;
        }
        return weight;
    }

    private static @Nullable Secret key(Section entry) {
        for (Section.Written written : entry.secrets("api_key")) {
            if (!written.value().isBlank() && !ProviderKeys.isPlaceholder(written.value())) {
                return new Secret(written.value());
            }
        }
        return null;
    }
}
