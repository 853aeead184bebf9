package io.serai.autoselect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Okapi BM25 over a handful of short texts: how well each fits a query by its words. Words are compared without their endings,
 * and the commonest English words count for nothing.
 */
public final class Bm25 {
    /** The usual values (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). */
    private static final double K1 = 1.2;

    private static final double B = 0.75;

    private static final Set<String> COMMON = Set.of(
            "a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it"
                    .concat(
                            " its just like me my no not of on one or our out she should so some such than that the their them")
                    .concat(
                            " then there these they this those to up us was we were what when where which who why will with")
                    .concat(" would you your any all about please tell give need want get make")
                    .split(" "));

    private static final List<String> ENDINGS = List.of(
            "ations", "ation", "ators", "ator", "ating", "ates", "ated", "ate", "ings", "ing", "ies", "ers", "er", "ed",
            "es", "s", "e", "y");
    private static final int SHORTEST = 3;

    private final List<Map<String, Integer>> texts = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final Map<String, Integer> textsWith = new HashMap<>();
    private final double meanLength;

    public Bm25(List<String> documents) {
        for (String document : documents) {
            List<String> words = words(document);
            Map<String, Integer> counts = new HashMap<>();
            words.forEach(word -> counts.merge(word, 1, Integer::sum));
            counts.keySet().forEach(word -> textsWith.merge(word, 1, Integer::sum));
            texts.add(counts);
            lengths.add(words.size());
        }
        meanLength = Math.max(
                1, lengths.stream().mapToInt(Integer::intValue).average().orElse(1));
    }

    /** A score for each text, in their order; 0 where not a word of the query is in it. */
    public double[] scores(String query) {
        double[] scores = new double[texts.size()];
        for (String word : new HashSet<>(words(query))) {
            int in = textsWith.getOrDefault(word, 0);
            if (in == 0) {
                continue;
            }
            double rarity = Math.log(1 + (texts.size() - in + 0.5) / (in + 0.5));
            for (int i = 0; i < scores.length; i++) {
                int count = texts.get(i).getOrDefault(word, 0);
                double length = lengths.get(i) / meanLength;
                scores[i] += rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * length));
            }
        }
        return scores;
    }

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
            if (!word.isEmpty() && !COMMON.contains(word)) {
                words.add(stem(word));
            }
        }
        return words;
    }

    /** Without the first ending that fits and leaves a stem. */
    private static String stem(String word) {
        for (String ending : ENDINGS) {
            if (word.endsWith(ending) && word.length() - ending.length() >= SHORTEST) {
                return word.substring(0, word.length() - ending.length());
            }
        }
        return word;
    }
}
