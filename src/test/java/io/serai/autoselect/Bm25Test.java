package io.serai.autoselect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class Bm25Test {
    @Test
    void rareWordsCountMoreThanCommonOnes() {
        double[] scores = new Bm25(List.of("models for code", "models for the Frobnicator 9000", "models for poems"))
                .scores("Which models know the frobnicator?");

        assertThat(scores[1]).isGreaterThan(scores[0] * 3).isGreaterThan(scores[2] * 3);
    }

    @Test
    void endingsDoNotMatter() {
        double[] scores =
                new Bm25(List.of("Translation of texts", "Summaries")).scores("translate this, translating well");

        assertThat(scores[0]).isPositive();
        assertThat(scores[1]).isZero();
    }

    @Test
    void aShortTextWithTheWordGoesBeforeALongOne() {
        double[] scores =
                new Bm25(List.of("code", "code and many other things that nobody asked for today")).scores("code");

        assertThat(scores[0]).isGreaterThan(scores[1]);
    }

    @Test
    void noWordInCommonIsNothing() {
        assertThat(new Bm25(List.of("", "the a of")).scores("the of")).containsExactly(0, 0);
    }
}
