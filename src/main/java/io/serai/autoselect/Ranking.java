package io.serai.autoselect;

import java.util.List;

/**
 * How well each of several descriptions fits a prompt.
 *
 * @param scores best first
 * @param confidence from 0 to 1: how near the first is in meaning, times how far it is ahead
 */
public record Ranking(List<Score> scores, double confidence) {
    /**
     * @param index of the description
     * @param fused the sum of reciprocal ranks, which decides
     * @param similarity in meaning, from about 0 to about 1.5
     * @param words the BM25 score, 0 when they have no word in common
     */
    public record Score(int index, double fused, double similarity, double words) {}

    /** The index of the best description. */
    public int best() {
        return scores.get(0).index();
    }
}
