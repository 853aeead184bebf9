package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the text: as many tokens as by the encodings' own regular expressions. */
class PiecesTest {
    private static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final Encoding CL100K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);

    /** Letters of every case and of none, marks, digits, spaces, line ends, signs, and what contracts. */
    private static final String[] BITS = {
        "a",
        "B",
        "ǅ",
        "ʰ",
        "中",
        "文",
        "é",
        "e\u0301",
        "\u0301",
        "ß",
        "Ω",
        "я",
        "Я",
        "1",
        "23",
        "٣",
        "Ⅷ",
        "½",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\u00a0",
        "\u2003",
        "\u2028",
        "\u0085",
        "/",
        ".",
        ",",
        "!?",
        "'s",
        "'S",
        "'ll",
        "'LL",
        "'re",
        "'x",
        "'",
        "😀",
        "👩‍💻",
        "𝔸",
        "_",
        "$",
        "//",
        "()",
        "word",
        "Word",
        "WORD",
        "camelCase",
        "日本語の"
    };

    @Property(tries = 3000)
    void asManyAsByTheRegularExpressions(@ForAll Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i >= 0; i--) {
            text.append(BITS[random.nextInt(BITS.length)]);
        }

        assertThat(Vocabulary.O200K_BASE.count(text.toString()))
                .as(text.toString())
                .isEqualTo(O200K.countTokensOrdinary(text.toString()));
        assertThat(Vocabulary.CL100K_BASE.count(text.toString()))
                .as(text.toString())
                .isEqualTo(CL100K.countTokensOrdinary(text.toString()));
    }

    /** Which the encodings' own do not count at all. */
    @Test
    void halfOfASurrogatePairIsCountedToo() {
        assertThat(Vocabulary.O200K_BASE.count("a\ud800b")).isBetween(2, 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "ab", " ", "\n", "=", "漢", "9", "aB"})
    void aLongRunOfOneThingIsCountedQuickly(String bit) {
        String text = bit.repeat(20_000);

        assertThat(Vocabulary.O200K_BASE.count(text)).isEqualTo(O200K.countTokensOrdinary(text));
    }

    @Property(tries = 500)
    void aPartOfThatManyTokensIsFound(@ForAll Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 20 + random.nextInt(200); i >= 0; i--) {
            text.append(BITS[random.nextInt(BITS.length)]);
        }
        int most = 1 + random.nextInt(60);
        int from = text.offsetByCodePoints(0, random.nextInt(10));

        int to = Vocabulary.O200K_BASE.reach(text.toString(), from, most);

        assertThat(Vocabulary.O200K_BASE.count(text.substring(from, to))).isLessThanOrEqualTo(most);
    }
}
