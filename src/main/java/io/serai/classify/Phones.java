package io.serai.classify;

import java.util.List;
import java.util.regex.Pattern;

/** Telephone numbers: by an international prefix, by how a country writes them, or by a word in front. */
final class Phones implements Detector {
    static final String CATEGORY = "phone";
    private static final int SHORTEST = 8;
    private static final int LONGEST = 15; // ITU-T E.164
    private static final Pattern NORTH_AMERICA =
            Pattern.compile("(?:\\+?1[ .-]?)?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[ .-])[2-9]\\d\\d[ .-]\\d{4}");
    private static final Pattern NATIONAL =
            Pattern.compile("0[1-9]\\d{0,4}(?:[ /-]\\d{2,8}){1,5}|0[1-9](?:[ .]\\d\\d){4}");
    private static final Pattern DATE = Pattern.compile(
            "(?:19|20)\\d\\d[-./ ]\\d\\d?[-./ ]\\d\\d?.*|\\d\\d?[-./]\\d\\d?[-./](?:19|20)\\d\\d.*", Pattern.DOTALL);
    /** Groups of at most three digits with points: an address of a network, or a version. */
    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3})+");

    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,4}\\.\\d{3,}");
    /** For films and examples. */
    private static final String FICTION = "555";

    @Override
    public void find(Words words, Findings found) {
        for (Numbers.Number number : words.numbers()) {
            found.add(CATEGORY, score(words, number));
        }
    }

    private static double score(Words words, Numbers.Number number) {
        String written = number.written();
        int length = number.digits().length();
        if (length < SHORTEST - 1 || length > LONGEST || isSomethingElse(words, number)) {
            return 0;
        }
        boolean named = words.near("cue-phone", number.from(), number.to(), 5, 1);
        boolean other = words.near("cue-number", number.from(), number.to(), 3, 0);
        if (number.isInternational()) {
            return length < SHORTEST ? 0 : named ? 0.95 : 0.8;
        }
        if (named && !other) {
            return 0.85;
        }
        if (other) {
            return 0;
        }
        if (NORTH_AMERICA.matcher(written).matches()) {
            return 0.7;
        }
        return NATIONAL.matcher(written).matches() && length >= 9 && length <= 13 ? 0.6 : 0;
    }

    private static boolean isSomethingElse(Words words, Numbers.Number number) {
        String written = number.written();
        return DATE.matcher(written).matches()
                || DOTTED.matcher(written).matches()
                || DECIMAL.matcher(written).matches()
                || isFiction(number)
                || followsPoint(words.text(), number.from());
    }

    private static boolean isFiction(Numbers.Number number) {
        List<Integer> groups = number.groups();
        String digits = number.digits();
        String national = digits.length() == 11 && digits.startsWith("1") ? digits.substring(1) : digits;
        boolean american = national.length() == 7
                || national.length() == 10 && !number.isInternational()
                || number.isInternational() && digits.length() == 11 && digits.startsWith("1");
        return american
                && groups.size() < 5
                && (national.startsWith(FICTION) || national.length() == 10 && national.startsWith(FICTION, 3));
    }

    /** The rest of a fraction, or of a name with points. */
    private static boolean followsPoint(String text, int from) {
        return from > 1 && text.charAt(from - 1) == '.' && Character.isLetterOrDigit(text.charAt(from - 2));
    }
}
