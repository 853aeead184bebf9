package io.serai.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.serai.batch.Savings;
import io.serai.cache.BackendCounts;
import io.serai.cache.ModelCounts;
import io.serai.call.CallRecord;
import io.serai.call.Outcome;
import io.serai.call.Overhead;
import io.serai.call.Purpose;
import io.serai.call.Usage;
import io.serai.ledger.Books;
import io.serai.routing.ExtraSpend;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyConfiguration;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;

/**
 * The metrics: OpenTelemetry's for generative AI, with their names and buckets, and Serai's own. Durations are seconds. Labels are
 * names out of the configuration and words of the broker's own, never anything of a request.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/">OpenTelemetry's conventions</a>
 */
public final class Meters {
    private static final double[] DURATIONS =
            DoubleStream.iterate(0.01, d -> d * 2).limit(14).toArray(); // to 81.92
    private static final double[] TOKENS =
            DoubleStream.iterate(1, d -> d * 4).limit(14).toArray(); // to 67108864
    private static final double[] FIRST_TOKEN = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60
    };
    private static final double[] EACH_TOKEN = {0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5};
    private static final double[] OVERHEAD = {0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1, 5, 30};
    private static final double[] ATTEMPTS = {1, 2, 3, 4, 5, 8, 12};
    private static final double MICRO = 1e-6;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Totals totals = new Totals();
    private final Addresses addresses = new Addresses();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Levels levels;

    public Meters(Books books, Savings savings, ExtraSpend spend) {
        levels = new Levels(registry, inFlight, books, savings, spend);
    }

    /** From now on it is counted too what becomes of the exchanges of each of the context's routes, and how long they take. */
    public void timeRoutes(CamelContext context) {
        MicrometerRoutePolicyFactory factory = new MicrometerRoutePolicyFactory();
        factory.setMeterRegistry(registry);
        MicrometerRoutePolicyConfiguration wanted = new MicrometerRoutePolicyConfiguration();
        wanted.setContextEnabled(false); // of the routes only, whose names tell which
        wanted.setAdditionalCounters(false); // its clock counts too
        factory.setPolicyConfiguration(wanted);
        context.addRoutePolicyFactory(factory);
    }

    /** Shows what another part of the broker counts. */
    public void include(MeterBinder part) {
        part.bindTo(registry);
    }

    /** Counts what a cache's backend does. */
    public void watch(String backend, BackendCounts counts) {
        cache("hits", "Entries that were found", backend, counts, BackendCounts::hits);
        cache("misses", "Entries that were not found", backend, counts, BackendCounts::misses);
        cache("sets", "Entries that were kept", backend, counts, BackendCounts::sets);
        cache("errors", "Times that the backend failed", backend, counts, BackendCounts::errors);
        cache("evictions", "Entries that had to go for want of room", backend, counts, BackendCounts::evictions);
    }

    private void cache(
            String what, String description, String backend, BackendCounts counts, ToLongFunction<BackendCounts> of) {
        FunctionCounter.builder("serai.cache." + what, counts, of::applyAsLong)
                .description(description)
                .tags("backend", backend)
                .register(registry);
    }

    /** Counts what answers out of the cache save. */
    public void watch(ModelCounts models) {
        FunctionCounter.builder("serai.cache.answers", models, m -> m.all().hits())
                .description("Requests that were answered out of the cache, or with another's answer")
                .register(registry);
        FunctionCounter.builder("serai.cache.saved.tokens", models, m -> m.all().tokens())
                .description("Tokens that these did not use")
                .register(registry);
        FunctionCounter.builder(
                        "serai.cache.saved.usd", models, m -> m.all().usd().doubleValue())
                .description("What these did not cost, US dollars")
                .register(registry);
    }

    public Totals totals() {
        return totals;
    }

    public Addresses addresses() {
        return addresses;
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** A request has come; run what this returns when it is over. */
    public Runnable came(String address) {
        inFlight.incrementAndGet();
        Runnable left = addresses.came(address);
        return () -> {
            inFlight.decrementAndGet();
            left.run();
        };
    }

    /** In Prometheus' text format 0.0.4. */
    public String scrape(Levels.Sight now) {
        levels.look(now);
        return registry.scrape();
    }

    /** Counts a request that is over, if it named a model. */
    void count(CallRecord call, KnownNames names) {
        if (call.model().isEmpty()) {
            return;
        }
        addresses.add(call);
        String operation = lower(call.operation());
        String outcome = lower(call.outcome());
        counter("serai.requests", "Requests by how they ended", Tags.of("operation", operation, "outcome", outcome));
        call.sensitive().forEach(this::countSensitive);
        String asked = names.asked(call.model());
        String served = served(call, names);
        Tags tags = Tags.of(
                "gen_ai.operation.name",
                operation,
                "gen_ai.provider.name",
                KnownNames.convention(call.provider()),
                "gen_ai.request.model",
                asked,
                "gen_ai.response.model",
                served,
                "error.type",
                Totals.isWell(call) ? "" : outcome);
        seconds("gen_ai.server.request.duration", DURATIONS, tags, call.durationMs() / 1000.0);
        countOverhead(call.overhead());
        if (call.firstTokenMs() >= 0 && call.streamed()) {
            seconds("gen_ai.server.time_to_first_token", FIRST_TOKEN, tags, call.firstTokenMs() / 1000.0);
            if (call.usage().output() > 1) {
                double each = (call.durationMs() - call.firstTokenMs())
                        / 1000.0
                        / (call.usage().output() - 1);
                seconds("gen_ai.server.time_per_output_token", EACH_TOKEN, tags, each);
            }
        }
        Tags provider = Tags.of("provider", call.provider(), "model", served);
        countEnd(call, provider);
        countMoney(call, provider);
        countKeys(call);
        call.attempts().forEach(attempt -> count(attempt, operation, names));
        totals.add(call); // last: who sees the request here sees it in all the metrics
    }

    /** Many providers answer by a longer name than they were asked by, {@code gpt-4o-2024-08-06}: then it is the latter. */
    private static String served(CallRecord call, KnownNames names) {
        String said = names.served(call.provider(), call.servedModel());
        return !said.equals(KnownNames.OTHER) ? said : names.served(call.provider(), call.targetModel());
    }

    private void countOverhead(Overhead overhead) {
        seconds("serai.overhead", OVERHEAD, Tags.empty(), overhead.us() * MICRO);
        seconds("serai.overhead.phase", OVERHEAD, Tags.of("phase", "before"), overhead.beforeUs() * MICRO);
        seconds("serai.overhead.phase", OVERHEAD, Tags.of("phase", "after"), overhead.afterUs() * MICRO);
        if (overhead.betweenUs() > 0) {
            seconds("serai.overhead.phase", OVERHEAD, Tags.of("phase", "between"), overhead.betweenUs() * MICRO);
        }
    }

    /** A request that went on with another key of the same provider. */
    private void countKeys(CallRecord call) {
        CallRecord.Try before = null;
        for (CallRecord.Try attempt : call.attempts()) {
            if (attempt.purpose() != Purpose.REPLY) {
                continue;
            }
            if (before != null
                    && !before.reason().equals("ok")
                    && before.provider().equals(attempt.provider())
                    && !before.instance().equals(attempt.instance())) {
                counter(
                        "serai.key.rotations",
                        "Attempts with another key of a provider, by why the one before failed",
                        Tags.of("provider", before.provider(), "reason", before.reason()));
            }
            before = attempt;
        }
    }

    private void countEnd(CallRecord call, Tags provider) {
        if (call.outcome() == Outcome.CLIENT_CANCELLED) {
            counter("serai.requests.cancelled", "Requests whose client went away", provider);
        } else if (call.outcome() == Outcome.UPSTREAM_ERROR_AFTER_OUTPUT) {
            counter("serai.streams.truncated", "Streams that broke off after their first text", provider);
        }
        long tries = call.attempts().stream()
                .filter(a -> a.purpose() == Purpose.REPLY && a.wentOut())
                .count();
        if (tries > 0) {
            histogram("serai.request.attempts", "Attempts of a request", "", ATTEMPTS, Tags.empty(), tries);
        }
        if (tries > 1) {
            String result = Totals.isWell(call) ? "success" : "failure";
            counter("serai.fallbacks", "Requests that took more than one attempt", Tags.of("result", result));
        }
    }

    private void countSensitive(String reason) {
        int colon = reason.indexOf(':');
        counter(
                "serai.sensitive",
                "Requests that only models with a flag could be sent, for each thing that was found in them",
                Tags.of("kind", reason.substring(0, colon), "category", reason.substring(colon + 1)));
    }

    private void countMoney(CallRecord call, Tags provider) {
        BigDecimal usd = call.cost().usd();
        if (usd == null) {
            counter("serai.unpriced", "Requests whose price is not known", provider);
        } else if (usd.signum() > 0) {
            Counter.builder("serai.cost.usd")
                    .description("What requests cost, US dollars; a bill is exact, this is a sum of doubles")
                    .tags(provider)
                    .register(registry)
                    .increment(usd.doubleValue());
        }
    }

    private void count(CallRecord.Try attempt, String operation, KnownNames names) {
        String model = names.served(attempt.provider(), attempt.model());
        Tags tags = Tags.of(
                "gen_ai.operation.name", operation,
                "gen_ai.provider.name", KnownNames.convention(attempt.provider()),
                "gen_ai.request.model", model);
        String error = attempt.reason().equals("ok") ? "" : attempt.reason();
        seconds("gen_ai.client.operation.duration", DURATIONS, tags.and("error.type", error), attempt.ms() / 1000.0);
        Usage usage = attempt.usage();
        if (usage == null) {
            return;
        }
        tokens(tags, "input", usage.input());
        tokens(tags, "output", usage.output());
        Tags provider = Tags.of("provider", attempt.provider(), "model", model);
        split(provider, "cache_read", usage.inCacheRead());
        split(provider, "cache_write", usage.inCacheWrite5m() + usage.inCacheWrite1h());
        split(provider, "reasoning", usage.outReasoning());
    }

    private void tokens(Tags tags, String type, long count) {
        if (count > 0) {
            histogram(
                    "gen_ai.client.token.usage",
                    "Tokens of an attempt",
                    "",
                    TOKENS,
                    tags.and("gen_ai.token.type", type),
                    count);
        }
    }

    private void split(Tags tags, String type, long count) {
        if (count > 0) {
            Counter.builder("serai.tokens")
                    .description("Tokens with a price of their own, which are in the input or output too")
                    .tags(tags.and("type", type))
                    .register(registry)
                    .increment(count);
        }
    }

    private void counter(String name, String description, Tags tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }

    private void seconds(String name, double[] buckets, Tags tags, double value) {
        histogram(name, "Seconds", "seconds", buckets, tags, value);
    }

    private void histogram(String name, String description, String unit, double[] buckets, Tags tags, double value) {
        DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit.isEmpty() ? null : unit)
                .serviceLevelObjectives(buckets)
                .tags(tags)
                .register(registry)
                .record(value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
