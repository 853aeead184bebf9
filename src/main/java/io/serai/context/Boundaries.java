package io.serai.context;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Where a text may be cut: between paragraphs, lines and sentences, else between words or characters, never in a code fence. */
final class Boundaries {
    /** CommonMark 0.31, section 4.5: up to three spaces, three backticks or tildes at least. */
    private static final Pattern FENCE = Pattern.compile("(?m)^ {0,3}(`{3,}(?=[^`\\n]*$)|~{3,})([^\\n]*)(?:\\n|\\z)");

    private static final String ENDS = ".!?…。！？";
    private static final String WIDE_ENDS = "。！？";
    private static final String CLOSERS = "\"')]}»”’";

    /** From the strongest to the weakest. */
    enum Level {
        PARAGRAPH,
        LINE_OR_SENTENCE,
        WORD,
        CHARACTER
    }

    private final String text;
    private final Tokens counting;
    private final List<int[]> fences;

    Boundaries(String text, Tokens counting) {
        this.text = text;
        this.counting = counting;
        this.fences = fences(text);
    }

    /** A line that may open a fence. */
    private record Mark(int start, int end, char of, int count, boolean closes) {}

    /** One that is not closed is no fence: else a stray row of backticks would make the rest of a text indivisible. */
    private static List<int[]> fences(String text) {
        List<Mark> marks = FENCE.matcher(text).results().map(Boundaries::mark).toList();
        int[] longest = new int[marks.size() + 1]; // of the closing ones from here on, so that no search is in vain
        int[] longestTilde = new int[marks.size() + 1];
        for (int i = marks.size() - 1; i >= 0; i--) {
            Mark mark = marks.get(i);
            longest[i] = Math.max(longest[i + 1], mark.closes && mark.of == '`' ? mark.count : 0);
            longestTilde[i] = Math.max(longestTilde[i + 1], mark.closes && mark.of == '~' ? mark.count : 0);
        }
        List<int[]> found = new ArrayList<>();
        for (int i = 0; i < marks.size(); i++) {
            Mark open = marks.get(i);
            if ((open.of == '`' ? longest : longestTilde)[i + 1] < open.count) {
                continue;
            }
            do {
                i++;
            } while (!marks.get(i).closes || marks.get(i).of != open.of || marks.get(i).count < open.count);
            found.add(new int[] {open.start, marks.get(i).end});
        }
        return found;
    }

    private static Mark mark(MatchResult line) {
        String mark = line.group(1);
        return new Mark(
                line.start(),
                line.end(),
                mark.charAt(0),
                mark.length(),
                line.group(2).isBlank());
    }

    /**
     * The end of a piece that begins at {@code from}, within a size.
     *
     * @param tokens at most
     * @throws IndivisibleException when the code fence that begins there is longer
     */
    int cut(int from, long tokens) throws IndivisibleException {
        int end = counting.reach(text, from, tokens);
        if (end == text.length()) {
            return end;
        }
        for (int least : new int[] {from + (end - from) / 4, from}) { // rather a sentence than a very short piece
            for (Level level : Level.values()) {
                int at = last(level, least, end);
                if (at > least) {
                    return at;
                }
            }
        }
        throw new IndivisibleException("a code block in it is longer than a part may be");
    }

    /** The last place of the level in {@code (from, to]}; {@code from} when there is none. */
    int last(Level level, int from, int to) {
        for (int at = to; at > from; at--) {
            if (is(level, at)) {
                return at;
            }
        }
        return from;
    }

    /** The first place of the level after {@code from}; the text's end when there is none. */
    int first(Level level, int from) {
        for (int at = from + 1; at < text.length(); at++) {
            if (is(level, at)) {
                return at;
            }
        }
        return text.length();
    }

    private boolean is(Level level, int at) {
        char before = text.charAt(at - 1);
        boolean so = switch (level) {
            case PARAGRAPH -> before == '\n' && isBlankLineBefore(at) && !isLineEndAt(at);
            case LINE_OR_SENTENCE ->
                before == '\n'
                        || WIDE_ENDS.indexOf(before) >= 0
                        || Character.isWhitespace(before) && endsSentence(at - 1);
            case WORD -> Character.isWhitespace(before);
            case CHARACTER ->
                at == text.length()
                        || !(Character.isHighSurrogate(before) && Character.isLowSurrogate(text.charAt(at)));
        };
        return so && !inFence(at);
    }

    private boolean isBlankLineBefore(int at) {
        int i = at - 2;
        while (i >= 0 && (text.charAt(i) == ' ' || text.charAt(i) == '\t' || text.charAt(i) == '\r')) {
            i--;
        }
        return i >= 0 && text.charAt(i) == '\n';
    }

    private boolean isLineEndAt(int at) {
        return at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r');
    }

    private boolean endsSentence(int whitespace) {
        int i = whitespace - 1;
        while (i >= 0 && CLOSERS.indexOf(text.charAt(i)) >= 0) {
            i--;
        }
        return i >= 0 && ENDS.indexOf(text.charAt(i)) >= 0;
    }

    private boolean inFence(int at) {
        int low = 0;
        int high = fences.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int[] fence = fences.get(middle);
            if (at <= fence[0]) {
                high = middle - 1;
            } else if (at >= fence[1]) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }
}
