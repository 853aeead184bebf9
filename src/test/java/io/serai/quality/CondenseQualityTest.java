package io.serai.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.condense.Condenser;
import io.serai.condense.Methods;
import io.serai.embedding.Meanings;
import io.serai.embedding.Sentences;
import io.serai.quality.CondenseQuality.Sample;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A part of the table of docs/explanation/condensation.md, so that a change that costs knowledge is seen. */
class CondenseQualityTest {
    private static final int EVERY = 6;

    private final CondenseQuality quality = new CondenseQuality();

    @Test
    void bothSetsAreThere() {
        for (String set : List.of("a", "b")) {
            assertThat(quality.samples(set)).hasSize(30);
        }
    }

    @Test
    void noMethodKnowsLessThanDroppingTheOldestDoes() throws Exception {
        List<Sample> all = quality.samples("a");
        List<Sample> some = IntStream.range(0, all.size())
                .filter(i -> i % EVERY == 0)
                .mapToObj(all::get)
                .toList();
        try (Sentences sentences = new Sentences()) {
            Map<String, Condenser> methods = Methods.withoutModel(new Meanings(sentences));
            double baseline = CondenseQuality.recall(quality.results(methods.get("sliding_window"), some, 4));
            assertThat(baseline).isLessThan(0.6);
            for (Map.Entry<String, Condenser> method : methods.entrySet()) {
                if (!method.getKey().equals("sliding_window")) {
                    double recall = CondenseQuality.recall(quality.results(method.getValue(), some, 4));
                    assertThat(recall).as(method.getKey()).isGreaterThan(0.7);
                }
            }
        }
    }
}
