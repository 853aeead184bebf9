package io.serai.models.list;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.config.DeclaredPrices;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes values out of what a provider said; what can't be true reads as not said. */
final class Said {
    private static final int LONGEST_ID = 256;
    private static final int LONGEST_TEXT = 4_000;
    private static final int LONGEST_WORD = 64;
    private static final int MOST_WORDS = 100;
    /** Tokens; more than any model has. */
    private static final int MOST_TOKENS = 100_000_000;

    private Said() {}

    /** Whether a client could ask for it: printable, without blanks. */
    static boolean isId(String id) {
        return !id.isEmpty() && id.length() <= LONGEST_ID && id.codePoints().allMatch(Said::printable);
    }

    static boolean isWord(String word) {
        return word.length() <= LONGEST_WORD && isId(word);
    }

    private static boolean printable(int c) {
        return c > ' '
                && c != 0x7f
                && !Character.isISOControl(c)
                && !Character.isWhitespace(c)
                && Character.isDefined(c);
    }

    /** The first of the fields that holds a number of tokens. */
    static @Nullable Integer tokens(JsonNode node, String... fields) {
        for (String field : fields) {
            JsonNode value = node.path(field);
            if (value.isNumber() && value.canConvertToLong()) {
                long tokens = value.asLong();
                if (tokens > 0 && tokens <= MOST_TOKENS) {
                    return (int) tokens;
                }
            }
        }
        return null;
    }

    /** A number, or the text of one, in US dollars for one token. Below 0 stands for "it depends" at OpenRouter. */
    static @Nullable BigDecimal usdAToken(JsonNode value) {
        return usd(value, DeclaredPrices.MOST_A_TOKEN);
    }

    static @Nullable BigDecimal usd(JsonNode value) {
        return usd(value, DeclaredPrices.MOST_A_PIECE);
    }

    private static @Nullable BigDecimal usd(JsonNode value, BigDecimal most) {
        String text = value.isNumber() || value.isTextual() ? value.asText().strip() : "";
        if (!text.matches("\\d{1,12}(\\.\\d{1,20})?([eE][-+]?\\d{1,2})?")) {
            return null;
        }
        BigDecimal usd = new BigDecimal(text);
        return usd.compareTo(most) > 0 ? null : usd;
    }

    static @Nullable String text(JsonNode value) {
        if (!value.isTextual() || value.asText().isBlank()) {
            return null;
        }
        String text = value.asText().strip().replaceAll("\\p{Cntrl}+", " ");
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    /** Short printable words, each once. */
    static List<String> words(JsonNode list) {
        List<String> words = new ArrayList<>();
        for (JsonNode item : list) {
            if (item.isTextual()) {
                add(words, item.asText());
            }
        }
        return words;
    }

    /** The words of {@code text+image}. */
    static List<String> words(String joined) {
        List<String> words = new ArrayList<>();
        for (String word : joined.split("\\+", MOST_WORDS)) {
            add(words, word);
        }
        return words;
    }

    private static void add(List<String> words, String word) {
        if (isWord(word) && words.size() < MOST_WORDS && !words.contains(word)) {
            words.add(word);
        }
    }
}
