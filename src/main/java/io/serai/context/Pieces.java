package io.serai.context;

/**
 * Where OpenAI's encodings cut a text before they look for tokens: their patterns
 * (https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py), read by hand, for a regular expression takes
 * longer over them than the search for the tokens. A piece's tokens depend on nothing around it.
 */
final class Pieces {
    private static final int UPPER = 1; // Lu, Lt
    private static final int LOWER = 2; // Ll
    private static final int CASELESS = 4; // Lm, Lo
    private static final int MARK = 8; // Mn, Mc, Me
    private static final int NUMBER = 16;
    private static final int SPACE = 32;
    private static final int LINE_END = 64; // a space too
    private static final int OTHER = 128;

    private static final int LETTER = UPPER | LOWER | CASELESS;
    private static final int EITHER = CASELESS | MARK; // may stand among capitals and among small letters
    private static final int MOST_DIGITS = 3;
    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < ASCII.length; c++) {
            ASCII[c] = (byte) look(c);
        }
    }

    private final String text;
    private final boolean byCase;

    /** @param byCase whether a capital letter begins another piece, as in o200k_base; else a word is a piece, as in cl100k_base */
    Pieces(String text, boolean byCase) {
        this.text = text;
        this.byCase = byCase;
    }

    /** The end of the piece that begins at {@code from}, which is not the text's end. */
    int end(int from) {
        int first = text.codePointAt(from);
        int kind = kind(first);
        int next = from + Character.charCount(first);
        int word = byCase ? word(from, next, kind) : plainWord(from, next, kind);
        if (word > from) {
            return word;
        }
        if ((kind & NUMBER) != 0) {
            return digits(next);
        }
        int signs = signs(first == ' ' ? next : from);
        if (signs > (first == ' ' ? next : from)) {
            return signs;
        }
        return spaces(from);
    }

    /** A word with at most one character before it that is no letter, digit or line end; {@code from} when there is none. */
    private int word(int from, int next, int kind) {
        if ((kind & (NUMBER | LINE_END)) != 0) {
            return from;
        }
        int begin = (kind & LETTER) != 0 ? from : next;
        int at = begin;
        int afterEither = -1;
        int k = kindAt(at);
        while ((k & (UPPER | EITHER)) != 0) {
            at += width(at);
            afterEither = (k & EITHER) != 0 ? at : afterEither;
            k = kindAt(at);
        }
        int end;
        if ((k & LOWER) != 0) {
            while ((k & (LOWER | EITHER)) != 0) {
                at += width(at);
                k = kindAt(at);
            }
            end = at;
        } else if (afterEither > 0) {
            end = afterEither;
        } else if ((kind & MARK) != 0) {
            end = next;
        } else if (at > begin) {
            end = at;
        } else {
            return from;
        }
        return end + contraction(end);
    }

    private int plainWord(int from, int next, int kind) {
        int contraction = contraction(from);
        if (contraction > 0) {
            return from + contraction;
        }
        if ((kind & (NUMBER | LINE_END)) != 0) {
            return from;
        }
        int begin = (kind & LETTER) != 0 ? from : next;
        int at = begin;
        while ((kindAt(at) & LETTER) != 0) {
            at += width(at);
        }
        return at > begin ? at : from;
    }

    /** The length of {@code 's}, {@code 'll} and the like there; 0 when there is none. */
    private int contraction(int at) {
        if (at + 1 >= text.length() || text.charAt(at) != '\'') {
            return 0;
        }
        return switch (small(at + 1)) {
            case 's', 't', 'm', 'd' -> 2;
            case 'r', 'v' -> small(at + 2) == 'e' ? 3 : 0;
            case 'l' -> small(at + 2) == 'l' ? 3 : 0;
            default -> 0;
        };
    }

    private char small(int at) {
        char c = at < text.length() ? text.charAt(at) : 0;
        return c == '\u017f' ? 's' : c < 0x80 ? Character.toLowerCase(c) : c; // the long s folds to s
    }

    private int digits(int next) {
        int at = next;
        for (int n = 1; n < MOST_DIGITS && (kindAt(at) & NUMBER) != 0; n++) {
            at += width(at);
        }
        return at;
    }

    /** Punctuation and the like with the line ends behind it. */
    private int signs(int begin) {
        int at = begin;
        while ((kindAt(at) & (OTHER | MARK)) != 0) {
            at += width(at);
        }
        if (at > begin) {
            while (at < text.length() && isLineEnd(text.charAt(at))) {
                at++;
            }
        }
        return at;
    }

    private boolean isLineEnd(char c) {
        return c == '\n' || c == '\r' || byCase && c == '/';
    }

    /** Up to the last line end among them, else all at the text's end, else all but the one before the next word. */
    private int spaces(int from) {
        int at = from;
        int afterLine = -1;
        for (int k = kindAt(at); (k & SPACE) != 0; k = kindAt(at)) {
            at++; // none is outside the first 65,536 characters
            afterLine = (k & LINE_END) != 0 ? at : afterLine;
        }
        if (afterLine > 0) {
            return afterLine;
        }
        return at == text.length() || at == from + 1 ? at : at - 1;
    }

    private int width(int at) {
        return text.charAt(at) < 0x80 ? 1 : Character.charCount(text.codePointAt(at));
    }

    /** 0 at the text's end. */
    private int kindAt(int at) {
        if (at >= text.length()) {
            return 0;
        }
        char c = text.charAt(at);
        return c < 0x80 ? ASCII[c] & 0xff : kind(text.codePointAt(at));
    }

    private static int kind(int character) {
        return character < 0x80 ? ASCII[character] & 0xff : look(character);
    }

    private static int look(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> UPPER;
            case Character.LOWERCASE_LETTER -> LOWER;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> CASELESS;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> MARK;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default -> c == '\n' || c == '\r' ? SPACE | LINE_END : c >= '\t' && c <= '\f' || c == 0x85 ? SPACE : OTHER;
        };
    }
}
