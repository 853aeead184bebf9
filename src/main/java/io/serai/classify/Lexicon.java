package io.serai.classify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Phrases by category, each with a weight. A phrase is words with blanks between; a last word that ends with a star stands for all
 * that begin with it. Packed in {@code lexicon.yaml}; a fault in it is a fault of the program and throws.
 */
final class Lexicon {
    private static final String FILE = "lexicon.yaml";
    /** Letters of a stem at least: stems are looked up by so many. */
    private static final int SHORTEST_STEM = 3;
    /** Words of a phrase at most. */
    static final int LONGEST = 6;

    private final Map<String, List<Phrase>> byWord = new HashMap<>();
    private final Map<String, List<Phrase>> byStem = new HashMap<>();

    /** @param words the first of them not repeated; the last may be a stem */
    private record Phrase(String category, double weight, String[] words, boolean stem) {}

    /**
     * A phrase in a text.
     *
     * @param from the first of its words
     * @param to behind the last
     */
    record Hit(String category, double weight, int from, int to) {}

    private Lexicon() {}

    /** The packed one. */
    static Lexicon read() {
        Lexicon lexicon = new Lexicon();
        try (InputStream in = Lexicon.class.getResourceAsStream(FILE)) {
            Map<?, ?> root = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
            root.forEach((category, weights) -> ((Map<?, ?>) weights)
                    .forEach((weight, phrases) -> ((List<?>) phrases)
                            .forEach(phrase -> lexicon.add(
                                    String.valueOf(category),
                                    Double.parseDouble(String.valueOf(weight)),
                                    String.valueOf(phrase)))));
            return lexicon;
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }

    private void add(String category, double weight, String written) {
        String text = written.toLowerCase(Locale.ROOT).strip();
        boolean stem = text.endsWith("*");
        String[] words = (stem ? text.substring(0, text.length() - 1) : text).split(" ");
        if (words.length > LONGEST || words[0].length() < (stem && words.length == 1 ? SHORTEST_STEM : 1)) {
            throw new IllegalStateException(FILE + ": too long or too short: " + written);
        }
        Phrase phrase = new Phrase(category, weight, words, stem);
        if (stem && words.length == 1) {
            byStem.computeIfAbsent(words[0].substring(0, SHORTEST_STEM), w -> new ArrayList<>())
                    .add(phrase);
        } else {
            byWord.computeIfAbsent(words[0], w -> new ArrayList<>()).add(phrase);
        }
    }

    /** The phrases that begin with a word of a text. */
    void at(Words text, int index, Consumer<Hit> found) {
        String word = text.word(index);
        for (Phrase phrase : byWord.getOrDefault(word, List.of())) {
            if (matches(phrase, text, index)) {
                found.accept(new Hit(phrase.category, phrase.weight, index, index + phrase.words.length));
            }
        }
        if (word.length() >= SHORTEST_STEM) {
            for (Phrase phrase : byStem.getOrDefault(word.substring(0, SHORTEST_STEM), List.of())) {
                if (word.startsWith(phrase.words[0])) {
                    found.accept(new Hit(phrase.category, phrase.weight, index, index + 1));
                }
            }
        }
    }

    private static boolean matches(Phrase phrase, Words text, int index) {
        int last = phrase.words.length - 1;
        if (index + last >= text.count()) {
            return false;
        }
        for (int i = 1; i < last; i++) {
            if (!text.word(index + i).equals(phrase.words[i])) {
                return false;
            }
        }
        return last == 0
                || (phrase.stem
                        ? text.word(index + last).startsWith(phrase.words[last])
                        : text.word(index + last).equals(phrase.words[last]));
    }
}
