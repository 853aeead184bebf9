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

    /**
     * @param declared the models that each known provider declares; an empty set takes any
     * @param rotations every name of the file
     */
    MembersReader(Map<String, Set<String>> declared, Catalogue catalogue, Set<String> rotations) {
        this.declared = declared;
        this.catalogue = catalogue;
        this.rotations = rotations;
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
            } else if (brings(id, entry)) {
                if (own) {
                    entry.problem("models", "`" + id + "` brings its own");
                }
                members.add(new Rotation.Member(
                        id, weight == null ? BigDecimal.ONE : weight, null, Limits.NONE, Permits.NONE));
            }
            entry.finish();
        }
        return members;
    }

    /** Whether the id is another rotation, or a name of the catalogue. */
    private boolean brings(String id, Section entry) {
        String left = entry.report().strict() ? "" : "; this member is left out";
        if (id.startsWith(ROTATION)) {
            String name = id.substring(ROTATION.length());
            if (!rotations.contains(name)) {
                entry.problem(
                        "provider_id", "no rotation is called `" + name + "`" + Suggestion.of(name, rotations) + left);
                return false;
            }
            return true;
        }
        if (id.startsWith(AUTOSELECT)) {
            entry.problem(
                    "provider_id",
                    "an autoselect can't be a member of a rotation; let an autoselect pick the rotation" + left);
            return false;
        }
        if (catalogue.models().containsKey(id)) {
            return true;
        }
        Set<String> known = new LinkedHashSet<>(declared.keySet());
        known.addAll(catalogue.models().keySet());
        rotations.forEach(name -> known.add(ROTATION + name));
        entry.problem(
                "provider_id",
                "`" + id + "` is no provider, no `rotation/...` and no name of the catalogue" + Suggestion.of(id, known)
                        + left);
        return false;
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
