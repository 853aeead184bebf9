package io.serai.call;

/**
 * Text of clients and providers made fit for a log: nothing in it can begin a new line, move a terminal's cursor or fill the
 * disk.
 */
public final class LogText {
    private static final int LONGEST = 1_000;

    /** Characters of a name, for it may be a client's own text. */
    private static final int LONGEST_NAME = 100;

    private LogText() {}

    /** A model's name as a part of a list, where blanks and commas would mean something. */
    public static String name(String name) {
        return of(name.substring(0, Math.min(LONGEST_NAME, name.length())))
                .replace(' ', '_')
                .replace(',', '_');
    }

    public static String of(String text) {
        int length = Math.min(text.length(), LONGEST);
        StringBuilder clean = null;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || isDirection(c)) {
                if (clean == null) {
                    clean = new StringBuilder(text.substring(0, length));
                }
                clean.setCharAt(i, '?');
            }
        }
        String shown = clean == null ? text : clean.toString();
        return text.length() > LONGEST ? shown.substring(0, LONGEST) + "..." : shown;
    }

    /** Makes the rest of a line read backwards, or as if it did. */
    private static boolean isDirection(char c) {
        return c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
    }
}
