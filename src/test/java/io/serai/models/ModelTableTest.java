package io.serai.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Cost;
import io.serai.call.Prices;
import io.serai.call.Usage;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigSource;
import io.serai.config.Provider;
import io.serai.config.Snapshot;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelTableTest {
    private final Hand hand = new Hand();
    private final ModelLists lists = new ModelLists(hand);
    private ModelTable table;
    private Provider acme;

    @BeforeEach
    void read(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("providers.yaml"),
                "providers: {acme: {type: openai, endpoint: \"http://127.0.0.1:1/v1\", api_key: k, models: ["
                        + "{name: mine, pricing: {prompt: 0.000011, completion: 0.000012},"
                        + " price_rules: [{service_tier: flex, factor: 0.5}]},"
                        + "{name: by-minute, pricing: {minute: 0.006}, price_rules: [{service_tier: flex, factor: 0.5}]},"
                        + "{name: by-hour, pricing: {hour: 0.111}}, {name: whisper-1, pricing: {hour: 0.009}}, {name: by-character, pricing: {character: 0.000015}},"
                        + "{name: by-image, pricing: {image: \"0.04\"}}, {name: by-request, pricing: {request: 0.5}},"
                        + "{name: by-million, pricing: {input: 3, output: 4}},"
                        + "{name: mine-too, pricing: {prompt: 0.000021}}, {name: nameless}, {name: known}, {name: known-too}]}}");
        Files.writeString(
                folder.resolve("models.yaml"),
                "{catalogue: replace, models: {named: {context_window: 128000, capabilities: [vision], backends: ["
                        + "{provider: acme, model_id: known, input_cost: 2, output_cost: 8},"
                        + "{provider: acme, model_id: known-too, input_cost: 3, output_cost: 9},"
                        + "{provider: acme, model_id: mine, input_cost: 5, cache_read_cost: 4},"
                        + "{provider: acme, model_id: whisper-1, per_minute_cost: 0.006},"
                        + "{provider: acme, model_id: by-minute, per_hour_cost: 0.2}]}}}");
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
    void theProvidersWordCountsMoreThanTheCatalogues() {
        lists.succeeded(
                ModelTable.identity(acme),
                Map.of(
                        "known",
                        new ModelFacts.Builder()
                                .contextWindow(64_000)
                                .capabilities(List.of("reasoning"))
                                .price(Prices.INPUT, new BigDecimal("0.000001"))
                                .build()));
        ModelFacts facts = table.of(acme, "known");
        assertThat(facts.contextWindow()).isEqualTo(64_000);
        assertThat(facts.capabilities()).containsExactly("reasoning");
        assertThat(facts.prices().usd().get(Prices.INPUT)).isEqualByComparingTo("0.000001");
        assertThat(facts.prices().usd().get(Prices.OUTPUT)).isEqualByComparingTo("0.000008");
        assertThat(facts.sources())
                .containsEntry("context_window", Source.FETCHED)
                .containsEntry("capabilities", Source.FETCHED)
                .containsEntry("pricing.prompt", Source.FETCHED)
                .containsEntry("pricing.completion", Source.CATALOGUE);
    }

    /** In millionths of a dollar; the list has 100 for listed, 200 for listed-too, 300 for mine, 400 for known. */
    @ParameterizedTest(name = "{0}, and {1} served: {2}")
    @CsvSource({
        "mine,        mine-too,   21, the operator's of the served name",
        "mine,        listed,     11, the operator's of the asked name before the list's of the served",
        "mine,        known,      11, the operator's of the asked name before all of the served",
        "mine,        unheard-of, 11, the operator's of the asked name where nobody knows the served",
        "mine,        mine,       11, the operator's of the one name",
        "nameless,    listed,    100, the list's of the served name where the operator names no price",
        "mine,        nameless,   11, the operator's of the asked name where he names none of the served",
        "listed,      listed-too, 200, the list's of the served name",
        "listed,      known-too, 100, the list's of the asked name before the catalogue's of the served",
        "listed,      unheard-of, 100, the list's of the asked name",
        "known-too,   known,     400, the list's of the served name before the catalogue's of both",
        "nameless,    known-too,   3, the catalogue's of the served name",
        "known-too,   unheard-of,  3, the catalogue's of the asked name",
        "unheard-of,  known-too,   3, the catalogue's of the served name where nobody knows the asked",
        "unheard-of,  nameless,     , nobody's",
    })
    void theOperatorsPriceThenTheListsThenTheCatalogues(
            String asked, String served, BigDecimal millionths, String why) {
        lists.succeeded(
                ModelTable.identity(acme),
                Map.of(
                        "listed", priced(100),
                        "listed-too", priced(200),
                        "mine", priced(300),
                        "known", priced(400)));

        BigDecimal price = table.prices(acme, asked, served).of(Prices.INPUT);

        if (millionths == null) {
            assertThat(price).as(why).isNull();
        } else {
            assertThat(price).as(why).isEqualByComparingTo(millionths.movePointLeft(6));
        }
    }

    private static ModelFacts priced(int millionths) {
        return new ModelFacts.Builder()
                .price(Prices.INPUT, new BigDecimal(millionths).movePointLeft(6))
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "by-minute,    minute,    0.006",
        "by-hour,      hour,      0.111",
        "by-character, character, 0.000015",
        "by-image,     image,     0.04",
        "by-request,   request,   0.5",
        "by-million,   prompt,    0.000003",
    })
    void anOperatorsPriceIsTakenWithoutOneForTokens(String model, String name, BigDecimal usd) {
        assertThat(table.prices(acme, model, model).of(name)).isEqualByComparingTo(usd);
    }

    @ParameterizedTest
    @CsvSource({"whisper-1, 0.009", "by-minute, 0.36"})
    void anOperatorsHourIsNotPricedByAnotherSourcesMinuteNorTheOtherWayRound(String model, BigDecimal usdAnHour) {
        Usage hour = new Usage.Builder().audioMs(3_600_000).build();
        assertThat(Cost.of(hour, table.prices(acme, model, model)).usd()).isEqualByComparingTo(usdAnHour);
    }

    @Test
    void rulesHoldForPricesThatAreNotForTokens() {
        Prices prices = table.prices(acme, "by-minute", "by-minute")
                .under(new Prices.Circumstances(0, "flex", null, null, Instant.EPOCH));
        assertThat(prices.of(Prices.MINUTE)).isEqualByComparingTo("0.003");
    }

    @Test
    void whatTheOperatorLeavesOpenTheNextSourceSaysAndHisRulesStay() {
        Prices prices = table.prices(acme, "mine", "unheard-of");
        assertThat(prices.of(Prices.OUTPUT)).isEqualByComparingTo("0.000012");
        assertThat(prices.of(Prices.CACHE_READ)).isEqualByComparingTo("0.000004");
        assertThat(prices.rules()).hasSize(1);
    }

    @Test
    void pricesOfTwoModelsAreNotMixedInOneSource() {
        Prices prices = table.prices(acme, "mine", "mine-too");
        assertThat(prices.of(Prices.INPUT)).isEqualByComparingTo("0.000021");
        assertThat(prices.of(Prices.OUTPUT)).isNull();
        assertThat(prices.rules()).isEmpty();
    }

    @Test
    void whatWasKnownBeforeTheStartDoesNotReplaceWhatWasFetchedSince() {
        String acmes = ModelTable.identity(acme);
        ModelFacts old = new ModelFacts.Builder().contextWindow(1_000).build();
        ModelFacts fetched = new ModelFacts.Builder().contextWindow(32_000).build();
        ModelLists.Kept kept = new ModelLists.Kept(hand.now, Map.of("m", old), Map.of());
        lists.recall(Map.of(acmes, kept));
        assertThat(context()).isEqualTo(1_000);
        lists.succeeded(acmes, Map.of("m", fetched));
        lists.recall(Map.of(acmes, kept));
        assertThat(context()).isEqualTo(32_000);
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
