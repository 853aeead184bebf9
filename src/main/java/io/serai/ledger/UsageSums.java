package io.serai.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/**
 * A row of {@code usage.sql}, or the sum of several.
 *
 * @param name what the requests have in common; empty for a day, an hour and for the sum of all
 * @param period where the day or hour begins
 * @param costUsd of those requests whose price is known
 * @param unpriced requests whose price is not known
 * @param first when the first request came; {@link Instant#MAX} when there was none
 * @param last {@link Instant#MIN} when there was none
 */
public record UsageSums(
        String name,
        Instant period,
        long requests,
        long errors,
        long cancelled,
        long cached,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd,
        long unpriced,
        Instant first,
        Instant last) {

    public static final UsageSums NONE =
            new UsageSums("", Instant.EPOCH, 0, 0, 0, 0, 0, 0, BigDecimal.ZERO, 0, Instant.MAX, Instant.MIN);

    public static UsageSums of(Map<?, ?> row) {
        return new UsageSums(
                String.valueOf(row.get("name")),
                Instant.ofEpochMilli(number(row, "period")),
                number(row, "requests"),
                number(row, "errors"),
                number(row, "cancelled"),
                number(row, "cached"),
                number(row, "input_tokens"),
                number(row, "output_tokens"),
                BigDecimal.valueOf(number(row, "cost"), Money.DECIMALS),
                number(row, "unpriced"),
                Instant.ofEpochMilli(number(row, "first_request")),
                Instant.ofEpochMilli(number(row, "last_request")));
    }

    private static long number(Map<?, ?> row, String column) {
        return row.get(column) instanceof Number number ? number.longValue() : 0;
    }

    public boolean isEmpty() {
        return requests == 0;
    }

    public UsageSums plus(UsageSums other) {
        return new UsageSums(
                "",
                Instant.EPOCH,
                requests + other.requests,
                errors + other.errors,
                cancelled + other.cancelled,
                cached + other.cached,
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                costUsd.add(other.costUsd),
                unpriced + other.unpriced,
                first.isBefore(other.first) ? first : other.first,
                last.isAfter(other.last) ? last : other.last);
    }
}
