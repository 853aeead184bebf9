package io.serai.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Vectors of the packed model, and what happens where it can't run. */
final class SentencesTest {
    private static Sentences sentences;

    @BeforeAll
    static void load() {
        sentences = new Sentences();
    }

    @AfterAll
    static void close() {
        sentences.close();
    }

    private static float[] one(String text) throws Exception {
        return sentences.embed(List.of(text)).vectors().get(0);
    }

    @Test
    void likeMeaningsAreNearAndOthersFar() throws Exception {
        float[] asked = one("How do I reverse a linked list in Python?");

        assertThat(Meanings.cosine(asked, asked)).isCloseTo(1, within(1e-5));
        assertThat(Meanings.cosine(asked, one("Write a function that turns a singly linked list around.")))
                .isGreaterThan(0.5);
        assertThat(Meanings.cosine(asked, one("My throat hurts and I have a fever.")))
                .isLessThan(0.2);
    }

    @Test
    void aTextsVectorDoesNotDependOnItsNeighbours() throws Exception {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            texts.add("Sentence number " + i + " of a list" + " that goes on".repeat(i));
        }

        Sentences.Embedded together = sentences.embed(texts);

        assertThat(together.vectors()).hasSize(40);
        assertThat(together.vectors().get(17)).isEqualTo(one(texts.get(17)));
    }

    @Test
    void aLongTextIsReadToItsEnd() throws Exception {
        String story = "The river floods the valley every spring. ".repeat(60);
        float[] withoutEnd = one(story);
        float[] withEnd = one(story + "Integrate the polynomial by parts. ".repeat(60));
        float[] end = one("Integrate the polynomial by parts.");

        assertThat(Meanings.cosine(withEnd, end)).isGreaterThan(Meanings.cosine(withoutEnd, end) + 0.3);
        assertThat(Meanings.cosine(withEnd, withEnd)).isCloseTo(1, within(1e-5));
    }

    @Test
    void anEmptyTextHasAVectorAndNoTokens() throws Exception {
        Sentences.Embedded made = sentences.embed(List.of(""));

        assertThat(made.tokens()).isZero();
        assertThat(made.vectors().get(0)).hasSize(Sentences.DIMENSIONS);
    }

    @Test
    void whatWasEmbeddedOnceIsKept() throws Exception {
        Meanings meanings = new Meanings(sentences);
        float[] first = meanings.of(List.of("a", "b")).get(1);

        assertThat(meanings.of(List.of("c", "b", "b")).get(2)).isSameAs(first);
    }

    @Test
    void nothingIsLoadedBeforeTheFirstText() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        try (Sentences lazy = new Sentences(
                () -> {
                    loads.incrementAndGet();
                    return new Still(new CountDownLatch(0));
                },
                1)) {
            assertThat(loads).hasValue(0);
            lazy.embed(List.of("a", "b"));
            lazy.embed(List.of("c"));
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    void whatWouldWaitTooLongIsRefused() {
        CountDownLatch busy = new CountDownLatch(1);
        try (Sentences small = new Sentences(() -> new Still(busy), 1)) {
            assertThatThrownBy(() -> small.embed(Collections.nCopies(70_000, "x")))
                    .isInstanceOf(NoEmbeddingsException.class)
                    .hasMessageContaining("too much to do");
        } finally {
            busy.countDown();
        }
    }

    /** Answers when it is let. */
    private record Still(CountDownLatch let) implements Encoder {
        @Override
        public int[] ids(String text) {
            return new int[] {1};
        }

        @Override
        public float[][] encode(List<int[]> windows) {
            try {
                let.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new float[windows.size()][Sentences.DIMENSIONS];
        }

        @Override
        public void close() {}
    }

    @Test
    void aMachineWithoutTheNativeLibraryIsToldOnceAndClearly() {
        AtomicInteger tries = new AtomicInteger();
        try (Sentences nowhere = new Sentences(
                () -> {
                    tries.incrementAndGet();
                    throw new UnsatisfiedLinkError("no onnxruntime in java.library.path: /secret/place");
                },
                1)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> nowhere.embed(List.of("x")))
                        .isInstanceOf(NoEmbeddingsException.class)
                        .hasMessageContaining("can't run on this machine")
                        .hasMessageContaining(System.getProperty("os.arch"))
                        .hasMessageContaining("no native library")
                        .hasMessageNotContaining("/secret");
            }
        }
        assertThat(tries).hasValue(1);
    }
}
