package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** US dollars as whole units of 10^-10. */
final class MoneyTest {
    @ParameterizedTest
    @CsvSource({
        "1, 10000000000",
        "0.0000000001, 1",
        "0.00000000005, 1",
        "0.000000000049999, 0",
        "0.00000000014999, 1",
        "0.00000000015, 2",
        "-0.00000000005, -1",
        "1e30, 9223372036854775807",
        "-1e30, -9223372036854775808"
    })
    void halfAUnitCountsAsOne(String usd, long units) {
        assertThat(Money.units(new BigDecimal(usd))).isEqualTo(units);
    }
}
