package io.serai.context;

import io.serai.context.Boundaries.Level;
import java.util.ArrayList;
import java.util.List;

/** Cuts texts. What is cut gives the text again when it is put together. */
public final class LongTexts {
    private LongTexts() {}

    /**
     * Pieces of a size, each as long as can be.
     *
     * @param tokens of a piece at most, above 0
     * @throws IndivisibleException when a code fence is longer
     */
    public static List<String> pieces(String text, long tokens, Tokens counting) throws IndivisibleException {
        if (tokens < 1) {
            throw new IndivisibleException("the system prompt and the question leave no room for anything else");
        }
        Boundaries boundaries = new Boundaries(text, counting);
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = boundaries.cut(from, tokens);
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    /**
     * A long text with the instruction that it holds, which people write first or last.
     *
     * @param head with which it begins, may be empty
     * @param bulk the rest
     * @param tail with which it ends, may be empty
     */
    record Instructed(String head, String bulk, String tail) {
        String instruction() {
            String first = head.strip();
            String last = tail.strip();
            return first.isEmpty() || last.isEmpty() ? first + last : first + "\n\n" + last;
        }
    }

    /**
     * The first and the last paragraph as far as they are short, else the first and the last sentence, else the words in
     * front.
     *
     * @param tokens that head and tail may have, each
     */
    static Instructed instructed(String text, long tokens, Tokens counting) throws IndivisibleException {
        Boundaries boundaries = new Boundaries(text, counting);
        int end = text.stripTrailing().length();
        for (Level level : List.of(Level.PARAGRAPH, Level.LINE_OR_SENTENCE)) {
            int begin = text.length() - text.stripLeading().length();
            int head = boundaries.first(level, begin);
            if (head >= end || counting.ofText(text.substring(0, head)) > tokens) {
                head = 0;
            }
            int tail = boundaries.last(level, head, Math.max(head, end - 1));
            if (tail == head || counting.ofText(text.substring(tail)) > tokens) {
                tail = text.length();
            }
            if (head > 0 || tail < text.length()) {
                return new Instructed(text.substring(0, head), text.substring(head, tail), text.substring(tail));
            }
        }
        int head = boundaries.cut(0, tokens);
        return new Instructed(text.substring(0, head), text.substring(head), "");
    }
}
