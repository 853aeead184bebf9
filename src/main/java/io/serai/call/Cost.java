package io.serai.call;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt cost: each bucket of its usage at the price of the model that served it (behaviour, section 9).
 *
 * @param usd null when something was used that has no known price: that is unpriced, never 0
 * @param charges what was used, and at which rate
 * @param estimated whether a count or a rate is a guess
 */
public record Cost(@Nullable BigDecimal usd, List<Charge> charges, boolean estimated) {
    private static final BigDecimal MINUTE_MS = BigDecimal.valueOf(60_000);
    private static final BigDecimal HOUR_MS = BigDecimal.valueOf(3_600_000);
    /** More than the 12 that a price of a token takes. */
    private static final int DECIMALS = 15;

    /**
     * One bucket.
     *
     * @param of the bucket, as {@link Usage} calls it
     * @param count of tokens, milliseconds, characters, pieces
     * @param rate the price that was taken, as {@link Prices} calls it; null: none is known
     * @param each US dollars for one of what the rate counts; null: unknown
     * @param usd null: unknown
     * @param assumed whether the rate is another one's, for its own is not known
     */
    public record Charge(
            String of,
            long count,
            @Nullable String rate,
            @Nullable BigDecimal each,
            @Nullable BigDecimal usd,
            boolean assumed) {}

    /** Nothing was used. */
    public static final Cost NOTHING = new Cost(BigDecimal.ZERO, List.of(), false);

    /** @param prices those of the request, see {@link Prices#under} */
    public static Cost of(Usage usage, Prices prices) {
        Sum sum = new Sum(prices);
        sum.add("in_fresh", usage.inFresh(), Prices.INPUT);
        sum.add("in_cache_read", usage.inCacheRead(), Prices.CACHE_READ, Prices.INPUT);
        sum.add("in_cache_write_5m", usage.inCacheWrite5m(), Prices.CACHE_WRITE, Prices.INPUT);
        sum.add("in_cache_write_1h", usage.inCacheWrite1h(), Prices.CACHE_WRITE_1H, Prices.CACHE_WRITE, Prices.INPUT);
        sum.add("in_audio", usage.inAudio(), Prices.AUDIO_INPUT, Prices.INPUT);
        sum.add("in_image", usage.inImage(), Prices.IMAGE_INPUT, Prices.INPUT);
        sum.add("out_text", usage.outText(), Prices.OUTPUT);
        sum.add("out_reasoning", usage.outReasoning(), Prices.REASONING, Prices.OUTPUT);
        sum.add("out_audio", usage.outAudio(), Prices.AUDIO_OUTPUT, Prices.OUTPUT);
        sum.add("out_image", usage.outImage(), Prices.IMAGE_OUTPUT, Prices.OUTPUT);
        sum.add("web_searches", usage.webSearches(), Prices.WEB_SEARCH);
        boolean byToken = usage.input() + usage.output() > 0
                && (prices.of(Prices.INPUT) != null || prices.of(Prices.OUTPUT) != null);
        // what is counted twice is priced once: a model that is priced by the token is not priced by the piece too
        if (!byToken) {
            sum.addTime(usage.audioMs());
            sum.add("characters", usage.characters(), Prices.CHARACTER);
            sum.add("images", usage.images(), Prices.IMAGE);
        }
        if (usage.isSome() && prices.of(Prices.REQUEST) != null) {
            sum.add("requests", 1, Prices.REQUEST);
        }
        return sum.total(usage.estimated());
    }

    /** Both together; unpriced when one of them is. */
    public Cost plus(Cost other) {
        List<Charge> all = new ArrayList<>(charges);
        all.addAll(other.charges);
        return new Cost(
                usd == null || other.usd == null ? null : usd.add(other.usd),
                List.copyOf(all),
                estimated || other.estimated);
    }

    private static final class Sum {
        private final Prices prices;
        private final List<Charge> charges = new ArrayList<>();
        private @Nullable BigDecimal usd = BigDecimal.ZERO;
        private boolean assumed;

        Sum(Prices prices) {
            this.prices = prices;
        }

        /** @param rates the bucket's own, then those that stand in for it */
        void add(String bucket, long count, String... rates) {
            if (count <= 0) {
                return;
            }
            for (int i = 0; i < rates.length; i++) {
                BigDecimal each = prices.of(rates[i]);
                if (each != null) {
                    // pictures and thinking are priced as any other token where a vendor says nothing else
                    boolean standIn = i > 0 && !isUsual(rates[0]);
                    charge(new Charge(
                            bucket, count, rates[i], each, each.multiply(BigDecimal.valueOf(count)), standIn));
                    return;
                }
            }
            charge(new Charge(bucket, count, null, null, null, false));
        }

        private static boolean isUsual(String rate) {
            return rate.equals(Prices.REASONING) || rate.equals(Prices.IMAGE_INPUT);
        }

        void addTime(long ms) {
            if (ms <= 0) {
                return;
            }
            boolean byMinute = prices.of(Prices.MINUTE) != null;
            String rate = byMinute ? Prices.MINUTE : Prices.HOUR;
            BigDecimal each = prices.of(rate);
            BigDecimal cost = each == null
                    ? null
                    : each.multiply(BigDecimal.valueOf(ms))
                            .divide(byMinute ? MINUTE_MS : HOUR_MS, DECIMALS, RoundingMode.HALF_UP);
            charge(new Charge("audio_ms", ms, each == null ? null : rate, each, cost, false));
        }

        private void charge(Charge charge) {
            charges.add(charge);
            assumed |= charge.assumed();
            usd = usd == null || charge.usd() == null ? null : usd.add(charge.usd());
        }

        Cost total(boolean countsEstimated) {
            return charges.isEmpty() ? NOTHING : new Cost(usd, List.copyOf(charges), countsEstimated || assumed);
        }
    }
}
