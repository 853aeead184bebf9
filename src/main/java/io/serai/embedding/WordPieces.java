package io.serai.embedding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * BERT's uncased tokenizer: lower case without accents, split at spaces, punctuation and Chinese characters, each word then in
 * the longest pieces that the vocabulary has. As described in google-research/bert, tokenization.py; the vocabulary is that of
 * the model's {@code tokenizer.json}.
 */
final class WordPieces {
    private static final int LONGEST_WORD = 100; // the file's max_input_chars_per_word

    private final Map<String, Integer> vocabulary;
    private final int unknown;

    WordPieces(Map<String, Integer> vocabulary) {
        this.vocabulary = vocabulary;
        this.unknown = id("[UNK]");
    }

    /** Reads {@code model.vocab} of a tokenizer.json. */
    static WordPieces read(InputStream file) throws IOException {
        Map<String, Integer> vocabulary = HashMap.newHashMap(32_000);
        try (JsonParser parser = new JsonFactory().createParser(file)) {
            while (!(parser.nextToken() == JsonToken.FIELD_NAME
                    && parser.currentName().equals("vocab"))) {
                if (parser.currentToken() == null) {
                    throw new IOException("the tokenizer has no vocabulary");
                }
            }
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                vocabulary.put(parser.currentName(), parser.nextIntValue(-1));
            }
        }
        return new WordPieces(vocabulary);
    }

    /** The number of a piece. */
    int id(String piece) {
        Integer id = vocabulary.get(piece);
        if (id == null) {
            throw new IllegalArgumentException("the vocabulary has no " + piece);
        }
        return id;
    }

    int[] ids(String text) {
        int[] ids = new int[Math.max(16, text.length() / 3)];
        int count = 0;
        StringBuilder word = new StringBuilder();
        String plain = plain(text);
        for (int i = 0; i <= plain.length(); ) {
            int c = i < plain.length() ? plain.codePointAt(i) : ' ';
            i += Character.charCount(c);
            boolean alone = alone(c);
            if (!alone && !Character.isWhitespace(c)) {
                word.appendCodePoint(c);
                continue;
            }
            ids = room(ids, count + word.length() + 1);
            count = pieces(word.toString(), ids, count);
            word.setLength(0);
            if (alone) {
                count = pieces(Character.toString(c), ids, count);
            }
        }
        return Arrays.copyOf(ids, count);
    }

    private static int[] room(int[] ids, int needed) {
        return needed <= ids.length ? ids : Arrays.copyOf(ids, Math.max(needed, ids.length * 2));
    }

    private int pieces(String word, int[] ids, int count) {
        if (word.isEmpty()) {
            return count;
        }
        int at = count;
        int start = 0;
        while (start < word.length() && word.length() <= LONGEST_WORD) {
            int end = word.length();
            Integer id = null;
            for (; end > start && id == null; end--) {
                id = vocabulary.get(start == 0 ? word.substring(0, end) : "##" + word.substring(start, end));
            }
            if (id == null) {
                break;
            }
            ids[at++] = id;
            start = end + 1;
        }
        if (start >= word.length()) {
            return at;
        }
        ids[count] = unknown;
        return count + 1;
    }

    /** Lower case, no accents, no control characters, every kind of space as one. */
    private static String plain(String text) {
        String decomposed = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
        StringBuilder plain = new StringBuilder(decomposed.length());
        decomposed.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (c == '\t' || c == '\n' || c == '\r' || type == Character.SPACE_SEPARATOR) {
                plain.append(' ');
            } else if (c != 0
                    && c != 0xFFFD
                    && type != Character.NON_SPACING_MARK
                    && type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.PRIVATE_USE
                    && type != Character.SURROGATE) {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }

    /** Whether the character is a word by itself: punctuation in BERT's wide sense, or Chinese. */
    private static boolean alone(int c) {
        if (c >= 33 && c <= 47 || c >= 58 && c <= 64 || c >= 91 && c <= 96 || c >= 123 && c <= 126) {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> chinese(c);
        };
    }

    private static boolean chinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }
}
