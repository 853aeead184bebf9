package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A branch and the end of its call may come in any order; room under the spending cap is given back in each. */
final class BranchesTest {
    private static final BigDecimal ALL = BigDecimal.ONE;

    private final ExtraSpend spend = new ExtraSpend(System::nanoTime);
    private final Call whole = new Call("id", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "v");
    private Branches branches;

    @BeforeEach
    void divide() throws Exception {
        var settings = new ConfigLoader()
                .load(new ConfigSource(null, Map.of(), Map.of()))
                .settings();
        Health health = new Health(System::nanoTime);
        Walks walks = new Walks(settings, health, null, null, null, null, null, null); // nobody is asked
        Walk walk = walks.of(whole, List.of(), new Allowance(6));
        branches = new Branches(
                whole, walk, new CandidateQueue(List.of()), new DefaultExchange(new DefaultCamelContext()));
    }

    private ExtraSpend.Room room() {
        return Objects.requireNonNull(spend.take(ALL, ALL));
    }

    @Test
    void roomIsKeptWhileTheCallGoesOn() {
        branches.spends(room());
        assertThat(spend.take(ALL, ALL)).isNull();
    }

    @Test
    void theEndOfTheCallGivesItBack() {
        branches.spends(room());
        whole.complete();
        assertThat(spend.spentUsd()).isZero();
    }

    /** The second of a hedge has found its first late, and the first has answered meanwhile. */
    @Test
    void whatIsTakenAfterTheEndIsGivenBackAtOnce() {
        whole.complete();
        branches.spends(room());
        assertThat(spend.spentUsd()).isZero();
    }

    @Test
    void withoutBranchesThereIsNothingToKeepItFor() {
        branches.spends(room());
        branches.disband();
        assertThat(spend.spentUsd()).isZero();
    }
}
