package io.serai.condense;

import io.serai.condense.text.Passage;
import io.serai.embedding.Meanings;
import io.serai.embedding.NoEmbeddingsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Keeps the passages that are nearest to the question in meaning. Their neighbours are read with them, a few sentences at a time;
 * the words that they share with the question count as well, for no embedding knows an order number.
 */
final class ByMeaning extends Scored {
    /** Of a text that is read at once: about what the embedding model was trained on. */
    private static final int CHARACTERS = 360;
    /** Texts of one conversation whose meaning is looked for; of a longer one those that share most words with the question. */
    private static final int MOST = 256;

    private static final double OF_MEANING = 0.9;

    private final Vectors vectors;

    /** Makes vectors of length 1, one a text. */
    @FunctionalInterface
    interface Vectors {
        List<float[]> of(List<String> texts) throws NoEmbeddingsException, InterruptedException;
    }

    ByMeaning(Vectors vectors) {
        this.vectors = vectors;
    }

    /** Passages that are read together. */
    private record Window(int from, int to, String text, double shared) {}

    @Override
    double[] scores(Reading reading) throws CondenseException, InterruptedException {
        double[] words = reading.relevance().to(reading.question());
        if (reading.question().isBlank()) {
            throw new CondenseException("nobody asks anything that passages could be near to");
        }
        List<Window> windows = new ArrayList<>(windows(reading.passages(), words));
        windows.sort(Comparator.comparingDouble(window -> -window.shared()));
        List<Window> read = windows.subList(0, Math.min(MOST, windows.size()));
        double[] near = near(reading.question(), read.stream().map(Window::text).toList());
        double best = 0;
        double mean = 0;
        for (double one : near) {
            best = Math.max(best, one);
            mean += one / near.length;
        }
        double[] scores = words.clone();
        for (int w = 0; w < near.length && best > mean; w++) {
            double meaning = Math.max(0, (near[w] - mean) / (best - mean));
            for (int i = read.get(w).from(); i < read.get(w).to(); i++) {
                scores[i] += OF_MEANING * meaning;
            }
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] += reading.ofUser(i);
        }
        return scores;
    }

    private double[] near(String question, List<String> texts) throws CondenseException, InterruptedException {
        List<String> all = new ArrayList<>(texts);
        all.add(question);
        try {
            List<float[]> made = vectors.of(all);
            double[] near = new double[texts.size()];
            for (int i = 0; i < near.length; i++) {
                near[i] = Meanings.cosine(made.get(i), made.getLast());
            }
            return near;
        } catch (NoEmbeddingsException e) {
            throw new CondenseException(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<Window> windows(List<Passage> passages, double[] words) {
        List<Window> windows = new ArrayList<>();
        for (int from = 0; from < passages.size(); ) {
            StringBuilder text = new StringBuilder(passages.get(from).text());
            double shared = words[from];
            int to = from + 1;
            while (to < passages.size()
                    && passages.get(to).message() == passages.get(from).message()
                    && text.length() + passages.get(to).text().length() <= CHARACTERS) {
                text.append(passages.get(to).text());
                shared = Math.max(shared, words[to]);
                to++;
            }
            windows.add(new Window(from, to, text.toString(), shared));
            from = to;
        }
        return windows;
    }
}
