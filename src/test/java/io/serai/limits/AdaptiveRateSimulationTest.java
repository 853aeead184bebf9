package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The promises of docs/explanation/adaptive-rate-limiting.md, against providers that no constant was chosen for. A figure in
 * that page is what this test prints.
 */
class AdaptiveRateSimulationTest {
    private static List<SimulatedTraffic.Outcome> simulate(int seeds, double least, double most) {
        List<SimulatedTraffic.Outcome> outcomes = LongStream.range(0, seeds)
                .mapToObj(seed -> new SimulatedTraffic(seed * 7919 + 17, least, most).run())
                .toList();
        print(outcomes, "lowest mean", SimulatedTraffic.Outcome::lowest);
        print(outcomes, "highest mean", SimulatedTraffic.Outcome::highest);
        print(outcomes, "refused", SimulatedTraffic.Outcome::refused);
        print(outcomes, "regained after minutes", SimulatedTraffic.Outcome::regained);
        return outcomes;
    }

    private static void print(
            List<SimulatedTraffic.Outcome> outcomes, String what, ToDoubleFunction<SimulatedTraffic.Outcome> figure) {
        DoubleSummaryStatistics all = outcomes.stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .summaryStatistics();
        System.out.printf(
                "%s: from %.4f to %.4f, mean %.4f, n %d%n",
                what, all.getMin(), all.getMax(), all.getAverage(), all.getCount());
    }

    private static void holds(int seeds, double least, double most) {
        assertThat(simulate(seeds, least, most)).allSatisfy(outcome -> {
            assertThat(outcome.lowest()).isGreaterThanOrEqualTo(0.85 - outcome.oneRequest());
            assertThat(outcome.highest()).isLessThanOrEqualTo(1.15 + outcome.oneRequest());
            assertThat(outcome.refused()).isLessThan(0.02);
            assertThat(outcome.regained())
                    .satisfiesAnyOf(
                            m -> assertThat(m).isNaN(), m -> assertThat(m).isLessThanOrEqualTo(10));
        });
    }

    @Test
    void holdsItsFiguresFromTenToTwentyAMinute() {
        holds(300, 10, 20);
    }

    @Test
    void holdsItsFiguresFromTwentyToFortyAMinute() {
        holds(300, 20, 40);
    }

    @Test
    void holdsItsFiguresAboveThat() {
        holds(75, 40, 3000);
    }

    /** The page derives why: to find a doubled limit within ten minutes, more must be risked than two in a hundred of few. */
    @Test
    void holdsWhatCanBeHeldBelowTenAMinute() {
        assertThat(simulate(200, 5, 10)).allSatisfy(outcome -> {
            assertThat(outcome.lowest()).isGreaterThanOrEqualTo(0.75);
            assertThat(outcome.highest()).isLessThanOrEqualTo(1.15 + outcome.oneRequest());
            assertThat(outcome.refused()).isLessThan(0.04);
            assertThat(outcome.regained())
                    .satisfiesAnyOf(
                            m -> assertThat(m).isNaN(), m -> assertThat(m).isLessThanOrEqualTo(10.5));
        });
    }
}
