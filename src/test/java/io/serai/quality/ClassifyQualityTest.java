package io.serai.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.Sensitive;
import io.serai.embedding.Sentences;
import io.serai.quality.ClassifyQuality.Half;
import io.serai.quality.ClassifyQuality.Rates;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The figures of docs/explanation/classification.md hold. */
final class ClassifyQualityTest {
    @Test
    void thereAreThreeHundredPromptsInTwoHalves() {
        assertThat(ClassifyQuality.prompts(Half.TUNING)).hasSize(150);
        assertThat(ClassifyQuality.prompts(Half.UNSEEN)).hasSize(150);
        assertThat(Stream.of(Half.values())
                        .flatMap(half -> ClassifyQuality.prompts(half).stream())
                        .distinct())
                .hasSize(300);
    }

    @ParameterizedTest
    @EnumSource(Sensitive.class)
    void mostOfWhatNobodyTunedForIsFoundAndLittleElse(Sensitive kind) throws Exception {
        try (Sentences sentences = new Sentences()) {
            Rates rates = ClassifyQuality.with(sentences).rates(kind, Half.UNSEEN, true);

            assertThat(rates.precision()).isGreaterThanOrEqualTo(0.9);
            assertThat(rates.recall()).isGreaterThanOrEqualTo(0.85);
        }
    }

    /** Processor time, and the best of several rounds: others may be using the machine. */
    @Test
    void fourThousandCharactersTakeUnderTwoMilliseconds() throws Exception {
        try (Sentences sentences = new Sentences()) {
            ClassifyQuality quality = ClassifyQuality.with(sentences);
            String text = ClassifyQuality.text();
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 40; round++) {
                long before = threads.getCurrentThreadCpuTime();
                for (int i = 0; i < 50; i++) {
                    quality.search(text);
                }
                best = Math.min(best, threads.getCurrentThreadCpuTime() - before);
            }

            assertThat(best / 50 / 1e6).isLessThan(2);
        }
    }

    @Test
    void theTablesArePrinted() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ClassifyQuality.print(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("| privacy | unseen |", "| nsfw, by words alone | tuning |", "4,000 characters");
    }
}
