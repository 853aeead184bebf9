package io.serai.classify;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a text that are long enough to name somebody: digits, with blanks, points, hyphens, slashes and brackets between
 * groups of them, and no letter on either side.
 */
final class Numbers {
    private static final int SHORTEST = 7;
    private static final int MOST_BETWEEN = 2;
    /** Groups of one number; where more stand in a row it is a table, which is read in pieces that overlap. */
    private static final int MOST_GROUPS = 8;

    private static final int OVERLAP = 4;
    /** Digits without anything between; more name nobody. */
    private static final int MOST_DIGITS = 40;

    private Numbers() {}

    /**
     * @param from in the text, the sign or bracket in front included
     * @param to behind the last digit
     * @param written as it stands there
     * @param digits of all groups
     * @param groups the lengths of the groups, in their order
     */
    record Number(int from, int to, String written, String digits, List<Integer> groups) {
        boolean isInternational() {
            return written.startsWith("+");
        }

        /** The digits of some neighbouring groups. */
        String digits(int firstGroup, int behindLast) {
            int from = 0;
            for (int i = 0; i < firstGroup; i++) {
                from += groups.get(i);
            }
            int to = from;
            for (int i = firstGroup; i < behindLast; i++) {
                to += groups.get(i);
            }
            return digits.substring(from, to);
        }
    }

    static List<Number> in(String text) {
        List<Number> numbers = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            if (!isDigit(text.charAt(i))) {
                i++;
                continue;
            }
            int end = end(text, i);
            int from = begin(text, i);
            if (!isWordBefore(text, from) && !isWordBehind(text, end)) {
                pieces(text, from, end, numbers);
            }
            i = end;
        }
        return numbers;
    }

    /** Behind the last digit of the run that begins here. */
    private static int end(String text, int from) {
        int last = from;
        int between = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isDigit(c)) {
                last = i;
                between = 0;
            } else if (!isSeparator(c) || ++between > MOST_BETWEEN) {
                break;
            }
        }
        return last + 1;
    }

    private static int begin(String text, int digit) {
        int from = digit;
        if (from > 0 && text.charAt(from - 1) == '(') {
            from--;
        }
        return from > 0 && text.charAt(from - 1) == '+' ? from - 1 : from;
    }

    private static void pieces(String text, int from, int to, List<Number> numbers) {
        List<int[]> groups = new ArrayList<>(); // where each begins and ends
        for (int i = from; i < to; ) {
            int end = i;
            while (end < to && isDigit(text.charAt(end))) {
                end++;
            }
            if (end > i) {
                groups.add(new int[] {i, end});
            }
            i = Math.max(end, i + 1);
        }
        for (int first = 0; first == 0 || first + OVERLAP < groups.size(); first += OVERLAP) {
            List<int[]> some = groups.subList(first, Math.min(groups.size(), first + MOST_GROUPS));
            add(text, first == 0 ? from : some.getFirst()[0], some, numbers);
        }
    }

    private static void add(String text, int from, List<int[]> some, List<Number> numbers) {
        StringBuilder digits = new StringBuilder();
        List<Integer> groups = new ArrayList<>(some.size());
        for (int[] group : some) {
            if (group[1] - group[0] > MOST_DIGITS) {
                return;
            }
            digits.append(text, group[0], group[1]);
            groups.add(group[1] - group[0]);
        }
        if (digits.length() >= SHORTEST) {
            int to = some.getLast()[1];
            numbers.add(new Number(from, to, text.substring(from, to), digits.toString(), groups));
        }
    }

    /** ASCII only: other scripts' digits would not fit the schemes. */
    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSeparator(char c) {
        return c == ' ' || c == '\u00a0' || c == '.' || c == '-' || c == '/' || c == '(' || c == ')';
    }

    private static boolean isWordBefore(String text, int from) {
        return from > 0 && isWord(text.charAt(from - 1));
    }

    private static boolean isWordBehind(String text, int to) {
        return to < text.length() && isWord(text.charAt(to));
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '@' || c == '#' || c == '$';
    }
}
