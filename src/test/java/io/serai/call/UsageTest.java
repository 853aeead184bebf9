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
}
