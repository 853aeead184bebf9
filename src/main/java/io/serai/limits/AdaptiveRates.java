package io.serai.limits;

import io.serai.call.Instance;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/** The line before each instance, kept under the instance's identity, so that a reload forgets nothing. */
public final class AdaptiveRates {
    /** Clients may name models: above so many lines, those where nobody waits are dropped. */
    private static final int MODELS = 10_000;

    private static final Settings.AdaptiveRate SPACING_ONLY = new Settings.AdaptiveRate(
            false,
            Duration.ZERO,
            0,
            0,
            0,
            Duration.ofMinutes(1),
            Duration.ofMillis(1),
            1,
            Duration.ofSeconds(1),
            0,
            Duration.ofMinutes(1),
            0);

    private final ConcurrentHashMap<String, AdaptiveRate> models = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AdaptiveRate> rates = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private volatile Settings.AdaptiveRate settings;

    /** @param nanoTime the clock of {@link System#nanoTime} */
    public AdaptiveRates(Settings.AdaptiveRate settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    public AdaptiveRate of(Instance instance) {
        return rates.computeIfAbsent(
                instance.identity(),
                id -> new AdaptiveRate(
                        id,
                        settings,
                        nanoTime,
                        () -> ThreadLocalRandom.current().nextDouble()));
    }

    /**
     * The line before one model of an instance, for a spacing of its own; nothing is learned in it. A call that waits in it
     * waits in the instance's line after that.
     */
    public AdaptiveRate of(Instance instance, String model) {
        if (models.size() >= MODELS) {
            models.values().removeIf(AdaptiveRate::idle);
        }
        return models.computeIfAbsent(
                instance.identity() + '\n' + model, id -> new AdaptiveRate(id, SPACING_ONLY, nanoTime, () -> 0.5));
    }

    /** A reload: what was learned stays. */
    public void use(Settings.AdaptiveRate changed) {
        settings = changed;
        rates.values().forEach(rate -> rate.use(changed));
    }

    /** The learned time between an instance's calls, 0: none. */
    public long intervalMs(Instance instance) {
        AdaptiveRate rate = rates.get(instance.identity());
        return rate == null ? 0 : rate.state().intervalMs();
    }

    /** Of every instance that was asked for so far, by identity. */
    public List<RateState> states() {
        return rates.values().stream()
                .map(AdaptiveRate::state)
                .sorted(Comparator.comparing(RateState::identity))
                .toList();
    }

    /** Forgets what was learned of the instance; those who wait keep their places. */
    public void reset(Instance instance) {
        AdaptiveRate rate = rates.get(instance.identity());
        if (rate != null) {
            rate.reset();
        }
    }

    public void resetAll() {
        rates.values().forEach(AdaptiveRate::reset);
    }
}
