package io.serai.embedding;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Vectors of texts that come again: descriptions of models, and prompts. Bounded, the least recently used go first; of a text
 * only its hash is kept.
 */
public final class Meanings {
    /** About 1.7 KB each. */
    private static final int MOST = 4096;

    private final Sentences sentences;
    private final Map<Key, float[]> known = new LinkedHashMap<>(16, 0.75f, true);

    /** 128 bits of a text's SHA-256. */
    private record Key(long high, long low) {}

    public Meanings(Sentences sentences) {
        this.sentences = sentences;
    }

    /**
     * One vector a text, of length 1, in their order.
     *
     * @throws NoEmbeddingsException when the model can't run here, or too many wait
     */
    public List<float[]> of(List<String> texts) throws NoEmbeddingsException, InterruptedException {
        List<Key> keys = texts.stream().map(Meanings::key).toList();
        List<float[]> vectors = new ArrayList<>(texts.size());
        List<String> missing = new ArrayList<>();
        synchronized (known) {
            for (int i = 0; i < keys.size(); i++) {
                float[] vector = known.get(keys.get(i));
                vectors.add(vector == null ? new float[0] : vector);
                if (vector == null) {
                    missing.add(texts.get(i));
                }
            }
        }
        if (missing.isEmpty()) {
            return vectors;
        }
        List<float[]> made = sentences.embed(missing).vectors();
        synchronized (known) {
            int next = 0;
            for (int i = 0; i < keys.size(); i++) {
                if (vectors.get(i).length == 0) {
                    vectors.set(i, made.get(next));
                    known.put(keys.get(i), made.get(next++));
                }
            }
            while (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        }
        return vectors;
    }

    /** The cosine of two vectors of length 1: 1 for the same meaning, about 0 for nothing in common. */
    public static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * (double) b[i];
        }
        return sum;
    }

    private static Key key(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.wrap(hash);
            return new Key(bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
