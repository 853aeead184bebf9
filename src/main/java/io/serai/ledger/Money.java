package io.serai.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** US dollars as the database keeps them: whole units of 10^-10 USD, for SQLite's decimals are binary fractions. */
final class Money {
    static final int DECIMALS = 10;

    private Money() {}

    /** Half a unit or more counts as one; what does not fit becomes the largest number there is. */
    static long units(BigDecimal usd) {
        BigDecimal units = usd.movePointRight(DECIMALS).setScale(0, RoundingMode.HALF_UP);
        return units.min(BigDecimal.valueOf(Long.MAX_VALUE))
                .max(BigDecimal.valueOf(Long.MIN_VALUE))
                .longValue();
    }
}
