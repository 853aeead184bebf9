package io.serai.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ids are those that Hugging Face's own tokenizer (ai.djl.huggingface:tokenizers 0.36.0) gives with the same file. */
final class WordPiecesTest {
    private static WordPieces pieces;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream in = WordPiecesTest.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
            pieces = WordPieces.read(in);
        }
    }

    @Test
    void aSentence() {
        assertThat(pieces.ids("Write a Python function that reverses a linked list."))
                .containsExactly(4339, 1037, 18750, 3853, 2008, 7901, 2015, 1037, 5799, 2862, 1012);
    }

    @Test
    void accentsChineseLongWordsAndSigns() {
        assertThat(pieces.ids("Café naïve résumé – l'été; 東京 unaffable supercalifragilisticexpialidocious \u00a0 $5.00"
                        + " 😀!"))
                .containsExactly(
                        7668, 15743, 13746, 1516, 1048, 1005, 3802, 2063, 1025, 1879, 1755, 14477, 20961, 3468, 3565,
                        9289, 10128, 29181, 24411, 4588, 10288, 19312, 21273, 10085, 6313, 1002, 1019, 1012, 4002, 100,
                        999);
    }

    @Test
    void rareLettersAndHiddenCharacters() {
        assertThat(pieces.ids("STRASSE ß İstanbul ﬁne x\u200dy a\u0301\tb\u2028c"))
                .containsExactly(2358, 8180, 3366, 1096, 9960, 1984, 2638, 1060, 2100, 1037, 1038, 1039);
    }

    @Test
    void codeAndOtherScripts() {
        assertThat(pieces.ids("def f(x):\n    return x**2  # ok"))
                .containsExactly(13366, 1042, 1006, 1060, 1007, 1024, 2709, 1060, 1008, 1008, 1016, 1001, 7929);
        assertThat(pieces.ids("안녕하세요 мир ñandú ½ ™"))
                .containsExactly(
                        1463, 30006, 30021, 29992, 30010, 30025, 30005, 30006, 29997, 30009, 29999, 30013, 1191, 10325,
                        16856, 16660, 8566, 1092, 1580);
    }

    @Test
    void nothingHasNoIdsAndAnEndlessWordHasOne() {
        assertThat(pieces.ids(" ")).isEmpty();
        assertThat(pieces.ids("a".repeat(101))).containsExactly(100);
    }
}
