package io.serai.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A text taken apart once, for all detectors: its words in lower case, where they stand, and what the lexicon knows of them. */
final class Words {
    private final String text;
    private String[] words = new String[64];
    private int[] starts = new int[64];
    private int[] sentences = new int[64];
    private int count;
    private final Map<String, List<Lexicon.Hit>> hits = new HashMap<>();
    private final List<Numbers.Number> numbers;

    Words(String text, Lexicon lexicon) {
        this.text = text;
        split();
        this.numbers = Numbers.in(text);
        for (int i = 0; i < count; i++) {
            lexicon.at(
                    this,
                    i,
                    hit -> hits.computeIfAbsent(hit.category(), c -> new ArrayList<>())
                            .add(hit));
        }
    }

    /** Those that are long enough to name somebody. */
    List<Numbers.Number> numbers() {
        return numbers;
    }

    /** As it is written, without what is around it. */
    String written(int index) {
        return text.substring(starts[index], starts[index] + words[index].length());
    }

    String text() {
        return text;
    }

    int count() {
        return count;
    }

    /** In lower case, with apostrophes and without anything else that is no letter and no digit. */
    String word(int index) {
        return words[index];
    }

    /** Where it begins in the text. */
    int start(int index) {
        return starts[index];
    }

    /** Whether it is written with a capital. */
    boolean isCapital(int index) {
        return Character.isUpperCase(text.charAt(starts[index]));
    }

    boolean sameSentence(int one, int other) {
        return sentences[one] == sentences[other];
    }

    /** The phrases of a category, in their order. */
    List<Lexicon.Hit> hits(String category) {
        return hits.getOrDefault(category, List.of());
    }

    /** The word that a place of the text is in, or the next one. */
    int at(int place) {
        int found = Arrays.binarySearch(starts, 0, count, place);
        return found >= 0 ? found : Math.min(-found - 1, count - 1);
    }

    /**
     * Whether a phrase of the category stands near a stretch of the text.
     *
     * @param before words between them at most, where the phrase comes first
     * @param after the same, where it comes behind
     */
    boolean near(String category, int from, int to, int before, int after) {
        if (!hits.containsKey(category)) {
            return false;
        }
        int first = at(from);
        int last = at(to);
        for (Lexicon.Hit hit : hits(category, first - before - Lexicon.LONGEST, last + after + 1)) {
            boolean ahead = hit.to() <= first && hit.to() >= first - before;
            boolean behind = hit.from() >= last && hit.from() <= last + after;
            if (ahead || behind || hit.from() >= first && hit.from() < last) {
                return true;
            }
        }
        return false;
    }

    /** The phrases of a category that begin from one word on and before another. */
    List<Lexicon.Hit> hits(String category, int from, int before) {
        List<Lexicon.Hit> all = hits(category);
        return all.isEmpty() ? all : all.subList(place(all, from), Math.max(place(all, from), place(all, before)));
    }

    /** Whether a word belongs to a phrase of the category. */
    boolean isIn(String category, int from, int to) {
        for (Lexicon.Hit hit : hits(category, from - Lexicon.LONGEST, from + 1)) {
            if (hit.to() >= to) {
                return true;
            }
        }
        return false;
    }

    /** The first of them that begins there or later. */
    private static int place(List<Lexicon.Hit> sorted, int word) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted.get(middle).from() < word) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void split() {
        int sentence = 0;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isLetterOrDigit(c)) {
                int end = i + 1;
                while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || isInner(end))) {
                    end++;
                }
                add(i, end, sentence);
                i = end;
            } else {
                boolean ends = c == '!' || c == '?' || c == '\n' || c == '.' && isBlank(i + 1);
                sentence += ends ? 1 : 0;
                i++;
            }
        }
    }

    /** An apostrophe between letters. */
    private boolean isInner(int place) {
        char c = text.charAt(place);
        return (c == '\'' || c == '\u2019') && place + 1 < text.length() && Character.isLetter(text.charAt(place + 1));
    }

    private boolean isBlank(int place) {
        return place >= text.length() || Character.isWhitespace(text.charAt(place));
    }

    private void add(int from, int to, int sentence) {
        if (count == words.length) {
            words = Arrays.copyOf(words, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            sentences = Arrays.copyOf(sentences, 2 * count);
        }
        words[count] = text.substring(from, to).toLowerCase(Locale.ROOT).replace('\u2019', '\'');
        starts[count] = from;
        sentences[count++] = sentence;
    }
}
