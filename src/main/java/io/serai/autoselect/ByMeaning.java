package io.serai.autoselect;

import io.serai.embedding.Meanings;
import io.serai.embedding.NoEmbeddingsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Ranks descriptions by how well they fit a prompt: by meaning and by words, the two orders fused by reciprocal rank. What the
 * numbers below are is in docs/explanation/autoselect.md, with what they were measured on.
 */
public final class ByMeaning {
    /** What a place further back costs: 1/(4), 1/(5) ... */
    private static final int RANK_OFFSET = 3;
    /** How much a place by words counts of one by meaning: enough to lift the second above the first, not the third. */
    private static final double WEIGHT_OF_WORDS = 0.3;
    /** How much of what the bridge says is added to the direct similarity. */
    private static final double WEIGHT_OF_TASKS = 0.5;
    /** For the confidence: the similarity by which one must be ahead to be e times as likely. */
    private static final double SHARPNESS = 0.08;

    private final Meanings meanings;
    private final Tasks tasks;

    public ByMeaning(Meanings meanings, Tasks tasks) {
        this.meanings = meanings;
        this.tasks = tasks;
    }

    /**
     * @param descriptions at least one
     * @param priorities one each; of two that fit as well, the lower goes first
     * @throws NoEmbeddingsException when there are none on this machine
     */
    public Ranking rank(String prompt, List<String> descriptions, List<Integer> priorities)
            throws NoEmbeddingsException, InterruptedException {
        double[] near = similarities(prompt, descriptions);
        double[] words = new Bm25(descriptions).scores(prompt);
        List<Ranking.Score> scores = new ArrayList<>();
        for (int i = 0; i < near.length; i++) {
            double fused = 1.0 / (RANK_OFFSET + rank(near, i));
            if (words[i] > 0) {
                fused += WEIGHT_OF_WORDS / (RANK_OFFSET + rank(words, i));
            }
            scores.add(new Ranking.Score(i, fused, near[i], words[i]));
        }
        scores.sort(Comparator.comparingDouble(Ranking.Score::fused)
                .thenComparing(score -> -priorities.get(score.index()))
                .thenComparingDouble(Ranking.Score::similarity)
                .reversed());
        return new Ranking(List.copyOf(scores), confidence(near, scores.get(0).index()));
    }

    /** How near the best is, times how far it is ahead of the others: 0 when it is as good as any. */
    private static double confidence(double[] near, int best) {
        if (near.length == 1) {
            return Math.clamp(near[best], 0, 1);
        }
        double even = 1.0 / near.length;
        double ahead = (Tasks.shares(near, SHARPNESS)[best] - even) / (1 - even);
        return Math.clamp(near[best], 0, 1) * Math.max(0, ahead);
    }

    private double[] similarities(String prompt, List<String> descriptions)
            throws NoEmbeddingsException, InterruptedException {
        List<float[]> described = meanings.of(descriptions);
        float[] asked = meanings.of(List.of(prompt)).get(0);
        double[] kinds = tasks.ofPrompt(asked);
        double[] near = new double[descriptions.size()];
        for (int i = 0; i < near.length; i++) {
            double[] of = tasks.ofDescription(described.get(i));
            double shared = 0;
            for (int kind = 0; kind < kinds.length; kind++) {
                shared += kinds[kind] * of[kind];
            }
            near[i] = Meanings.cosine(asked, described.get(i)) + WEIGHT_OF_TASKS * shared;
        }
        return near;
    }

    /** 1 for the greatest. */
    private static int rank(double[] values, int of) {
        int rank = 1;
        for (double value : values) {
            if (value > values[of]) {
                rank++;
            }
        }
        return rank;
    }
}
