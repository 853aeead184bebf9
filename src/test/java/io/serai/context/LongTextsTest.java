package io.serai.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongTextsTest {
    private static final Tokens COUNTING = new Tokenizers().named("gpt-4o");

    @Test
    void aParagraphIsRatherEndedThanASentence() throws Exception {
        assertThat(LongTexts.pieces("One. Two.\n\nThree. Four. Five.", 9, COUNTING))
                .containsExactly("One. Two.\n\n", "Three. Four. Five.");
    }

    @Test
    void aSentenceIsRatherEndedThanAWord() throws Exception {
        assertThat(LongTexts.pieces("He said \"no.\" She did not know why.", 11, COUNTING))
                .containsExactly("He said \"no.\" ", "She did not know why.");
    }

    @Test
    void aLineIsRatherEndedThanAWord() throws Exception {
        assertThat(LongTexts.pieces("a=1 b=2\nc=3 d=4 e=5", 14, COUNTING)).containsExactly("a=1 b=2\n", "c=3 d=4 e=5");
    }

    @Test
    void sentencesEndInOtherScriptsToo() throws Exception {
        assertThat(LongTexts.pieces("今日は晴れ。明日は雨。", 9, COUNTING)).containsExactly("今日は晴れ。", "明日は雨。");
    }

    @Test
    void aTextWithoutAnyBoundaryIsCutBetweenCharacters() throws Exception {
        List<String> pieces = LongTexts.pieces("😀".repeat(5), 2, COUNTING);
        assertThat(pieces).containsExactly("😀😀", "😀😀", "😀");
    }

    @ParameterizedTest
    @ValueSource(strings = {"```\nx = 1\n\ny = 2\n```\n", "~~~~ sh\n```\n\n```\n~~~~\n", "  ```java\na. b\n\n```\n"})
    void aCodeBlockStaysWhole(String block) throws Exception {
        assertThat(LongTexts.pieces("Before it. Words.\n\n" + block + "After it.", 18, COUNTING))
                .anyMatch(piece -> piece.contains(block));
    }

    @Test
    void aCodeBlockThatIsTooLongIsNotCut() {
        assertThatThrownBy(() -> LongTexts.pieces("```\n" + "x\n".repeat(100) + "```\n", 20, COUNTING))
                .isInstanceOf(IndivisibleException.class)
                .hasMessageContaining("code block");
    }

    @Test
    void aRowOfBackticksThatNothingClosesIsNoCodeBlock() throws Exception {
        assertThat(LongTexts.pieces("```\n" + "x\n".repeat(100), 20, COUNTING)).hasSizeGreaterThan(2);
    }

    @Test
    void theFirstAndTheLastParagraphAreTheInstruction() throws Exception {
        String text = "Summarise this:\n\n" + "Words of it. ".repeat(50) + "\n\nIn French, please.\n";
        assertThat(LongTexts.instructed(text, 10, COUNTING).instruction())
                .isEqualTo("Summarise this:\n\nIn French, please.");
    }

    @Test
    void whereNoParagraphIsShortTheFirstAndTheLastSentenceAre() throws Exception {
        String text = "Summarise this. " + "Words of it, ".repeat(50) + "and more. In French, please.";
        assertThat(LongTexts.instructed(text, 10, COUNTING).instruction())
                .isEqualTo("Summarise this.\n\nIn French, please.");
    }
}
