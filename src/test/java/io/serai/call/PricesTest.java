package io.serai.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a prompt cache saves, by Anthropic's prices for a model at 3 dollars a million. */
class PricesTest {
    private static final Prices PRICES = new Prices(Map.of(
            Prices.INPUT, new BigDecimal("0.000003"),
            Prices.CACHE_READ, new BigDecimal("0.0000003"),
            Prices.CACHE_WRITE, new BigDecimal("0.00000375")));

    @Test
    void readTokensSaveTheDifference() {
        assertThat(PRICES.saving(
                        new Usage.Builder().inFresh(10).inCacheRead(1000).build()))
                .isEqualByComparingTo("0.0027");
    }

    @Test
    void writtenTokensCostOnTop() {
        assertThat(PRICES.saving(new Usage.Builder().inCacheWrite5m(1000).build()))
                .isEqualByComparingTo("-0.00075");
    }

    @Test
    void withoutCachedTokensNothingIsSavedWhateverIsKnown() {
        assertThat(Prices.NONE.saving(new Usage.Builder().inFresh(10).build())).isEqualByComparingTo("0");
    }

    @Test
    void aPriceThatIsNotKnownMakesTheSavingUnknown() {
        assertThat(Prices.NONE.saving(new Usage.Builder().inCacheRead(1).build()))
                .isNull();
        assertThat(PRICES.saving(new Usage.Builder().inCacheWrite1h(1).build())).isNull();
    }
}
