package io.serai.limits;

import io.serai.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Clients that always have another request, a provider that changes its limit three times, and the line between them, on a
 * virtual clock. Everything is drawn from the seed: the limit, its kind, its steps and their times, how long the network takes,
 * how long answers take, and whether refusals name a wait.
 */
final class SimulatedTraffic {
    static final Settings.AdaptiveRate DEFAULTS = new Settings.AdaptiveRate(
            true,
            Duration.ZERO,
            0.1,
            10,
            0.05,
            Duration.ofSeconds(60),
            Duration.ofMillis(10),
            2,
            Duration.ofSeconds(1),
            0.25,
            Duration.ofHours(1),
            10);

    private static final double SECOND = 1e9;
    private static final double MINUTE = 60 * SECOND;
    /** Counted by so many seconds. */
    private static final int SLOT = 10;

    private static final long NEVER = Long.MAX_VALUE / 2;

    private record Step(double at, double perMinute) {}

    private record Event(double at, long order, Runnable action) {}

    /**
     * What came of it.
     *
     * @param lowest the lowest mean of accepted requests over a span, as a share of the limit
     * @param highest the highest one
     * @param oneRequest what one request is in such a mean, as the largest share of it
     * @param refused the share of all requests in converged time
     * @param regained minutes until a mean of two minutes held 85 % of a doubled limit (to one request); NaN: there was none
     */
    record Outcome(String drawn, double lowest, double highest, double oneRequest, double refused, double regained) {}

    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingLong(Event::order));
    private final List<Step> steps = new ArrayList<>();
    private final SimulatedProvider provider;
    private final AdaptiveRate rate;
    private final boolean namesWait;
    private final double latency;
    private final double end;
    private final int[] accepted;
    private final int[] refused;
    private double now;
    private long order;
    private int inFlight;
    private int clients;
    private boolean idle = true;
    private Place head;

    SimulatedTraffic(long seed, double leastPerMinute, double mostPerMinute) {
        random = new Random(seed);
        double limit = Math.floor(Math.exp(between(Math.log(leastPerMinute), Math.log(mostPerMinute))));
        provider = new SimulatedProvider(random, limit);
        namesWait = random.nextBoolean();
        latency = between(0.02, 0.4) * SECOND;
        steps.add(new Step(0, limit));
        double at = between(10, 16) * MINUTE;
        double any = random.nextBoolean() ? between(0.3, 0.8) : between(1.25, 2);
        for (double factor : new double[] {any, 2, between(0.3, 0.9)}) {
            limit = Math.clamp(Math.floor(limit * factor), leastPerMinute, mostPerMinute);
            steps.add(new Step(at, limit));
            at += between(20, 28) * MINUTE;
        }
        end = at;
        accepted = new int[(int) (end / SECOND / SLOT) + 1];
        refused = new int[accepted.length];
        rate = new AdaptiveRate("simulated", DEFAULTS, () -> (long) now, random::nextDouble);
        head = rate.join(NEVER, Duration.ZERO);
    }

    private double between(double least, double most) {
        return least + random.nextDouble() * (most - least);
    }

    Outcome run() {
        for (Step step : steps) {
            at(step.at(), () -> {
                provider.allow(step.perMinute());
                clients = (int) Math.ceil(step.perMinute() / 60 * 4) + 8;
            });
        }
        at(0, this::ask);
        while (!events.isEmpty() && events.element().at() < end) {
            Event event = events.remove();
            now = event.at();
            event.action().run();
        }
        return measure();
    }

    private void at(double time, Runnable action) {
        events.add(new Event(time, order++, action));
    }

    /** The head of the line; there is always one behind it. */
    private void ask() {
        idle = inFlight >= clients;
        if (idle) {
            return;
        }
        switch (head.turn()) {
            case Turn.Go go -> {
                inFlight++;
                at(now + latency * between(0.4, 0.6), () -> arrive(go.grant()));
                head = rate.join(NEVER, Duration.ZERO);
                at(now, this::ask);
            }
            case Turn.Later later -> at(now + later.nanos(), this::ask);
            case Turn.TooLate late -> throw new IllegalStateException("nobody is late here");
        }
    }

    private void arrive(Grant grant) {
        if (provider.accepts(now)) {
            accepted[(int) (now / SECOND / SLOT)]++;
            at(now + between(0.2, 2) * SECOND, () -> answered(grant::accepted));
        } else {
            refused[(int) (now / SECOND / SLOT)]++;
            Duration wait = Duration.ofSeconds(provider.retryAfter(now));
            at(now + latency / 2, () -> answered(() -> grant.refused(namesWait ? wait : null)));
        }
    }

    private void answered(Runnable outcome) {
        inFlight--;
        outcome.run();
        if (idle) {
            idle = false;
            at(now, this::ask);
        }
    }

    private Outcome measure() {
        double lowest = Double.MAX_VALUE;
        double highest = 0;
        double oneRequest = 0;
        double regained = Double.NaN;
        long all = 0;
        long no = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            boolean up = i > 0 && step.perMinute() > steps.get(i - 1).perMinute();
            int to = (int) ((i + 1 < steps.size() ? steps.get(i + 1).at() : end) / SECOND / SLOT);
            int from = (int) Math.ceil((step.at() + (up ? 13 : 3) * MINUTE) / SECOND / SLOT);
            // three minutes, or sixty requests where these take longer
            int span = (int) Math.ceil(Math.max(3, 60 / step.perMinute()) * 60 / SLOT);
            oneRequest = Math.max(oneRequest, 1 / (step.perMinute() * span * SLOT / 60));
            for (int slot = from; slot + span <= to; slot++) {
                double share = mean(slot, span) / step.perMinute();
                lowest = Math.min(lowest, share);
                highest = Math.max(highest, share);
            }
            all += sum(accepted, from, to) + sum(refused, from, to);
            no += sum(refused, from, to);
            if (up && step.perMinute() >= 1.9 * steps.get(i - 1).perMinute()) {
                int began = (int) Math.ceil(step.at() / SECOND / SLOT);
                int two = 120 / SLOT;
                int slot = began;
                while (slot < to && sum(accepted, slot - two, slot) + 1 < 0.85 * 2 * step.perMinute()) {
                    slot++;
                }
                double took = (slot - began) * SLOT / 60.0;
                regained = Double.isNaN(regained) ? took : Math.max(regained, took);
            }
        }
        return new Outcome(drawn(), lowest, highest, oneRequest, (double) no / all, regained);
    }

    private double mean(int from, int slots) {
        return sum(accepted, from, from + slots) * 60.0 / SLOT / slots;
    }

    private static int sum(int[] counts, int from, int to) {
        int sum = 0;
        for (int slot = from; slot < to; slot++) {
            sum += counts[slot];
        }
        return sum;
    }

    private String drawn() {
        List<String> limits = steps.stream()
                .map(s -> "%.0f at %.0f".formatted(s.perMinute(), s.at() / MINUTE))
                .toList();
        return provider + " " + limits + (namesWait ? " with" : " without") + " Retry-After";
    }
}
