package io.serai.condense;

import io.serai.condense.text.Relevance;
import io.serai.condense.text.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps what speaks of the names and identifiers in the question, and of what those passages name in turn. A question without any
 * names is taken by its rare words.
 */
final class Entities extends Scored {
    /** Each begins where a word begins, so that a word of a megabyte is read once. */
    private static final Pattern NAMED = Pattern.compile(
            "(?<=[\\p{Ll}\\p{N},;:(] )\\p{Lu}[\\p{L}\\p{N}\\-]++|(?<![\\p{L}\\p{N}])(?:[\\p{L}\\p{N}]*\\p{N}[\\p{L}\\p{N}.\\-:/]*+"
                    + "|[\\p{L}\\p{N}]++(?:[_./@:\\-][\\p{L}\\p{N}]++)++)|(?<!\\p{Ll})\\p{Ll}++\\p{Lu}\\p{L}++"
                    + "|[\"“`']([^\"”`'\\n]{2,60})[\"”`']");

    private static final double OF_NAMES = 0.8;
    private static final double OF_COMPANY = 0.35;
    private static final double OF_RECENCY = 0.05;
    /** Passages whose own names count, in turn. */
    private static final int SOURCES = 6;

    @Override
    double[] scores(Reading reading) {
        Relevance relevance = reading.relevance();
        double[] scores = relevance.to(reading.question());
        Set<String> asked = entities(reading.question());
        double[] named = mentions(reading, asked);
        double[] both = scores.clone();
        for (int i = 0; i < scores.length; i++) {
            both[i] += OF_NAMES * named[i];
        }
        Set<String> company = new HashSet<>();
        best(both).forEach(i -> company.addAll(entities(reading.text(i))));
        company.removeAll(asked);
        double[] further = mentions(reading, company);
        for (int i = 0; i < scores.length; i++) {
            both[i] += OF_COMPANY * further[i] + OF_RECENCY * reading.recency(i) + reading.ofUser(i);
        }
        return both;
    }

    /** The words of the names in a text. */
    static Set<String> entities(String text) {
        Set<String> entities = new HashSet<>();
        Matcher named = NAMED.matcher(text);
        while (named.find()) {
            entities.addAll(Words.of(named.group()));
        }
        return entities;
    }

    /** How much of them each passage has, by how rare they are: 1 for the passage that has most. */
    private static double[] mentions(Reading reading, Set<String> entities) {
        Map<String, Double> rare = new HashMap<>();
        entities.forEach(e -> rare.put(e, reading.relevance().rarity(e)));
        double[] scores = new double[reading.passages().size()];
        double most = 0;
        for (int i = 0; i < scores.length; i++) {
            for (String word : reading.relevance().words(i).keySet()) {
                scores[i] += rare.getOrDefault(word, 0.0);
            }
            most = Math.max(most, scores[i]);
        }
        for (int i = 0; i < scores.length && most > 0; i++) {
            scores[i] /= most;
        }
        return scores;
    }

    private static List<Integer> best(double[] scores) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > 0) {
                order.add(i);
            }
        }
        order.sort(Comparator.comparingDouble(i -> -scores[i]));
        return order.subList(0, Math.min(SOURCES, order.size()));
    }
}
