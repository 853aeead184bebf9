package io.serai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Saved;
import org.junit.jupiter.api.Test;

/** What is counted by model. */
class ModelCountsTest {

    @Test
    void whoNamesThousandsOfModelsDoesNotFillTheMemory() {
        ModelCounts counts = new ModelCounts();
        for (int i = 0; i < 3_000; i++) {
            counts.hit("open", "m" + i, Saved.NOTHING);
        }

        assertThat(counts.byModel()).hasSizeLessThanOrEqualTo(1_001).containsKey("others");
        assertThat(counts.all().hits()).isEqualTo(3_000);
    }
}
