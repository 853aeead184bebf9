package io.serai.classify;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where people live: a street and a number, and with more certainty a postal code near them or somebody who lives there. */
final class Addresses implements Detector {
    static final String CATEGORY = "address";
    private static final double STREET = 0.4;
    private static final double WITH_CODE = 0.85;
    private static final double WITH_PERSON = 0.6;
    /** Characters between a street and its postal code. */
    private static final int REACH = 60;

    private static final String NAME = "\\p{Lu}[\\p{L}'’-]{1,30}+";
    /** 48 Larkspur Lane; 2206 Birchwood Ct. */
    private static final Pattern ENGLISH = Pattern.compile("(?<![\\w.,-])\\d{1,5}[A-Za-z]?,? (?:" + NAME + " ){1,3}"
            + "(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Court|Ct|Boulevard|Blvd|Way|Close|Place|Pl|Terrace|Crescent"
            + "|Gardens|Grove|Mews|Square|Row|Hill|Parkway|Pkwy|Circle|Cir|Trail|Highway|Hwy)\\b\\.?");
    /** Rosenheimer Straße 143b; Gartenstraße 8; Schillerstr. 27; Kerkstraat 12. */
    private static final Pattern GERMANIC = Pattern.compile("(?:" + NAME + "[ -]){0,2}"
            + "(?:\\p{Lu}?[\\p{L}-]{0,30}(?:straße|strasse|str\\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|gracht|plein)"
            + "|Straße|Strasse|Weg|Platz|Allee|Ring|Damm) \\d{1,4} ?[a-z]?(?![\\p{L}\\d])");
    /** 17 rue des Tilleuls. */
    private static final Pattern FRENCH =
            Pattern.compile("(?<!\\w)\\d{1,4}(?: (?:bis|ter))?,? (?:rue|avenue|boulevard|place"
                    + "|chemin|impasse|allée|quai|cours|route) [\\p{L}'’ -]{3,40}");
    /** Calle de Alcalá 211; Via Garibaldi 4; ul. Lipowa 12/4; Rua Augusta 100. */
    private static final Pattern ROMANCE =
            Pattern.compile("(?<!\\p{L})(?:[Cc]alle|C/|[Aa]venida|Avda\\.?|[Pp]laza|[Pp]aseo"
                    + "|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Rr]ua|[Uu]l\\.|[Aa]l\\.) (?:[\\p{L}'’.]{1,30}+ ){1,5}n?º? ?\\d{1,4}(?!\\d)"
                    + "|(?<!\\p{L})(?:[Cc]alle|[Vv]ia|[Rr]ua) (?:[\\p{L}'’.]{1,30}+,? ){1,5}\\d{1,4}(?!\\d)");
    /** ZIP behind a state, British, Dutch, Polish and Portuguese codes, and five digits before a town. */
    private static final Pattern CODE =
            Pattern.compile("\\b(?:[A-Z]{2} \\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}"
                    + "|\\d{4} ?[A-Z]{2}|\\d{2}-\\d{3} \\p{Lu}|\\d{4}-\\d{3} \\p{Lu}|\\d{5} \\p{Lu}\\p{L}|\\p{Lu}\\p{Ll}{3,} \\d{5}"
                    + "|\\d{4} \\p{Lu}\\p{Ll}{2})");

    private static final List<String> GERMANIC_ENDS = List.of(
            "straße", "strasse", "str", "weg", "platz", "allee", "gasse", "ring", "damm", "ufer", "straat", "laan",
            "gracht", "plein");

    @Override
    public void find(Words words, Findings found) {
        for (Lexicon.Hit street : words.hits("street")) {
            around(words, street.from(), ENGLISH, found);
            around(words, street.from(), FRENCH, found);
            around(words, street.from(), ROMANCE, found);
        }
        for (int i = 0; i + 1 < words.count(); i++) {
            if (Character.isDigit(words.word(i + 1).charAt(0)) && isGermanic(words.word(i))) {
                around(words, i, GERMANIC, found);
            }
        }
    }

    private static boolean isGermanic(String word) {
        for (String end : GERMANIC_ENDS) {
            if (word.endsWith(end)) {
                return true;
            }
        }
        return false;
    }

    private static void around(Words words, int index, Pattern street, Findings found) {
        int at = words.start(index);
        Matcher match = street.matcher(words.text())
                .region(Math.max(0, at - REACH), Math.min(words.text().length(), at + REACH))
                .useTransparentBounds(true);
        while (match.find()) {
            found.add(CATEGORY, score(words, match));
        }
    }

    private static double score(Words words, Matcher street) {
        String text = words.text();
        int from = Math.max(0, street.start() - REACH);
        int to = Math.min(text.length(), street.end() + REACH);
        if (words.near("cue-landmark", street.start(), street.end(), 1, 1)) {
            return 0.2;
        }
        if (CODE.matcher(text).region(street.end(), to).find()
                || CODE.matcher(text).region(from, street.start()).find()) {
            return WITH_CODE;
        }
        boolean person =
                words.near("cue-lives", street.start(), street.end(), 8, 4) || People.near(words, street.start(), 8);
        return person ? WITH_PERSON : STREET;
    }
}
