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
 * @param savedInput tokens that answers out of the response cache did not use; they are in no other count
 * @param savedUsd what those did not cost, as far as prices are known
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
        Instant last,
        long savedInput,
        long savedOutput,
        BigDecimal savedUsd) {

    public static final UsageSums NONE = new UsageSums(
            "", Instant.EPOCH, 0, 0, 0, 0, 0, 0, BigDecimal.ZERO, 0, Instant.MAX, Instant.MIN, 0, 0, BigDecimal.ZERO);

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
                usd(row, "cost"),
                number(row, "unpriced"),
                Instant.ofEpochMilli(number(row, "first_request")),
                Instant.ofEpochMilli(number(row, "last_request")),
                number(row, "saved_input_tokens"),
                number(row, "saved_output_tokens"),
                usd(row, "saved_cost"));
    }

    private static BigDecimal usd(Map<?, ?> row, String column) {
        return BigDecimal.valueOf(number(row, column), Money.DECIMALS);
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
                last.isAfter(other.last) ? last : other.last,
                savedInput + other.savedInput,
                savedOutput + other.savedOutput,
                savedUsd.add(other.savedUsd));
    }
}
