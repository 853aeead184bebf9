package io.serai.classify;

import io.serai.embedding.Meanings;
import io.serai.embedding.NoEmbeddingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Whether a text is nearer to what asks for sexual content or to what only shares words with it, by sentence embeddings. Asked where
 * the words leave it open, for it takes milliseconds. The descriptions are in {@code descriptions.yaml}.
 */
final class SexualMeaning {
    private static final String FILE = "descriptions.yaml";
    /** Below the first and above the second the words have decided. */
    private static final double OPEN_FROM = 0.4;

    private static final double OPEN_TO = 0.85;
    /** Descriptions that speak for a side: one may be near by chance. */
    private static final int VOICES = 3;
    /** What a difference of 1 in nearness is worth. */
    private static final double WEIGHT = 2.0;
    /** Of a long text what is around the first of the words. */
    private static final int CHARACTERS = 400;

    private final Meanings meanings;
    private volatile @Nullable Descriptions descriptions;

    private record Descriptions(List<String> sexual, List<String> harmless) {}

    SexualMeaning(Meanings meanings) {
        this.meanings = meanings;
    }

    /** Whether a score of the words alone decides nothing. */
    static boolean isOpen(double score) {
        return score >= OPEN_FROM && score < OPEN_TO;
    }

    /**
     * The score when the meaning has been heard too.
     *
     * @param score of the words, which is what stands where this machine has no embeddings
     */
    double hear(Words words, double score) throws InterruptedException {
        try {
            Descriptions known = known();
            float[] text = meanings.of(List.of(around(words))).get(0);
            double difference = nearness(text, known.sexual()) - nearness(text, known.harmless());
            return Math.clamp(score + WEIGHT * difference, 0, 1);
        } catch (NoEmbeddingsException e) {
            return score; // the model has said in the log why it can't
        }
    }

    private static String around(Words words) {
        String text = words.text();
        if (text.length() <= CHARACTERS) {
            return text;
        }
        List<Lexicon.Hit> hits = words.hits(Sexual.CATEGORY);
        int middle = hits.isEmpty() ? 0 : words.start(hits.get(0).from());
        int from = Math.clamp(middle - CHARACTERS / 2, 0, text.length() - CHARACTERS);
        return text.substring(from, from + CHARACTERS);
    }

    private double nearness(float[] text, List<String> side) throws NoEmbeddingsException, InterruptedException {
        double[] near = meanings.of(side).stream()
                .mapToDouble(each -> -Meanings.cosine(text, each))
                .sorted()
                .limit(VOICES)
                .toArray();
        double sum = 0;
        for (double each : near) {
            sum -= each;
        }
        return sum / near.length;
    }

    private Descriptions known() {
        Descriptions read = descriptions;
        if (read == null) {
            read = read();
            descriptions = read;
        }
        return read;
    }

    private static Descriptions read() {
        try (InputStream in = SexualMeaning.class.getResourceAsStream(FILE)) {
            Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            return new Descriptions(list(root.get("sexual")), list(root.get("harmless")));
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }

    private static List<String> list(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
