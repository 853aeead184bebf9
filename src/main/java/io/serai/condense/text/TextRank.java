package io.serai.condense.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which passages the others speak of most (Mihalcea and Tarau, TextRank, 2004): a walk from passage to passage by the words they
 * share, which begins anew now and then at a passage that is wanted.
 */
public final class TextRank {
    private static final double DAMPING = 0.85;
    private static final int ROUNDS = 25;
    /** A word in more passages than this connects nothing. */
    private static final int MOST_SHARED = 60;

    private TextRank() {}

    /** @param wanted how much each is wanted, 0 or more. Returns a rank each, 1 for the highest */
    public static double[] of(Relevance relevance, double[] wanted) {
        int n = wanted.length;
        List<Map<Integer, Double>> edges = edges(relevance, n);
        double[] sums = new double[n];
        for (int i = 0; i < n; i++) {
            sums[i] = edges.get(i).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
        }
        double all = 0;
        for (double one : wanted) {
            all += one + 0.01;
        }
        double[] rank = new double[n];
        for (int i = 0; i < n; i++) {
            rank[i] = 1.0 / n;
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[] next = new double[n];
            for (int i = 0; i < n; i++) {
                next[i] += (1 - DAMPING) * (wanted[i] + 0.01) / all;
                for (Map.Entry<Integer, Double> edge : edges.get(i).entrySet()) {
                    next[edge.getKey()] += DAMPING * rank[i] * edge.getValue() / sums[i];
                }
            }
            rank = next;
        }
        double most = 0;
        for (double one : rank) {
            most = Math.max(most, one);
        }
        for (int i = 0; i < n && most > 0; i++) {
            rank[i] /= most;
        }
        return rank;
    }

    private static List<Map<Integer, Double>> edges(Relevance relevance, int n) {
        Map<String, List<Integer>> places = new HashMap<>();
        List<Map<Integer, Double>> edges = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            edges.add(new HashMap<>());
            for (String word : relevance.words(i).keySet()) {
                places.computeIfAbsent(word, w -> new ArrayList<>()).add(i);
            }
        }
        for (List<Integer> sharing : places.values()) {
            for (int a = 0; a < sharing.size() && sharing.size() <= MOST_SHARED; a++) {
                for (int b = a + 1; b < sharing.size(); b++) {
                    int from = sharing.get(a);
                    int to = sharing.get(b);
                    double weight = 1
                            / (length(relevance.words(from).keySet())
                                    + length(relevance.words(to).keySet()));
                    edges.get(from).merge(to, weight, Double::sum);
                    edges.get(to).merge(from, weight, Double::sum);
                }
            }
        }
        return edges;
    }

    private static double length(Set<String> words) {
        return 1 + Math.log(words.size());
    }
}
