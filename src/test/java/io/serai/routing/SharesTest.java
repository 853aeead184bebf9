package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final int REQUESTS = 30_000;

    private final Shares shares = new Shares();

    private String next(Map<String, Integer> weights) {
        return shares.turn(List.copyOf(weights.keySet()), m -> m, m -> BigDecimal.valueOf(weights.get(m)), true)
                .get(0);
    }

    @Test
    void weightsAreSharesToWithinOnePercent() {
        Map<String, Integer> weights = new TreeMap<>(Map.of("a", 3, "b", 1, "c", 7, "d", 13, "e", 1));
        Map<String, Integer> served = new HashMap<>();
        for (int i = 0; i < REQUESTS; i++) {
            served.merge(next(weights), 1, Integer::sum);
        }
        weights.forEach((name, weight) -> assertThat(served.get(name) / (double) REQUESTS)
                .as(name)
                .isCloseTo(weight / 25.0, within(0.01 * weight / 25.0)));
    }

    @Test
    void sharesHoldWhileMembersLeaveAndReturn() {
        Map<String, Integer> weights = Map.of("a", 5, "b", 3, "c", 2, "d", 10);
        Random random = new Random(7);
        Map<String, Double> due = new HashMap<>();
        Map<String, Integer> served = new HashMap<>();
        Map<String, Integer> present = new TreeMap<>(weights);
        for (int i = 0; i < REQUESTS; i++) {
            if (i % 50 == 0) {
                present.clear();
                weights.forEach((name, weight) -> {
                    if (name.equals("a") || random.nextInt(3) > 0) {
                        present.put(name, weight);
                    }
                });
            }
            double sum = present.values().stream().mapToInt(w -> w).sum();
            present.forEach((name, weight) -> due.merge(name, weight / sum, Double::sum));
            served.merge(next(present), 1, Integer::sum);
        }
        weights.keySet()
                .forEach(name -> assertThat(served.get(name).doubleValue())
                        .as(name)
                        .isCloseTo(due.get(name), within(due.get(name) * 0.01)));
    }

    @Test
    void turnsAreMixedAndComeInNoRuns() {
        Map<String, Integer> weights = new TreeMap<>(Map.of("a", 5, "b", 1, "c", 1));
        List<String> turns = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            turns.add(next(weights));
        }
        assertThat(turns).containsExactly("a", "a", "b", "a", "c", "a", "a");
    }

    @Test
    void aMemberThatReturnsIsNotMadeUpForByABurst() {
        Map<String, Integer> both = new TreeMap<>(Map.of("a", 1, "b", 1));
        for (int i = 0; i < 1000; i++) {
            next(Map.of("a", 1));
        }
        List<String> turns = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            turns.add(next(both));
        }
        assertThat(turns.stream().filter("b"::equals).count()).isEqualTo(4);
        assertThat(turns).doesNotContainSequence("b", "b", "b");
    }

    @Test
    void lookingTakesNoTurn() {
        Map<String, Integer> weights = new TreeMap<>(Map.of("a", 1, "b", 1));
        String first = next(weights);
        List<String> members = List.copyOf(weights.keySet());
        for (int i = 0; i < 5; i++) {
            assertThat(shares.turn(members, m -> m, m -> BigDecimal.ONE, false).get(0))
                    .isNotEqualTo(first);
        }
    }
}
