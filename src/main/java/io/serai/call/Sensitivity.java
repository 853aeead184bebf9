package io.serai.call;

import io.serai.config.Sensitive;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a request turned out to be when its words were read. Never holds any of the words.
 *
 * @param verdicts of the kinds that it was searched for; the others are not known
 */
public record Sensitivity(Map<Sensitive, Verdict> verdicts) {
    /** Nobody has looked. */
    public static final Sensitivity UNKNOWN = new Sensitivity(Map.of());

    /**
     * @param hit whether the request is of the kind
     * @param score 0 to 1
     * @param categories what was found, the surest first: {@code iban}, {@code email} ...
     */
    public record Verdict(boolean hit, double score, List<String> categories) {}

    /** The kinds that the request is of: only models with the flag of each may be sent it. */
    public Set<Sensitive> found() {
        if (verdicts.isEmpty()) {
            return Set.of();
        }
        Set<Sensitive> found = EnumSet.noneOf(Sensitive.class);
        verdicts.forEach((kind, verdict) -> {
            if (verdict.hit()) {
                found.add(kind);
            }
        });
        return found;
    }

    /** With what was found of further kinds; of one that is known already, the new word. */
    public Sensitivity and(Map<Sensitive, Verdict> further) {
        Map<Sensitive, Verdict> all = new EnumMap<>(Sensitive.class);
        all.putAll(verdicts);
        all.putAll(further);
        return new Sensitivity(Collections.unmodifiableMap(all));
    }

    /** {@code privacy:iban} each, of the kinds that the request is of. */
    public List<String> reasons() {
        return verdicts.entrySet().stream()
                .filter(entry -> entry.getValue().hit())
                .flatMap(entry -> entry.getValue().categories().stream()
                        .map(category -> entry.getKey().spelling() + ":" + category))
                .toList();
    }
}
