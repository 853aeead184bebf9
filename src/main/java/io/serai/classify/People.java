package io.serai.classify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of people beside what tells one from another: a date of birth, a customer's number, a file about them. */
final class People implements Detector {
    static final String CATEGORY = "identity";
    private static final int REACH = 14;
    /** Whoever was born before is history. */
    private static final int OLDEST = 1915;

    private static final Pattern DATE =
            Pattern.compile("(?<!\\d)(?:((?:19|20)\\d\\d)[-/.](?:0?[1-9]|1[0-2])[-/.]\\d{1,2}"
                    + "|\\d{1,2}[-/.](?:0?[1-9]|1[0-2])[-/.]((?:19|20)?\\d\\d)|\\d{1,2}\\.? \\p{L}{3,10}\\.?,? ((?:19|20)\\d\\d)"
                    + "|\\p{Lu}\\p{L}{2,9} \\d{1,2}(?:st|nd|rd|th)?,? ((?:19|20)\\d\\d))(?!\\d)");

    @Override
    public void find(Words words, Findings found) {
        boolean born = false;
        for (Lexicon.Hit birth : words.hits("cue-birth")) {
            born |= isDated(words, birth);
        }
        if (born) {
            found.add(CATEGORY, hasName(words) ? 0.85 : 0.45);
        }
        for (Lexicon.Hit file : words.hits("cue-file-number")) {
            if (hasNumber(words, file.to()) && near(words, words.start(file.from()), REACH)) {
                found.add(CATEGORY, file.weight());
            }
        }
        for (Lexicon.Hit file : words.hits("cue-file")) {
            if (near(words, words.start(file.from()), REACH)) {
                found.add(CATEGORY, file.weight());
            }
        }
    }

    /** Among the next words. */
    private static boolean hasNumber(Words words, int from) {
        for (int i = from; i < Math.min(words.count(), from + 3); i++) {
            if (Character.isDigit(words.word(i).charAt(0))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDated(Words words, Lexicon.Hit birth) {
        int from = words.start(birth.from());
        int to = Math.min(words.text().length(), from + 40);
        Matcher date = DATE.matcher(words.text()).region(from, to);
        if (!date.find()) {
            return false;
        }
        for (int group = 1; group <= date.groupCount(); group++) {
            String year = date.group(group);
            if (year != null) {
                return year.length() < 4 || Integer.parseInt(year) >= OLDEST;
            }
        }
        return false;
    }

    private static boolean hasName(Words words) {
        for (int i = 0; i < words.count(); i++) {
            if (isName(words, i)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a person is named within so many words of a place in the text. */
    static boolean near(Words words, int place, int reach) {
        if (words.count() == 0) {
            return false;
        }
        int at = words.at(place);
        for (int i = Math.max(0, at - reach); i < Math.min(words.count(), at + reach); i++) {
            if (isName(words, i)) {
                return true;
            }
        }
        return false;
    }

    /** A title and a capital, or two capitals in a row that begin no sentence and that are no words of a form. */
    private static boolean isName(Words words, int index) {
        if (index + 1 >= words.count() || !words.isCapital(index + 1) || !words.sameSentence(index, index + 1)) {
            return isTitled(words, index);
        }
        if (isTitled(words, index)) {
            return true;
        }
        return words.isCapital(index)
                && isJustBlank(words, index)
                && isOrdinary(words, index)
                && isOrdinary(words, index + 1);
    }

    private static boolean isTitled(Words words, int index) {
        for (Lexicon.Hit title : words.hits("cue-title", index, index + 1)) {
            if (title.to() < words.count() && words.isCapital(title.to())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isJustBlank(Words words, int index) {
        int end = words.start(index) + words.word(index).length();
        return words.start(index + 1) == end + 1 && words.text().charAt(end) == ' ';
    }

    /** A capital and small letters, of a length that names have, and no word that stands in forms and at the start of sentences. */
    private static boolean isOrdinary(Words words, int index) {
        String word = words.word(index);
        if (word.length() < 2 || !word.chars().allMatch(Character::isLetter)) {
            return false;
        }
        return !words.isIn("not-a-name", index, index + 1)
                && !words.text()
                        .substring(words.start(index), words.start(index) + word.length())
                        .equals(word.toUpperCase(java.util.Locale.ROOT));
    }
}
