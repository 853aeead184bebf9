package io.serai.condense.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** How much a word says by being there at all: the rarer it is in everyday English, the more. */
final class Frequencies {
    private static final String FILE = "words.txt";
    /** Of the first word, "the": one word in sixteen. */
    private static final double FIRST_BITS = 4;
    /** Of a word that is not in the table. */
    private static final double UNKNOWN_BITS = 15;

    private static final Map<String, Double> BITS = read();

    private Frequencies() {}

    /** Self-information of a word, in bits: by Zipf's law the word of rank r is r times as rare as the first. */
    static double bits(String word) {
        return BITS.getOrDefault(word.toLowerCase(Locale.ROOT), UNKNOWN_BITS);
    }

    private static Map<String, Double> read() {
        try (InputStream in = Frequencies.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not packed");
            }
            Map<String, Double> bits = new HashMap<>();
            int rank = 0;
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.startsWith("#")) {
                    for (String word : line.strip().split("\\s+")) {
                        rank++;
                        bits.putIfAbsent(word, FIRST_BITS + Math.log(rank) / Math.log(2));
                    }
                }
            }
            return bits;
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " can't be read", e);
        }
    }
}
