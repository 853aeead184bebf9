package io.serai.limits;

import io.serai.call.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that each instance used in the last minute, hour and day, in all and for each model that has a limit. A call's
 * estimate is set aside before it goes out, so that calls at the same time can't overspend. Kept under the instance's identity;
 * a changed limit is held against what was counted before. Safe for any number of threads.
 */
public final class TokenWindows {
    /** Clients may name models: so many are kept for an instance before those without use are dropped. */
    private static final int MODELS = 1000;

    private final ConcurrentHashMap<String, Counters> instances = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    /** @param nanoTime the clock of {@link System#nanoTime} */
    public TokenWindows(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private static final class Counters {
        final WindowedTokens all = new WindowedTokens();
        final Map<String, WindowedTokens> models = new HashMap<>();
    }

    /**
     * Sets tokens aside when all limits leave room for them.
     *
     * @param ofModel limits on this model of the instance
     * @param ofProvider limits on all models of the instance together
     * @param estimate input and expected output, at least 0
     */
    public TokenAnswer reserve(
            Instance instance, String model, TokenLimits ofModel, TokenLimits ofProvider, long estimate) {
        long tokens = Math.max(0, estimate);
        Counters counters = instances.computeIfAbsent(instance.identity(), id -> new Counters());
        synchronized (counters) {
            long now = now();
            WindowedTokens own = ofModel.any() ? model(counters, model, now) : counters.models.get(model);
            TokenAnswer refusal = longer(
                    counters.all.refuse(ofProvider, tokens, now),
                    own == null ? null : own.refuse(ofModel, tokens, now));
            if (refusal != null) {
                return refusal;
            }
            List<WindowedTokens> levels = own == null ? List.of(counters.all) : List.of(counters.all, own);
            levels.forEach(level -> level.add(now, tokens, now));
            return new TokenAnswer.Reserved(new Reservation(this, counters, levels, now, tokens));
        }
    }

    /** Null when there is room; else why not, for how long. Sets nothing aside. */
    public @Nullable TokenAnswer look(
            Instance instance, String model, TokenLimits ofModel, TokenLimits ofProvider, long estimate) {
        Counters counters = instances.computeIfAbsent(instance.identity(), id -> new Counters());
        synchronized (counters) {
            long now = now();
            WindowedTokens own = counters.models.get(model);
            return longer(
                    counters.all.refuse(ofProvider, estimate, now),
                    (own == null ? new WindowedTokens() : own).refuse(ofModel, estimate, now));
        }
    }

    /** Tokens of the last minute, hour and day, of all models of the instance. */
    public TokenLimits used(Instance instance) {
        Counters counters = instances.get(instance.identity());
        if (counters == null) {
            return TokenLimits.NONE;
        }
        synchronized (counters) {
            return counters.all.used(now());
        }
    }

    long now() {
        return nanoTime.getAsLong();
    }

    private static WindowedTokens model(Counters counters, String model, long now) {
        if (counters.models.size() >= MODELS && !counters.models.containsKey(model)) {
            counters.models.values().removeIf(tokens -> tokens.idle(now));
        }
        return counters.models.computeIfAbsent(model, m -> new WindowedTokens());
    }

    private static @Nullable TokenAnswer longer(@Nullable TokenAnswer one, @Nullable TokenAnswer other) {
        if (one instanceof TokenAnswer.Out a && other instanceof TokenAnswer.Out b) {
            return a.left().compareTo(b.left()) >= 0 ? a : b;
        }
        return one instanceof TokenAnswer.TooLarge || other == null ? one : other;
    }
}
