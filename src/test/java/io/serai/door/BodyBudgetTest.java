package io.serai.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BodyBudgetTest {
    private static final long MIB = 1024 * 1024;
    private final BodyBudget budget = BodyBudget.ofHeap(6 * 10 * MIB);

    @Test
    void bodiesTogetherStayBelowASixthOfTheHeap() {
        assertThat(budget.reserve(0, 6 * MIB)).isTrue();
        assertThat(budget.reserve(0, 4 * MIB)).isTrue();
        assertThat(budget.reserve(0, 1)).isFalse();
        assertThat(budget.inFlight()).isEqualTo(10 * MIB);
    }

    @Test
    void whatOneLeavesAnotherTakes() {
        budget.reserve(0, 10 * MIB);
        budget.release(10 * MIB);
        assertThat(budget.reserve(0, 10 * MIB)).isTrue();
    }

    @Test
    void oneAloneMayGrowPastIt() {
        assertThat(budget.reserve(0, 8 * MIB)).isTrue();
        assertThat(budget.reserve(8 * MIB, 8 * MIB)).isTrue();
    }

    @Test
    void oneAmongOthersMayNot() {
        budget.reserve(0, 1 * MIB);
        assertThat(budget.reserve(0, 8 * MIB)).isTrue();
        assertThat(budget.reserve(8 * MIB, 8 * MIB)).isFalse();
    }
}
