package io.serai.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts a long text into pieces that the model can read, and makes one vector of theirs. */
final class Windows {
    /** Ids in one piece: the 256 that the model was made for (its card on Hugging Face), less its two marks. */
    static final int MOST = 254;

    private Windows() {}

    /** The ids in pieces of nearly equal length; one empty piece of no ids at all. */
    static List<int[]> of(int[] ids) {
        int pieces = Math.max(1, (ids.length + MOST - 1) / MOST);
        List<int[]> windows = new ArrayList<>(pieces);
        for (int i = 0; i < pieces; i++) {
            int from = (int) ((long) ids.length * i / pieces);
            int to = (int) ((long) ids.length * (i + 1) / pieces);
            windows.add(Arrays.copyOfRange(ids, from, to));
        }
        return windows;
    }

    /** The mean, each piece with the weight of its length, of length 1. */
    static float[] mean(List<int[]> windows, List<float[]> vectors) {
        if (vectors.size() == 1) {
            return vectors.get(0);
        }
        float[] sum = new float[vectors.get(0).length];
        for (int w = 0; w < vectors.size(); w++) {
            float[] vector = vectors.get(w);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i] * windows.get(w).length;
            }
        }
        return normal(sum);
    }

    /** The same direction, of length 1. */
    static float[] normal(float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += x * (double) x;
        }
        double length = Math.max(Math.sqrt(square), 1e-12);
        float[] normal = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            normal[i] = (float) (vector[i] / length);
        }
        return normal;
    }
}
