package io.serai.autoselect;

import io.serai.embedding.Meanings;
import io.serai.embedding.NoEmbeddingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Kinds of what people ask for, each with examples: the bridge from a prompt, which is like an example, to a description, which
 * is like a gloss. Packed in {@code tasks.yaml}; a fault in it is a fault of the program and throws.
 */
public final class Tasks {
    private static final String FILE = "tasks.yaml";
    /** Examples that speak for a kind: one may be near by chance. */
    private static final int VOICES = 3;
    /** The smaller, the more the nearest kind takes; measured on the tuning half of the bundled prompts. */
    private static final double SHARPNESS = 0.05;

    private final Meanings meanings;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Vectors vectors;

    private record Vectors(List<float[]> glosses, List<List<float[]>> examples) {}

    public Tasks(Meanings meanings) {
        this.meanings = meanings;
    }

    /** How much a description is about each kind; the shares sum to 1. */
    double[] ofDescription(float[] description) throws NoEmbeddingsException, InterruptedException {
        List<float[]> glosses = vectors().glosses();
        double[] near = new double[glosses.size()];
        for (int i = 0; i < near.length; i++) {
            near[i] = Meanings.cosine(description, glosses.get(i));
        }
        return shares(near, SHARPNESS);
    }

    /** How much a prompt is of each kind; the shares sum to 1. */
    double[] ofPrompt(float[] prompt) throws NoEmbeddingsException, InterruptedException {
        List<List<float[]>> examples = vectors().examples();
        double[] near = new double[examples.size()];
        for (int i = 0; i < near.length; i++) {
            double[] of = examples.get(i).stream()
                    .mapToDouble(example -> -Meanings.cosine(prompt, example))
                    .sorted()
                    .limit(VOICES)
                    .toArray();
            for (double one : of) {
                near[i] -= one / of.length;
            }
        }
        return shares(near, SHARPNESS);
    }

    /** Softmax: shares that sum to 1, the greater ones taking more the smaller {@code sharpness} is. */
    static double[] shares(double[] values, double sharpness) {
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            most = Math.max(most, value);
        }
        double sum = 0;
        double[] shares = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            shares[i] = Math.exp((values[i] - most) / sharpness);
            sum += shares[i];
        }
        for (int i = 0; i < values.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    private Vectors vectors() throws NoEmbeddingsException, InterruptedException {
        Vectors known = vectors;
        if (known != null) {
            return known;
        }
        reading.lockInterruptibly();
        try {
            Vectors made = vectors;
            if (made == null) {
                made = read();
                vectors = made;
            }
            return made;
        } finally {
            reading.unlock();
        }
    }

    private Vectors read() throws NoEmbeddingsException, InterruptedException {
        List<String> glosses = new ArrayList<>();
        List<List<float[]>> examples = new ArrayList<>();
        for (Object value : tasks().values()) {
            Map<?, ?> task = (Map<?, ?>) value;
            glosses.add(String.valueOf(task.get("gloss")));
            List<?> texts = task.get("examples") instanceof List<?> list ? list : List.of();
            examples.add(meanings.of(texts.stream().map(String::valueOf).toList()));
        }
        return new Vectors(meanings.of(glosses), examples);
    }

    private static Map<?, ?> tasks() {
        try (InputStream in = Tasks.class.getResourceAsStream(FILE)) {
            Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            return root.get("tasks") instanceof Map<?, ?> tasks ? tasks : Map.of();
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }
}
