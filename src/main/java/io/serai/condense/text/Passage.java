package io.serai.condense.text;

import org.jspecify.annotations.Nullable;

/**
 * A piece of a conversation that stays or goes as a whole. The texts of a message's passages, one after another, are its text.
 *
 * @param message index of the message
 * @param part index in the message's list of content, -1 where the content is one text
 * @param text with the white space behind it; of what is no text a word for it in brackets
 * @param fence the block that it is from, null outside
 * @param tokens of the text
 */
public record Passage(
        int message,
        int part,
        Kind kind,
        String text,
        @Nullable Fence fence,
        long tokens) {
    public enum Kind {
        SENTENCE,
        /** Of a log, a list, a table, JSON. */
        LINE,
        CODE,
        /** No text, or a message that may not be changed. */
        WHOLE
    }

    /** The marks of a block of code, each with its line's end. */
    public record Fence(String open, String close) {}

    boolean isText() {
        return kind != Kind.WHOLE;
    }
}
