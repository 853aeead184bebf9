package io.serai.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelTableTest {
    private final Hand hand = new Hand();
    private final ModelLists lists = new ModelLists(hand);
    private ModelTable table;
    private Provider acme;

    @BeforeEach
    void read(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k}}");
        Snapshot snapshot = new ConfigLoader().load(new ConfigSource(folder, Map.of(), Map.of()));
        table = new ModelTable(snapshot, lists);
        acme = Objects.requireNonNull(snapshot.providers().get("acme"));
    }

    private Integer context() {
        return table.of(acme, "m").contextWindow();
    }

    @Test
    void factsAreMergedOnceUntilSomethingElseIsKnown() {
        ModelFacts first = table.of(acme, "m");
        assertThat(table.of(acme, "m")).isSameAs(first);
        lists.succeeded(
                ModelTable.identity(acme),
                Map.of("m", new ModelFacts.Builder().contextWindow(32_000).build()));
        assertThat(context()).isEqualTo(32_000);
        assertThat(table.of(acme, "m")).isSameAs(table.of(acme, "m"));
    }

    @Test
    void aLimitRunsOutWithoutAnyoneSayingSo() {
        table.learn(acme, "m", 8_000);
        assertThat(context()).isEqualTo(8_000);
        hand.now = hand.now.plus(Duration.ofDays(8));
        assertThat(context()).isNull();
    }

    @Test
    void aLargerRequestThatWasAnsweredUnlearnsALimit() {
        table.learn(acme, "m", 8_000);
        table.proved(acme, "m", 7_999);
        assertThat(context()).isEqualTo(8_000);
        table.proved(acme, "m", 8_001);
        assertThat(context()).isNull();
    }

    @Test
    void aLimitBelowWhatWasAnsweredBeforeIsNotLearned() {
        table.proved(acme, "m", 9_000);
        table.learn(acme, "m", 8_000);
        assertThat(context()).isNull();
        table.learn(acme, "m", 9_000);
        assertThat(context()).isEqualTo(9_000);
    }

    @Test
    void namesThatClientsMakeUpDoNotFillTheMemory() {
        ModelFacts first = table.of(acme, "m");
        for (int i = 0; i < 3_000; i++) {
            table.of(acme, "made-up-" + i);
        }
        assertThat(table.of(acme, "m")).isNotSameAs(first);
        String endless = "x".repeat(1_000);
        assertThat(table.of(acme, endless)).isNotSameAs(table.of(acme, endless));
    }

    private static final class Hand extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
