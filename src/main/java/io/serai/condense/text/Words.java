package io.serai.condense.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a text as they are compared: lower case, without endings; names of code whole and in their pieces. */
public final class Words {
    private static final Pattern TOKEN = Pattern.compile("[\\p{L}\\p{N}_]++(?:[.\\-/:@#'][\\p{L}\\p{N}_]++)*+");
    private static final Pattern PIECE =
            Pattern.compile("\\p{Lu}{2,}(?!\\p{Ll})|\\p{Lu}?\\p{Ll}+|\\p{Lo}+|\\p{N}+|\\p{Lu}");

    private static final Set<String> COMMON =
            Set.of(("a about above after again all also am an and any are as at be because been before being below "
                            + "between both but by can could did do does doing done down during each else few for from further get "
                            + "give given go going gone got had has have having he her here hers him his how i if in into is it its "
                            + "itself just let like me mentioned might more most my no nor not now of off on once one only or other "
                            + "our out over own please remind said same say she should so some such tell than that the their them "
                            + "then there these they this those through to too under until up upon us used using very was we were "
                            + "what when where which while who whom why will with would yes you your yours exactly earlier ago ok "
                            + "okay thing things s t re ll ve m d")
                    .split(" "));
    private static final List<String> ENDINGS = List.of(
            "ations", "ation", "ments", "ment", "ness", "ating", "ates", "ated", "ings", "ing", "ies", "ied", "ers",
            "er", "ors", "or", "ed", "es", "ly", "s", "e", "y");
    private static final int SHORTEST = 3;

    private Words() {}

    /** Every word that says something, as often as it is there. */
    public static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            String whole = token.group();
            String lower = whole.toLowerCase(Locale.ROOT);
            boolean name = whole.length() > 1 && !isPlain(whole);
            if (name) {
                words.add(lower);
            }
            Matcher piece = PIECE.matcher(whole);
            while (piece.find()) {
                String word = piece.group().toLowerCase(Locale.ROOT);
                if (!COMMON.contains(word) && (!name || !word.equals(lower))) {
                    words.add(stem(word));
                }
            }
        }
        return words;
    }

    /** One word, not a name of code, a number with a unit, or the like. */
    static boolean isPlain(String token) {
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (!Character.isLetter(c)
                    || i > 0 && Character.isUpperCase(c) && !Character.isUpperCase(token.charAt(0))) {
                return false;
            }
        }
        return true;
    }

    public static boolean isCommon(String word) {
        return COMMON.contains(word.toLowerCase(Locale.ROOT));
    }

    private static String stem(String word) {
        for (String ending : ENDINGS) {
            if (word.endsWith(ending) && word.length() - ending.length() >= SHORTEST) {
                String stem = word.substring(0, word.length() - ending.length());
                int last = stem.length() - 1;
                boolean doubled = last > 2 && stem.charAt(last) == stem.charAt(last - 1) && ending.length() > 1;
                return doubled && stem.charAt(last) != 'l' && stem.charAt(last) != 's' ? stem.substring(0, last) : stem;
            }
        }
        return word;
    }
}
