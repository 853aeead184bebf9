package io.serai.classify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What detectors have found in one text: how sure each category is. Not the text. */
final class Findings {
    /** Below this it is not worth a word. */
    private static final double SAID_FROM = 0.2;

    private final Map<String, Double> scores = new LinkedHashMap<>();

    /** @param score 0 to 1; of several in one category the greatest counts */
    void add(String category, double score) {
        if (score > 0) {
            scores.merge(category, Math.min(score, 1), Math::max);
        }
    }

    double of(String category) {
        return scores.getOrDefault(category, 0.0);
    }

    /** How likely it is that any of them is right, as if they knew nothing of each other. */
    double score() {
        double none = 1;
        for (double score : scores.values()) {
            none *= 1 - score;
        }
        return 1 - none;
    }

    /** The surest first. */
    List<String> categories() {
        return scores.entrySet().stream()
                .filter(entry -> entry.getValue() >= SAID_FROM)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
    }
}
