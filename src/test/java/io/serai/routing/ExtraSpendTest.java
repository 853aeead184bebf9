package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ExtraSpendTest {
    private static final BigDecimal CAP = new BigDecimal("1.00");

    private final AtomicLong now = new AtomicLong();
    private final ExtraSpend spend = new ExtraSpend(now::get);

    private static BigDecimal usd(String text) {
        return new BigDecimal(text);
    }

    @Test
    void whatIsExpectedCountsUntilItIsKnown() {
        ExtraSpend.Room room = spend.take(usd("0.70"), CAP);
        assertThat(spend.take(usd("0.40"), CAP)).isNull();
        room.settle(usd("0.10"));
        room.settle(usd("5"));
        assertThat(spend.spentUsd()).isEqualByComparingTo("0.10");
        assertThat(spend.take(usd("0.40"), CAP)).isNotNull();
        assertThat(spend.refused()).isEqualTo(1);
    }

    @Test
    void anHourLaterItIsForgotten() {
        spend.take(usd("0.90"), CAP).settle(usd("0.90"));
        now.addAndGet(Duration.ofMinutes(59).toNanos());
        assertThat(spend.take(usd("0.20"), CAP)).isNull();
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(spend.take(usd("0.20"), CAP)).isNotNull();
    }

    @Test
    void nothingIsFreeUnderACapOfZero() {
        assertThat(spend.take(BigDecimal.ZERO, BigDecimal.ZERO)).isNull();
    }
}
