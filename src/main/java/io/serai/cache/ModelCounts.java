package io.serai.cache;

import io.serai.call.Saved;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** How often the cache had an answer since the start, and what that saved, by model. Any thread. */
public final class ModelCounts {
    /** Whoever asks for thousands of models, of a provider that takes any name, must not fill the memory. */
    private static final int MOST = 1_000;

    private static final String OTHERS = "others";

    private final Map<String, Sum> models = new ConcurrentHashMap<>();

    /** Of one model. */
    private static final class Sum {
        private final LongAdder hits = new LongAdder();
        private final LongAdder misses = new LongAdder();
        private final LongAdder tokens = new LongAdder();
        private final AtomicReference<BigDecimal> usd = new AtomicReference<>(BigDecimal.ZERO);
    }

    /**
     * What the answers of one model, or of all, have saved.
     *
     * @param misses answers that were looked for in vain, and that the model then gave
     * @param tokens input and output
     * @param usd as far as prices are known
     */
    public record Savings(long hits, long misses, long tokens, BigDecimal usd) {
        /** From 0 to 1; 0 before it was asked. */
        public double hitRate() {
            return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
        }
    }

    void hit(String provider, String model, Saved saved) {
        Sum sum = sum(provider, model);
        sum.hits.increment();
        sum.tokens.add(saved.input() + saved.output());
        if (saved.usd() instanceof BigDecimal usd && usd.signum() != 0) {
            sum.usd.accumulateAndGet(usd, BigDecimal::add);
        }
    }

    void miss(String provider, String model) {
        sum(provider, model).misses.increment();
    }

    private Sum sum(String provider, String model) {
        String name = provider + "/" + model;
        Sum sum = models.get(name);
        return sum != null ? sum : models.computeIfAbsent(models.size() < MOST ? name : OTHERS, n -> new Sum());
    }

    /** By {@code provider/model}. */
    public Map<String, Savings> byModel() {
        Map<String, Savings> all = new TreeMap<>();
        models.forEach((name, sum) ->
                all.put(name, new Savings(sum.hits.sum(), sum.misses.sum(), sum.tokens.sum(), sum.usd.get())));
        return all;
    }

    public Savings all() {
        Savings all = new Savings(0, 0, 0, BigDecimal.ZERO);
        for (Savings each : byModel().values()) {
            all = new Savings(
                    all.hits() + each.hits(),
                    all.misses() + each.misses(),
                    all.tokens() + each.tokens(),
                    all.usd().add(each.usd()));
        }
        return all;
    }
}
