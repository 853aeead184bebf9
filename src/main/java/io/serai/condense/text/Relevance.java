package io.serai.condense.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How much the words of passages have to do with a question: Okapi BM25 over the conversation's own passages, with what stands
 * beside a passage, and whether it looks like what is asked for.
 */
public final class Relevance {
    /** The usual values (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). */
    private static final double K1 = 1.2;

    private static final double B = 0.6;
    /** What a passage has of the one before it, the one behind, and of its whole message. */
    private static final double OF_BEFORE = 0.45;

    private static final double OF_BEHIND = 0.25;
    private static final double OF_MESSAGE = 0.35;
    /** By how much what looks like an answer is raised; and what it has for its looks alone, for a question may use other words. */
    private static final double OF_FORM = 0.5;

    private static final double OF_FORM_ALONE = 0.12;

    private final List<Passage> passages;
    private final List<Map<String, Integer>> counts = new ArrayList<>();
    private final Map<String, Integer> found = new HashMap<>();
    private double mean = 1;

    public Relevance(List<Passage> passages) {
        this.passages = passages;
        long length = 0;
        for (Passage passage : passages) {
            Map<String, Integer> count = new HashMap<>();
            for (String word : Words.of(passage.text())) {
                count.merge(word, 1, Integer::sum);
                length++;
            }
            count.keySet().forEach(word -> found.merge(word, 1, Integer::sum));
            counts.add(count);
        }
        mean = Math.max(1, length / (double) Math.max(1, passages.size()));
    }

    /** The words of a passage, and how often it has them. */
    public Map<String, Integer> words(int passage) {
        return counts.get(passage);
    }

    /** How rare a word is here: 0 for one that is everywhere, or nowhere. */
    public double rarity(String word) {
        int in = found.getOrDefault(word, 0);
        return in == 0 ? 0 : Math.log(1 + (passages.size() - in + 0.5) / (in + 0.5));
    }

    /** One score a passage, 0 to 1 and a bit; 0 where nothing of the question is near. */
    public double[] to(String question) {
        Set<String> asked = new HashSet<>(Words.of(question));
        double[] own = new double[passages.size()];
        Map<Integer, Set<String>> ofMessage = new HashMap<>();
        double best = 0;
        double most = 0;
        for (String word : asked) {
            most += rarity(word);
        }
        for (int i = 0; i < own.length; i++) {
            Map<String, Integer> count = counts.get(i);
            double length = count.values().stream().mapToInt(Integer::intValue).sum() / mean;
            for (String word : asked) {
                Integer times = count.get(word);
                if (times != null) {
                    own[i] += rarity(word) * times * (K1 + 1) / (times + K1 * (1 - B + B * length));
                    ofMessage
                            .computeIfAbsent(passages.get(i).message(), m -> new HashSet<>())
                            .add(word);
                }
            }
            best = Math.max(best, own[i]);
        }
        if (best == 0) {
            return own;
        }
        double[] scores = new double[own.length];
        Expected expected = new Expected(question);
        for (int i = 0; i < own.length; i++) {
            int message = passages.get(i).message();
            double covered = ofMessage.getOrDefault(message, Set.of()).stream()
                    .mapToDouble(this::rarity)
                    .sum();
            double score = own[i] / best + OF_MESSAGE * covered / most;
            score += beside(own, i, -1) * OF_BEFORE / best + beside(own, i, 1) * OF_BEHIND / best;
            double form = expected.in(passages.get(i).text());
            scores[i] = score * (1 + OF_FORM * form) + OF_FORM_ALONE * form;
        }
        return scores;
    }

    /** Of the neighbour; one of another message speaks less for it. */
    private double beside(double[] own, int i, int way) {
        int other = i + way;
        if (other < 0 || other >= own.length) {
            return 0;
        }
        return passages.get(other).message() == passages.get(i).message() ? own[other] : own[other] / 2;
    }
}
