package io.serai.batch;

import io.serai.call.Prices;
import io.serai.call.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** What travelling together has saved since the start. Any thread. */
public final class Savings {
    private final LongAdder shared = new LongAdder();
    private final LongAdder merged = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final AtomicReference<BigDecimal> usd = new AtomicReference<>(BigDecimal.ZERO);

    /**
     * Several were answered by one request.
     *
     * @param spared requests that were not made
     * @param each what every one of them would have used
     */
    void shared(int spared, Usage each, Prices prices) {
        shared.add(spared);
        tokens.add(spared * (each.input() + each.output()));
        BigDecimal cost = cost(each, prices).multiply(BigDecimal.valueOf(spared));
        usd.updateAndGet(sum -> sum.add(cost));
    }

    /** Several were merged into one request: it uses the tokens of all. */
    void merged(int spared) {
        merged.add(spared);
    }

    /** A price that nobody said adds nothing. */
    private static BigDecimal cost(Usage usage, Prices prices) {
        BigDecimal input = prices.of(Prices.INPUT);
        BigDecimal read = prices.of(Prices.CACHE_READ);
        return of(usage.input() - usage.inCacheRead(), input)
                .add(of(usage.inCacheRead(), read == null ? input : read))
                .add(of(usage.output(), prices.of(Prices.OUTPUT)));
    }

    private static BigDecimal of(long tokens, @org.jspecify.annotations.Nullable BigDecimal price) {
        return price == null ? BigDecimal.ZERO : price.multiply(BigDecimal.valueOf(tokens));
    }

    /** Chats that another's request answered. */
    public long sharedCalls() {
        return shared.sum();
    }

    /** Embeddings requests that went out within another. */
    public long mergedCalls() {
        return merged.sum();
    }

    /** Input and output that shared chats would have used. */
    public long savedTokens() {
        return tokens.sum();
    }

    /** What those tokens would have cost, in US dollars, as far as prices are known. */
    public BigDecimal savedUsd() {
        return usd.get().setScale(10, RoundingMode.HALF_UP).stripTrailingZeros();
    }
}
