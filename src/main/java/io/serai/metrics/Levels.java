package io.serai.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.serai.batch.Savings;
import io.serai.call.Instance;
import io.serai.ledger.Books;
import io.serai.routing.Disabled;
import io.serai.routing.ExtraSpend;
import io.serai.routing.Health;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** What is not counted by the request, but stands somewhere when someone looks. */
public final class Levels {
    private static final int OPEN = 2;

    private final MultiGauge breakers;
    private final MultiGauge pauses;
    private final MultiGauge ups;
    private volatile long generation;
    private volatile int configErrors;
    private volatile double budgetUsd;

    /**
     * What a generation knows.
     *
     * @param configErrors of the newest configuration; 0: it is the one in use
     * @param budgetUsd what asking several models at once may cost in an hour
     */
    public record Sight(
            long generation,
            int configErrors,
            double budgetUsd,
            Collection<Instance> instances,
            Health health,
            Disabled disabled) {
        double up(Instance instance) {
            boolean up = health.pause(instance) == null && disabled.of(instance) == null && breaker(instance) < OPEN;
            return up ? 1 : 0;
        }

        double breaker(Instance instance) {
            return switch (health.breakerState(instance)) {
                case CLOSED, DISABLED, METRICS_ONLY -> 0;
                case HALF_OPEN -> 1;
                case OPEN, FORCED_OPEN -> OPEN;
            };
        }

        double pause(Instance instance) {
            Health.Pause pause = health.pause(instance);
            return pause == null ? 0 : pause.left().toMillis() / 1000.0;
        }
    }

    Levels(MeterRegistry registry, AtomicInteger inFlight, Books books, Savings savings, ExtraSpend spend) {
        gauge(registry, "serai.requests.in.flight", inFlight, AtomicInteger::get, "Requests that are running");
        gauge(registry, "serai.ledger.queue", books, b -> b.condition().queue(), "Records that wait for the journal");
        Gauge.builder("serai.ledger.journal", books, b -> b.condition().journalBytes())
                .description("What the database does not have yet")
                .baseUnit("bytes")
                .register(registry);
        sum(
                registry,
                "serai.ledger.lost",
                books,
                b -> b.condition().lost(),
                "Records that neither the journal nor the database took");
        sum(
                registry,
                "serai.ledger.spoiled",
                books,
                b -> b.condition().spoiled(),
                "Records that can't be written for what is in them");
        sum(
                registry,
                "serai.batching.calls",
                savings,
                s -> (double) s.sharedCalls() + s.mergedCalls(),
                "Requests that another's request answered");
        sum(registry, "serai.batching.saved.tokens", savings, Savings::savedTokens, "Tokens that these did not use");
        sum(
                registry,
                "serai.batching.saved.usd",
                savings,
                s -> s.savedUsd().doubleValue(),
                "What these did not cost, US dollars");
        gauge(
                registry,
                "serai.hedging.remaining.usd",
                this,
                l -> Math.max(0, l.budgetUsd - spend.spentUsd().doubleValue()),
                "What asking several models at once may still cost in this hour, US dollars");
        gauge(registry, "serai.config.generation", this, l -> l.generation, "Which configuration is in use, counted");
        gauge(
                registry,
                "serai.config.errors",
                this,
                l -> l.configErrors,
                "Errors of the newest configuration; 0: it is in use");
        breakers = MultiGauge.builder("serai.instance.breaker")
                .description("An instance's circuit breaker: 0 closed, 1 half open, 2 open")
                .register(registry);
        pauses = MultiGauge.builder("serai.instance.pause")
                .description("How long an instance is left alone yet")
                .baseUnit("seconds")
                .register(registry);
        ups = MultiGauge.builder("serai.instance.up")
                .description("Whether an instance, a provider with one of its keys, is asked: 1, else 0")
                .register(registry);
    }

    private static <T> void gauge(
            MeterRegistry registry, String name, T of, ToDoubleFunction<T> value, String description) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }

    private static <T> void sum(
            MeterRegistry registry, String name, T of, ToDoubleFunction<T> value, String description) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    /** Before a scrape: what a generation says now. */
    void look(Sight now) {
        generation = now.generation();
        configErrors = now.configErrors();
        budgetUsd = now.budgetUsd();
        show(breakers, now, now::breaker);
        show(pauses, now, now::pause);
        show(ups, now, now::up);
    }

    private static void show(MultiGauge gauge, Sight now, ToDoubleFunction<Instance> value) {
        gauge.register(
                now.instances().stream()
                        .map(i -> MultiGauge.Row.of(
                                Tags.of("provider", i.provider().id(), "instance", i.id()),
                                () -> value.applyAsDouble(i)))
                        .toList(),
                true);
    }
}
