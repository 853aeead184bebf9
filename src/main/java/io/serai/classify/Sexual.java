package io.serai.classify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sexual content, by words and by the words around them: what is said of animals, in kitchens, to patients and in classes is
 * something else with the same words.
 */
final class Sexual implements Detector {
    static final String CATEGORY = "sexual";
    /** From here on a single word decides by itself, whatever is around it. */
    private static final double PLAIN = 0.8;
    /** What one word of another subject leaves of one that could mean something else. */
    private static final double LEFT = 0.35;
    /** The same of a plain one. */
    private static final double LEFT_OF_PLAIN = 0.75;

    private static final int REACH = 25;
    /** Letters by which words count as one: strip, strips, stripping. */
    private static final int STEM = 4;

    @Override
    public void find(Words words, Findings found) {
        found.add(CATEGORY, score(words));
    }

    private static double score(Words words) {
        List<Lexicon.Hit> hits = words.hits(CATEGORY);
        if (hits.isEmpty()) {
            return 0;
        }
        Map<String, Double> weights = new HashMap<>();
        for (Lexicon.Hit hit : hits) {
            if (words.isIn("not-sexual", hit.from(), hit.to())) {
                continue;
            }
            double weight = hit.weight() * Math.pow(hit.weight() >= PLAIN ? LEFT_OF_PLAIN : LEFT, others(words, hit));
            String word = words.word(hit.from());
            weights.merge(word.substring(0, Math.min(STEM, word.length())), weight, Math::max);
        }
        double none = 1;
        for (double weight : weights.values()) {
            none *= 1 - weight;
        }
        return 1 - none;
    }

    /** Words of other subjects around it, two at most. */
    private static int others(Words words, Lexicon.Hit hit) {
        int others = 0;
        for (Lexicon.Hit other : words.hits("other-subject", hit.from() - REACH, hit.from() + REACH)) {
            if (other.from() < hit.from() || other.from() >= hit.to()) {
                others++;
            }
        }
        return Math.min(others, 2);
    }
}
