package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a rotation says of asking several models at once. */
final class SideBySideReader {
    /** A request has six attempts: more could not be asked for, and a panel's judge needs one. */
    private static final int WIDEST = 5;

    private static final String AUTOSELECT = "autoselect/";
    private static final Set<String> AUTO = Set.of("auto", "autocheapest", "autobest");

    private final Map<String, Set<String>> declared;
    private final Catalogue catalogue;
    private final Set<String> rotations;

    /**
     * @param declared the models that each known provider declares; an empty set takes any
     * @param rotations every name of the file
     */
    SideBySideReader(Map<String, Set<String>> declared, Catalogue catalogue, Set<String> rotations) {
        this.declared = declared;
        this.catalogue = catalogue;
        this.rotations = rotations;
    }

    /** @param strategy the one that was asked for, or {@code weighted} where something it needs is wrong */
    record Said(
            Rotation.Strategy strategy,
            @Nullable Duration hedgeAfter,
            @Nullable Integer width,
            @Nullable String judge) {}

    Said read(Section section, Rotation.Strategy strategy) {
        BigDecimal after = section.number("hedge_after", Shape.COUNT);
        Duration hedgeAfter = after == null || after.signum() == 0 ? null : Duration.ofMillis(after.longValue());
        BigDecimal wide = section.number("width", Shape.COUNT);
        Integer width = wide == null ? null : wide.intValue();
        if (width != null && (width < 2 || width > WIDEST)) {
            section.problem("width", "expected 2 to " + WIDEST + ": how many models are asked at once");
            width = null;
        }
        String judge = section.text("judge");
        if (strategy != Rotation.Strategy.PANEL) {
            return new Said(strategy, hedgeAfter, width, null);
        }
        String left = section.report().strict() ? "" : "; this rotation is `weighted`";
        String wrong = judge == null ? "is missing: the model path that merges the answers" : wrong(judge);
        if (wrong != null) {
            section.problem("judge", wrong + left);
            return new Said(Rotation.Strategy.WEIGHTED, hedgeAfter, width, null);
        }
        return new Said(strategy, hedgeAfter, width, judge);
    }

    /** Null when something can be called by that path. */
    private @Nullable String wrong(String judge) {
        if (judge.startsWith(MembersReader.ROTATION)) {
            String name = judge.substring(MembersReader.ROTATION.length());
            return rotations.contains(name)
                    ? null
                    : "no rotation is called `" + name + "`" + Suggestion.of(name, rotations);
        }
        if (judge.startsWith(AUTOSELECT)) {
            return "expected a provider's model, a rotation or a name of the catalogue";
        }
        int slash = judge.indexOf('/');
        if (slash < 0) {
            Set<String> names = catalogue.models().keySet();
            return AUTO.contains(judge) || names.contains(judge)
                    ? null
                    : "`" + judge + "` is no name of the catalogue; a provider's model is provider/model"
                            + Suggestion.of(judge, names);
        }
        String provider = judge.substring(0, slash);
        Set<String> offered = declared.get(provider);
        if (offered == null) {
            return "`" + provider + "` is no provider"
                    + Suggestion.of(provider, new LinkedHashSet<>(declared.keySet()));
        }
        String model = judge.substring(slash + 1);
        if (model.isEmpty() || !offered.isEmpty() && !offered.contains(model)) {
            return "`" + provider + "` has no model `" + model + "`" + Suggestion.of(model, offered);
        }
        return null;
    }
}
