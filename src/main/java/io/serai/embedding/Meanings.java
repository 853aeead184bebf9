package io.serai.embedding;

import io.serai.config.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Vectors of texts that come again: descriptions of models, and prompts. Bounded, the least recently used go first; of a text
 * only its hash is kept.
 */
public final class Meanings {
    /** About 1.8 KB each. */
    private static final int MOST = 4096;

    private static final float[] NOTHING = {};

    private final Sentences sentences;
    private final Map<String, float[]> known = new LinkedHashMap<>(16, 0.75f, true);
    private volatile VectorStore store = VectorStore.NONE;

    public Meanings(Sentences sentences) {
        this.sentences = sentences;
    }

    /** Where vectors are looked for before they are made, and kept from now on. */
    public void keepIn(VectorStore other) {
        store = other;
    }

    /**
     * One vector a text, of length 1, in their order.
     *
     * @throws NoEmbeddingsException when the model can't run here, or too many wait
     */
    public List<float[]> of(List<String> texts) throws NoEmbeddingsException, InterruptedException {
        List<String> names = texts.stream().map(Meanings::name).toList();
        float[][] vectors = new float[texts.size()][];
        synchronized (known) {
            for (int i = 0; i < vectors.length; i++) {
                vectors[i] = known.getOrDefault(names.get(i), NOTHING);
            }
        }
        List<Integer> unknown = missing(vectors);
        if (!unknown.isEmpty()) {
            take(vectors, unknown, store.find(pick(names, unknown)));
            List<Integer> unmade = missing(vectors);
            if (!unmade.isEmpty()) {
                List<float[]> made = sentences.embed(pick(texts, unmade)).vectors();
                take(vectors, unmade, made);
                store.keep(pick(names, unmade), made);
            }
            remember(names, vectors, unknown);
        }
        return List.of(vectors);
    }

    private static List<Integer> missing(float[][] vectors) {
        return IntStream.range(0, vectors.length)
                .filter(i -> vectors[i].length == 0)
                .boxed()
                .toList();
    }

    private static List<String> pick(List<String> all, List<Integer> which) {
        return which.stream().map(all::get).toList();
    }

    private static void take(float[][] vectors, List<Integer> places, List<float[]> found) {
        for (int i = 0; i < places.size(); i++) {
            vectors[places.get(i)] = found.get(i);
        }
    }

    private void remember(List<String> names, float[][] vectors, List<Integer> which) {
        synchronized (known) {
            which.forEach(i -> known.put(names.get(i), vectors[i]));
            while (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
    }

    /** The cosine of two vectors of length 1: 1 for the same meaning, about 0 for nothing in common. */
    public static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * (double) b[i];
        }
        return sum;
    }

    /** Names the text, and the model: another's vectors are no use. */
    private static String name(String text) {
        return Secret.sha256(Sentences.MODEL + "\n" + text);
    }
}
