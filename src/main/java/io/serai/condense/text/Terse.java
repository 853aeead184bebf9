package io.serai.condense.text;

import io.serai.condense.text.Passage.Kind;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sentences without the words that carry least. What is code, a number, a name, in quotation marks, a denial or a condition stays
 * as it is; so do lines, indentation and marks.
 */
public final class Terse {
    /** Words, and between them what must not be touched. */
    private static final Pattern PIECE = Pattern.compile(
            "`[^`\\n]*`|\"[^\"\\n]*\"|“[^”\\n]*”|\\([^)\\n]*\\)|\\S*[\\p{N}_/@#=<>{}\\[\\]\\\\$%*|~^+]\\S*|\\S+");

    private static final Pattern WORD = Pattern.compile("[\\p{L}'’]+[.,;:!?]?");
    private static final Set<String> MATTERS =
            Set.of(("no not never none nothing nobody without unless until except only must"
                            + " should cannot can't don't won't isn't aren't wasn't doesn't didn't if before after over under above below more less"
                            + " least most first last all any each both between per from to by than same other another or nor off out again one"
                            + " two three new old next")
                    .split(" "));
    /** A word that says less than so many bits can go: about the first hundred of the table. */
    private static final double LEAST_BITS = 10.6;

    private Terse() {}

    /** The passage's text, shorter where it is a sentence. */
    public static String of(Passage passage) {
        if (passage.kind() != Kind.SENTENCE) {
            return passage.text();
        }
        String text = passage.text();
        StringBuilder terse = new StringBuilder();
        Matcher piece = PIECE.matcher(text);
        int at = 0;
        while (piece.find()) {
            String gap = text.substring(at, piece.start());
            String word = piece.group();
            at = piece.end();
            if (goes(word)) {
                char last = word.charAt(word.length() - 1);
                if (!Character.isLetter(last) && !terse.isEmpty() && endsWithLetter(terse)) {
                    terse.append(last); // the sentence, or its part, still ends
                }
                if (gap.indexOf('\n') >= 0) {
                    terse.append(gap);
                }
                continue;
            }
            terse.append(terse.isEmpty() && gap.isBlank() && gap.indexOf('\n') < 0 ? "" : gap)
                    .append(word);
        }
        return terse.append(text.substring(at)).toString();
    }

    private static boolean endsWithLetter(StringBuilder text) {
        return Character.isLetterOrDigit(text.charAt(text.length() - 1));
    }

    private static boolean goes(String word) {
        if (!WORD.matcher(word).matches()) {
            return false;
        }
        String bare = word.replaceAll("[.,;:!?]$", "").replace('’', '\'');
        boolean name = Character.isUpperCase(bare.charAt(0)) && !Words.isCommon(bare);
        String lower = bare.toLowerCase(Locale.ROOT);
        return !name && !MATTERS.contains(lower) && Frequencies.bits(lower) < LEAST_BITS;
    }

    /** Self-information of a text for each of its characters, in bits. */
    public static double density(String text) {
        double bits = 0;
        Matcher piece = PIECE.matcher(text);
        while (piece.find()) {
            bits += Frequencies.bits(piece.group().replaceAll("[.,;:!?]$", ""));
        }
        return bits / Math.max(1, text.length());
    }
}
