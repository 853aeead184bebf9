package io.serai.metrics;

import io.serai.call.CallRecord;
import io.serai.call.Outcome;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Sums since the start, by the names that bills have. */
public final class Totals {
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder input = new LongAdder();
    private final LongAdder output = new LongAdder();
    private final LongAdder unpriced = new LongAdder();
    private final AtomicReference<BigDecimal> usd = new AtomicReference<>(BigDecimal.ZERO);

    void add(CallRecord call) {
        requests.increment();
        if (call.outcome() == Outcome.CLIENT_CANCELLED) {
            cancelled.increment();
        } else if (!isWell(call)) {
            errors.increment();
        }
        input.add(call.usage().input());
        output.add(call.usage().output());
        BigDecimal cost = call.cost().usd();
        if (cost == null) {
            unpriced.increment();
        } else if (cost.signum() != 0) {
            usd.accumulateAndGet(cost, BigDecimal::add);
        }
    }

    static boolean isWell(CallRecord call) {
        return switch (call.outcome()) {
            case OK, OK_ESTIMATED, CACHE_HIT -> true;
            case CLIENT_CANCELLED,
                    UPSTREAM_ERROR_BEFORE_OUTPUT,
                    UPSTREAM_ERROR_AFTER_OUTPUT,
                    TIMEOUT_BEFORE_OUTPUT,
                    REFUSED,
                    BROKER_ERROR -> false;
        };
    }

    public long requests() {
        return requests.sum();
    }

    public long errors() {
        return errors.sum();
    }

    public long cancelled() {
        return cancelled.sum();
    }

    public long inputTokens() {
        return input.sum();
    }

    public long outputTokens() {
        return output.sum();
    }

    /** Requests whose price is not known. */
    public long unpriced() {
        return unpriced.sum();
    }

    public BigDecimal usd() {
        return usd.get();
    }
}
