package io.serai.condense;

import io.serai.condense.text.Words;
import java.util.List;

/** Vectors by words alone, in place of the embedding model: quick, and the same everywhere. */
final class EverydayVectors {
    private EverydayVectors() {}

    static List<float[]> of(List<String> texts) {
        return texts.stream().map(EverydayVectors::of).toList();
    }

    private static float[] of(String text) {
        float[] vector = new float[64];
        double length = 1e-9;
        for (String word : Words.of(text)) {
            vector[Math.floorMod(word.hashCode(), vector.length)] += 1;
        }
        for (float one : vector) {
            length += one * one;
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(length);
        }
        return vector;
    }
}
