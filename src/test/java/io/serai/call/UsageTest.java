package io.serai.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UsageTest {
    private static final Usage REPORTED = new Usage.Builder()
            .inFresh(100)
            .inCacheRead(50)
            .outText(1)
            .outReasoning(4)
            .build();

    @Test
    void aCutStreamKeepsItsInputAndCountsTheOutputThatWasSeen() {
        assertThat(REPORTED.cutShort(80))
                .isEqualTo(new Usage.Builder()
                        .inFresh(100)
                        .inCacheRead(50)
                        .outText(16)
                        .outReasoning(4)
                        .estimated()
                        .build());
    }

    @Test
    void aCutStreamNeverCostsLessThanWasReported() {
        assertThat(REPORTED.cutShort(4))
                .isEqualTo(REPORTED.plus(new Usage.Builder().estimated().build()));
    }

    @Test
    void theDividedPartsAddUpToTheWhole() {
        Usage whole = new Usage.Builder()
                .inFresh(10)
                .inCacheRead(7)
                .outText(1)
                .outReasoning(2)
                .estimated()
                .build();
        for (long[] weights : new long[][] {{1}, {1, 1, 1}, {0, 0}, {5, 0, 3}, {Long.MAX_VALUE / 4, 1, 1}}) {
            assertThat(whole.divided(weights)).hasSize(weights.length);
            assertThat(whole.divided(weights).stream().reduce(Usage.NONE, Usage::plus))
                    .isEqualTo(whole);
        }
        assertThat(whole.divided(new long[] {3, 1}).get(0).inFresh()).isEqualTo(8);
    }
}
