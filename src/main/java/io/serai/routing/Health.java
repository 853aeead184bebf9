package io.serai.routing;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.serai.call.Instance;
import io.serai.call.LogText;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of each instance's health: its breaker, and until when it is left alone and why. Kept under the instance's
 * identity, so that a reload, or another order of the keys, forgets nothing.
 */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    /** A refused key is tried again after so long: someone may have mended it at the provider. */
    private static final Duration OUT_OF_SERVICE = Duration.ofMinutes(10);
    /** A key without credit: quotas come back by the hour or the day. */
    private static final Duration WITHOUT_CREDIT = Duration.ofHours(1);
    /** Limits of models are by the minute. */
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** AISBF's figure: so many failures that speak against the provider, without a success between them. */
    private static final int FAILURES_IN_A_ROW = 3;

    /** Clients may name models: above so many that rest, the one that rests the shortest is forgotten. */
    static final int MOST_MODELS = 10_000;

    /** After so long another one may try, for the first may never have come so far. */
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(60);

    private final ConcurrentHashMap<String, State> states = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AtomicInteger> turns = new ConcurrentHashMap<>();
    /** Which keys are to be left alone for one model only. */
    private final ConcurrentHashMap<OfModel, Spent> spent = new ConcurrentHashMap<>();

    private final LongSupplier nanoTime;

    public Health(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Why an instance is left alone.
     *
     * @param reason cooling_down (rate limited), overloaded, failing, credentials_bad, quota_used_up
     * @param left until it is tried again
     * @param guessed whether the time is the broker's own guess; else the provider has named it, or knows the key as dead
     */
    public record Pause(String reason, Duration left, boolean guessed) {}

    /** A model's own limit at a key is reached, until then in nanoseconds. */
    private record Spent(String reason, long until, boolean guessed) {}

    private record OfModel(String identity, String model) {}

    private static final class State {
        private CircuitBreaker breaker;
        private Settings.Breaker settings;
        private long until;
        private boolean guessed;
        private @Nullable String reason;
        private int failuresInARow;
        private long probedUntil;

        State(CircuitBreaker breaker, Settings.Breaker settings, long now) {
            this.probedUntil = now;
            this.breaker = breaker;
            this.settings = settings;
        }

        /** With changed settings a new one begins to count, open where the old one was open. */
        synchronized CircuitBreaker breaker(Instance instance, Settings.Breaker wanted) {
            if (!settings.equals(wanted)) {
                CircuitBreaker next = create(instance, wanted);
                if (breaker.getState() == CircuitBreaker.State.OPEN) {
                    next.transitionToOpenState();
                }
                breaker = next;
                settings = wanted;
            }
            return breaker;
        }

        synchronized CircuitBreaker.State breakerState() {
            return breaker.getState();
        }

        /** A shorter pause never overwrites a longer one. */
        synchronized boolean pause(String why, long untilNanos, boolean guess, long now) {
            if (reason != null && until - untilNanos >= 0) {
                return false;
            }
            boolean began = reason == null || until - now <= 0;
            reason = why;
            until = untilNanos;
            guessed = guess;
            return began;
        }

        synchronized void resume(long pause) {
            if (until == pause) {
                reason = null;
            }
        }

        /** Whether this was the failure that is one too many; the count begins anew then. */
        synchronized boolean failedAgain() {
            if (++failuresInARow < FAILURES_IN_A_ROW) {
                return false;
            }
            failuresInARow = 0;
            return true;
        }

        synchronized void succeeded() {
            failuresInARow = 0;
        }

        synchronized boolean probe(long now) {
            boolean free = probedUntil - now <= 0;
            if (free) {
                probedUntil = now + LONGEST_PROBE.toNanos();
            }
            return free;
        }

        synchronized void probeEnded(boolean well, long now) {
            probedUntil = now;
            if (well) {
                reason = null;
            }
        }

        synchronized long name() {
            return reason == null ? 0 : until;
        }

        synchronized @Nullable Pause paused(long now) {
            return reason == null || until - now <= 0
                    ? null
                    : new Pause(reason, Duration.ofNanos(until - now), guessed);
        }
    }

    /** The instance's breaker, the same one as long as its settings are. */
    public CircuitBreaker breaker(Instance instance, Settings.Breaker settings) {
        return states.computeIfAbsent(
                        instance.identity(),
                        id -> new State(create(instance, settings), settings, nanoTime.getAsLong()))
                .breaker(instance, settings);
    }

    private static CircuitBreaker create(Instance instance, Settings.Breaker settings) {
        return CircuitBreaker.of(
                instance.id(),
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(settings.window())
                        .minimumNumberOfCalls(settings.minimum())
                        .failureRateThreshold(settings.failureRate())
                        .waitDurationInOpenState(settings.open())
                        .automaticTransitionFromOpenToHalfOpenEnabled(true) // whoever is passed over is not asked
                        .permittedNumberOfCallsInHalfOpenState(2)
                        .writableStackTraceEnabled(false)
                        .ignoreException(e -> !counts(e))
                        .build());
    }

    private static boolean counts(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof UpstreamException upstream) {
                return upstream.failure().countsAgainstProvider();
            }
        }
        return true;
    }

    /** Null while the instance may be called. */
    public @Nullable Pause pause(Instance instance) {
        State state = states.get(instance.identity());
        return state == null ? null : state.paused(nanoTime.getAsLong());
    }

    /** Nanoseconds until the broker would call the instance again on its own judgement; -1 when that is not what keeps it away. */
    long guessedPause(Instance instance) {
        State state = states.get(instance.identity());
        Pause pause = pause(instance);
        if (pause != null) {
            return pause.guessed() ? pause.left().toNanos() : -1;
        }
        return state != null && state.breakerState() == CircuitBreaker.State.OPEN
                ? state.settings.open().toNanos()
                : -1;
    }

    /** Null while the instance may be asked for the model, as far as the model's own quota goes. */
    public @Nullable Pause pause(Instance instance, String model) {
        if (spent.isEmpty()) {
            return null;
        }
        OfModel both = new OfModel(instance.identity(), model);
        Spent known = spent.get(both);
        if (known == null) {
            return null;
        }
        long left = known.until() - nanoTime.getAsLong();
        if (left <= 0) {
            spent.remove(both, known);
            return null;
        }
        return new Pause(known.reason(), Duration.ofNanos(left), known.guessed());
    }

    /** The models for which the instance is left alone though others may be asked of it, by name. */
    public SortedMap<String, Pause> restingModels(Instance instance) {
        SortedMap<String, Pause> resting = new TreeMap<>();
        for (OfModel both : spent.keySet()) {
            Pause pause = both.identity().equals(instance.identity()) ? pause(instance, both.model()) : null;
            if (pause != null) {
                resting.put(both.model(), pause);
            }
        }
        return resting;
    }

    /** CLOSED, OPEN or HALF_OPEN; CLOSED for an instance that was never called. */
    public CircuitBreaker.State breakerState(Instance instance) {
        State state = states.get(instance.identity());
        return state == null ? CircuitBreaker.State.CLOSED : state.breakerState();
    }

    /**
     * Learns from a failure how long the instance should be left alone; the operator hears of keys that are dead. Once an
     * attempt.
     *
     * @param cooldown after three failures in a row
     * @param unknownLimit after a 429 that names no time
     */
    public void learn(
            Instance instance, String model, UpstreamFailure failure, Duration cooldown, Duration unknownLimit) {
        switch (failure) {
            case UpstreamFailure.RateLimited limited
            when limited.ofModel() -> {
                Duration asked = limited.retryAfter();
                rest(instance, model, "cooling_down", asked == null ? A_MINUTE : asked, asked == null, failure);
            }
            case UpstreamFailure.RateLimited limited ->
                rest(
                        instance,
                        "cooling_down",
                        limited.retryAfter() == null ? unknownLimit : limited.retryAfter(),
                        limited.retryAfter() == null,
                        failure);
            // where there is no key, none can be dead
            case UpstreamFailure.CredentialsBad bad when instance.key() == null -> {}
            case UpstreamFailure.QuotaUsedUp used when instance.key() == null -> {}
            case UpstreamFailure.QuotaUsedUp used
            when used.ofModel() -> rest(instance, model, "quota_used_up", WITHOUT_CREDIT, false, failure);
            case UpstreamFailure.CredentialsBad bad ->
                rest(instance, "credentials_bad", OUT_OF_SERVICE, false, failure);
            case UpstreamFailure.QuotaUsedUp used -> rest(instance, "quota_used_up", WITHOUT_CREDIT, false, failure);
            case UpstreamFailure.Overloaded busy
            when busy.retryAfter() != null -> rest(instance, "overloaded", busy.retryAfter(), false, failure);
            default -> {}
        }
        State state = states.get(instance.identity());
        if (state != null && failure.countsAgainstProvider() && state.failedAgain()) {
            rest(instance, "failing", cooldown, true, failure);
        }
    }

    /** An attempt has its reply. */
    public void succeeded(Instance instance) {
        State state = states.get(instance.identity());
        if (state != null) {
            state.succeeded();
        }
    }

    /**
     * Lets one call through to an instance that is left alone, to see whether it is well again; for calls that have no other
     * way. Every one that got true must say {@link #probeEnded}.
     */
    public boolean probe(Instance instance) {
        State state = states.get(instance.identity());
        if (state == null || !state.probe(nanoTime.getAsLong())) {
            return false;
        }
        CircuitBreaker breaker = state.breaker;
        if (breaker.getState() == CircuitBreaker.State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
        return true;
    }

    public void probeEnded(Instance instance, boolean well) {
        State state = states.get(instance.identity());
        if (state != null) {
            state.probeEnded(well, nanoTime.getAsLong());
        }
    }

    /** The instance served the very request that it had put off before, so whatever pause began then is over. */
    public void recovered(Instance instance, long pause) {
        State state = states.get(instance.identity());
        if (state != null) {
            state.resume(pause);
        }
    }

    /** A name for the pause that is in force, 0 without one: another call's pause has another. */
    public long pauseName(Instance instance) {
        State state = states.get(instance.identity());
        return state == null ? 0 : state.name();
    }

    /** A stream broke off after the breaker had booked its beginning as a success. */
    public void broke(
            Instance instance, String model, Settings.Breaker settings, UpstreamFailure failure, Duration cooldown) {
        learn(instance, model, failure, cooldown, A_MINUTE);
        if (failure.countsAgainstProvider()) {
            breaker(instance, settings).onError(0, TimeUnit.MILLISECONDS, new UpstreamException(failure));
        }
    }

    /** Of one model of the instance only; a shorter time never overwrites a longer one. */
    private void rest(
            Instance instance, String model, String reason, Duration wait, boolean guessed, UpstreamFailure failure) {
        Spent now = new Spent(reason, nanoTime.getAsLong() + wait.toNanos(), guessed);
        if (keep(new OfModel(instance.identity(), model), now) && !wait.isZero()) {
            LOG.warn(
                    "{} is left alone with {} for {} s: {} (status {}): {}",
                    instance.id(),
                    LogText.of(model),
                    wait.toSeconds(),
                    reason,
                    failure.status(),
                    LogText.of(failure.message()));
        }
    }

    /** Whether it is the longest time that is known of it. */
    private boolean keep(OfModel both, Spent next) {
        synchronized (spent) {
            if (spent.size() >= MOST_MODELS && !spent.containsKey(both)) {
                long now = nanoTime.getAsLong();
                spent.values().removeIf(s -> s.until() - now <= 0);
                if (spent.size() >= MOST_MODELS) {
                    spent.entrySet().stream()
                            .min(Comparator.comparingLong(e -> e.getValue().until() - now))
                            .ifPresent(shortest -> spent.remove(shortest.getKey()));
                }
            }
            return spent.merge(both, next, (a, b) -> b.until() - a.until() > 0 ? b : a) == next;
        }
    }

    private void rest(Instance instance, String reason, Duration wait, boolean guessed, UpstreamFailure failure) {
        State state = states.get(instance.identity());
        long now = nanoTime.getAsLong();
        if (state != null && !wait.isZero() && state.pause(reason, now + wait.toNanos(), guessed, now)) {
            LOG.warn(
                    "{} is out of service for {} s: {} (status {}): {}",
                    instance.id(),
                    wait.toSeconds(),
                    reason,
                    failure.status(),
                    LogText.of(failure.message()));
        }
    }

    /** Whose turn it is among {@code of} keys of a provider: each request begins with the next one. */
    public int turn(String provider, int of) {
        if (of < 2) {
            return 0;
        }
        return Math.floorMod(
                turns.computeIfAbsent(provider, p -> new AtomicInteger()).getAndIncrement(), of);
    }
}
