package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.Target;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.models.ModelTable;
import io.serai.provider.ContextLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call's way through its candidates. The route asks {@link #isMore}, makes the attempt that {@link #next} gives, and
 * tells {@link #failed} how it went; which failure leads where is the table of behaviour, section 2.
 */
public final class Walk {
    /** Bifrost's figures: base and cap of the backoff, and the jitter around it. */
    private static final long BACKOFF_BASE_MS = 500;

    private static final long BACKOFF_CAP_MS = 5_000;

    /** No wait was named with a 429, and nobody learns: AISBF's figure. */
    private static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(60);
    /** Tokens that a client which sets no limit is expected to get. */
    static final int USUAL_ANSWER = 500;

    private final Call call;
    private List<Candidate> candidates;
    private boolean ordered;
    private final Settings settings;
    private final Health health;
    private final Latencies latencies;
    private final Gate gate;
    private final ModelTable models;
    private final Disabled disabled;
    private final Set<String> given = new HashSet<>();
    private final Map<String, Integer> triesOfKey = new HashMap<>();
    /** By provider: what one refuses another may know. */
    private final Map<String, LeftOut> leftOut = new HashMap<>();

    private final Map<String, Long> ownPauses = new HashMap<>();
    private int candidate;
    private int attempts;
    private int backoffs;
    private long waitedMs;
    private long waitMs;
    private @Nullable Instance next;
    private @Nullable UpstreamFailure primary;
    private @Nullable Duration soonest;
    /** Stopped ones. */
    private final Set<String> closed = new HashSet<>();

    private @Nullable Instance probing;
    private @Nullable Hold hold;
    private boolean probed;
    private boolean over;

    public Walk(
            Call call,
            List<Candidate> candidates,
            Settings settings,
            Health health,
            ModelTable models,
            Latencies latencies,
            Gate gate,
            Disabled disabled) {
        this.disabled = disabled;
        this.gate = gate;
        this.latencies = latencies;
        this.call = call;
        this.candidates = candidates;
        this.settings = settings;
        this.health = health;
        this.models = models;
        findNext();
    }

    /**
     * Puts the candidates in another order, before the first attempt and once.
     *
     * @param order the same candidates, the one to be tried first in front
     */
    public void order(Supplier<List<Candidate>> order) {
        if (!ordered) {
            ordered = true;
            candidates = order.get();
            candidate = 0;
            given.clear();
            primary = null;
            soonest = null;
            over = false;
            endProbe(false);
            probed = false;
            findNext();
        }
    }

    /** Whether there is another attempt to make. */
    public boolean isMore() {
        return !over && next != null;
    }

    /**
     * Waits if it must, and makes the next attempt.
     *
     * @throws UpstreamException when the call is cancelled during the wait
     */
    public Attempt next() throws UpstreamException {
        Instance instance = next;
        if (instance == null) {
            throw new IllegalStateException("Ask isMore first");
        }
        if (waitMs > 0) {
            waitedMs += waitMs;
            long nanos = waitMs * 1_000_000;
            waitMs = 0;
            call.cancellation().pause(nanos);
        }
        Candidate on = candidates.get(candidate);
        Gate.Answer answer = gate.pass(
                call, instance, on.model(), on.limits(), this::tokens, Duration.ofMillis(Math.max(0, patience())));
        var body = call.body().objectNode();
        body.setAll(call.body());
        Attempt attempt = new Attempt(call, ++attempts, new Target(instance, on.model(), on.contextSize()), body);
        DefaultParameters.fill(body, instance.provider(), on.model());
        leftOut(attempt).apply(attempt);
        triesOfKey.merge(instance.identity(), 1, Integer::sum);
        call.attempts().add(attempt);
        switch (answer) {
            case Gate.Answer.Passed passed -> {
                waitedMs += passed.waitedMs();
                Hold held = passed.hold();
                hold = held;
                call.whenComplete(() -> held.ended(attempt.usage()));
            }
            case Gate.Answer.Closed closed -> attempt.fail(closed.why());
        }
        return attempt;
    }

    private long patience() {
        return settings.retry().maxWait().toMillis() - waitedMs;
    }

    /** What the request may take, input and answer: a guess that the figures of the answer replace. */
    private long tokens() {
        Needs needs = Needs.of(call);
        return needs.tokens() + (needs.answer() > 0 ? needs.answer() : USUAL_ANSWER);
    }

    /** The attempt has a reply: nothing more to try. */
    public void succeeded(Attempt attempt) {
        Instance instance = attempt.target().instance();
        if (hold != null) {
            hold.accepted();
            hold = null; // its tokens are settled when the call is complete
        }
        gate.heard(instance, attempt.rateHeaders());
        health.succeeded(instance);
        if (attempt.firstEventNanos() > 0) {
            latencies.add(
                    instance.provider().id(),
                    attempt.target().model(),
                    (attempt.firstEventNanos() - attempt.startedNanos()) / 1e6);
        }
        endProbe(true);
        Long pause = ownPauses.get(instance.identity());
        if (pause != null) {
            health.recovered(instance, pause);
        }
        attempt.pricedAt(
                models.of(instance.provider(), attempt.target().model()).prices());
        call.servedBy(attempt);
        over = true;
    }

    /** The attempt failed; decides what comes next. */
    public void failed(Attempt attempt, UpstreamFailure failure) {
        attempt.fail(failure);
        attempt.ended();
        if (primary == null || ofKey(primary) && !ofKey(failure)) {
            primary = failure;
        }
        Instance instance = attempt.target().instance();
        long before = health.pauseName(instance);
        letGo(attempt, failure);
        boolean adaptive = settings.adaptiveRate().enabled();
        health.learn(
                instance,
                attempt.target().model(),
                failure,
                cooldown(),
                adaptive ? gate.closedFor(instance) : UNKNOWN_LIMIT);
        endProbe(false);
        long after = health.pauseName(instance);
        if (after != before) {
            ownPauses.put(instance.identity(), after);
        }
        Health.Pause pause = health.pause(instance);
        note(pause == null ? failure.retryAfter() : pause.left());
        switch (failure) {
            case UpstreamFailure.ClientGone gone -> over = true;
            case UpstreamFailure.Rejected rejected -> afterRejection(attempt, rejected);
            case UpstreamFailure.RateLimited limited -> afterRateLimit(instance, limited);
            case UpstreamFailure.QuotaUsedUp used when used.ofModel() -> otherKeyForModel(instance);
            case UpstreamFailure.QuotaUsedUp used -> otherKey(instance, 0);
            case UpstreamFailure.CredentialsBad bad -> otherKey(instance, 0);
            case UpstreamFailure.Overloaded late when late.status() == 408 -> nextCandidate();
            case UpstreamFailure.Overloaded busy -> sameKeyOrNextProvider(instance, busy.retryAfter());
            case UpstreamFailure.Unreachable away -> sameKeyOrNextProvider(instance, null);
            case UpstreamFailure.BrokenAnswer broken -> sameKeyOrNextProvider(instance, null);
            case UpstreamFailure.TimedOut late -> nextCandidate();
            case UpstreamFailure.NotTried skipped -> {
                attempts--; // a closed door costs nothing
                if (!skipped.reason().equals("breaker_open")) {
                    closed.add(instance.identity());
                }
                otherKey(instance, 0);
            }
        }
        if (attempts >= settings.retry().attempts()) {
            over = true;
        }
    }

    private void letGo(Attempt attempt, UpstreamFailure failure) {
        Instance instance = attempt.target().instance();
        gate.heard(instance, attempt.rateHeaders());
        if (hold == null) {
            return;
        }
        switch (failure) {
            case UpstreamFailure.RateLimited limited -> hold.refused(limited.retryAfter());
            case UpstreamFailure.NotTried skipped -> hold.unused();
            case UpstreamFailure.ClientGone gone when attempt.firstEventNanos() == 0 -> hold.unused();
            default -> hold.accepted();
        }
        hold.ended(attempt.usage());
        hold = null;
    }

    /** Says something of one key only: told to the client when every key failed so. */
    private static boolean ofKey(UpstreamFailure failure) {
        return failure instanceof UpstreamFailure.NotTried
                || failure instanceof UpstreamFailure.CredentialsBad
                || failure instanceof UpstreamFailure.QuotaUsedUp;
    }

    /** What the client is told when nothing was left: the class of the first failure, not the last. */
    public ApiError error() {
        if (primary != null) {
            return WalkErrors.of(primary, soonest);
        }
        return WalkErrors.of(new UpstreamFailure.NotTried("no_candidate", soonest), soonest);
    }

    private void afterRejection(Attempt attempt, UpstreamFailure.Rejected rejected) {
        if (rejected.cacheStale()) {
            primary = rejected == primary ? null : primary;
            stay(attempt.target().instance(), 0); // it is forgotten by now, so that this happens once
        } else if (settings.params() == Settings.Params.ADAPT
                && attempt.payloadBytes() > 0 // the provider said it; what an adapter can't say may not be left out
                && leftOut(attempt).takes(attempt, rejected)) {
            // the same key, without what it refuses, or under the name that it wants
            primary = rejected == primary ? null : primary; // mended, so it is not what the client has to hear
            stay(attempt.target().instance(), 0);
        } else if (rejected.modelUnknown() || rejected.operationUnsupported()) {
            nextCandidate();
        } else if (rejected.contextTooLong()) {
            afterTooLong(attempt, rejected);
        } else {
            over = true;
        }
    }

    private LeftOut leftOut(Attempt attempt) {
        return leftOut.computeIfAbsent(attempt.target().provider().id(), id -> new LeftOut());
    }

    /** Only a larger model can do better. A limit that the provider names is kept for later requests, if it can be true. */
    private void afterTooLong(Attempt attempt, UpstreamFailure.Rejected rejected) {
        Target target = attempt.target();
        Integer named = ContextLimit.in(rejected.message());
        if (named != null && named <= mostTokens(attempt)) {
            models.learn(target.provider(), target.model(), named);
        }
        Integer size = target.contextSize() == null ? named : target.contextSize();
        if (size == null) {
            over = true;
        } else {
            nextCandidateAbove(size);
        }
    }

    /** A request that was too long has more tokens than the limit, no token less than a byte, and asks for some. */
    private static long mostTokens(Attempt attempt) {
        JsonNode asked = attempt.body().path("max_completion_tokens");
        return attempt.payloadBytes()
                + (asked.isNumber() ? asked : attempt.body().path("max_tokens")).asLong();
    }

    private void afterRateLimit(Instance instance, UpstreamFailure.RateLimited limited) {
        boolean onlyKey = candidates.get(candidate).instances().size() == 1 && candidates.size() == 1;
        long wait =
                limited.retryAfter() == null ? backoff() : limited.retryAfter().toMillis();
        if (onlyKey && mayRepeat(instance) && fits(wait)) {
            stay(instance, wait);
            return;
        }
        long pause = candidates.get(candidate).instances().size() > 1 ? backoff() : 0;
        otherKey(instance, fits(pause) ? pause : 0);
    }

    private void sameKeyOrNextProvider(Instance instance, @Nullable Duration asked) {
        long wait = Math.max(backoff(), asked == null ? 0 : asked.toMillis());
        if (mayRepeat(instance) && fits(wait)) {
            stay(instance, wait);
        } else {
            nextCandidate();
        }
    }

    private boolean mayRepeat(Instance instance) {
        return triesOfKey.getOrDefault(instance.identity(), 0)
                < settings.retry().attemptsPerKey();
    }

    private boolean fits(long wait) {
        return waitedMs + wait <= settings.retry().maxWait().toMillis();
    }

    private long backoff() {
        long exponential = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS << Math.min(backoffs++, 10));
        return (long) (exponential * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
    }

    private void stay(Instance instance, long wait) {
        waitMs = wait;
        next = instance;
    }

    private void otherKey(Instance instance, long wait) {
        given.add(instance.identity());
        waitMs = wait;
        findNext();
    }

    /** The key may still serve another candidate's model. */
    private void otherKeyForModel(Instance instance) {
        given.add(forModel(instance));
        findNext();
    }

    private String forModel(Instance instance) {
        return instance.identity() + " " + candidates.get(candidate).model();
    }

    private void nextCandidate() {
        candidate++;
        waitMs = 0;
        findNext();
    }

    private void nextCandidateAbove(int contextSize) {
        candidate++;
        while (candidate < candidates.size() && !larger(candidates.get(candidate), contextSize)) {
            candidate++;
        }
        waitMs = 0;
        findNext();
    }

    private static boolean larger(Candidate c, int contextSize) {
        return c.contextSize() != null && c.contextSize() > contextSize;
    }

    /** How long the instance of the present candidate rests when it has failed too often. */
    private Duration cooldown() {
        Duration said = candidates.get(candidate).limits().errorCooldown();
        return said == null ? settings.errorCooldown() : said;
    }

    private void endProbe(boolean well) {
        if (probing != null) {
            health.probeEnded(probing, well);
            probing = null;
        }
    }

    /**
     * Nobody can be called: of those that the broker itself has put aside, the one that would be back first is tried all the
     * same, lest the broker make an outage where there is none. What a provider has asked for, and dead keys, are respected.
     */
    private void probeNearest() {
        Instance nearest = null;
        int at = 0;
        long least = Long.MAX_VALUE;
        for (int c = 0; c < candidates.size(); c++) {
            for (Instance instance : candidates.get(c).instances()) {
                boolean never = closed.contains(instance.identity())
                        || disabled.covers(instance, candidates.get(c).model());
                long left = never ? -1 : health.guessedPause(instance);
                if (left >= 0 && left < least) {
                    nearest = instance;
                    at = c;
                    least = left;
                }
            }
        }
        if (nearest != null && health.probe(nearest)) {
            probing = nearest;
            candidate = at;
            next = nearest;
            over = false;
        }
    }

    /** The first key, from here on, that was not given up and is not left alone. */
    private void findNext() {
        for (; candidate < candidates.size(); candidate++) {
            for (Instance instance : candidates.get(candidate).instances()) {
                if (!given.contains(instance.identity())
                        && !given.contains(forModel(instance))
                        && mayRepeat(instance)
                        && available(instance)) {
                    next = instance;
                    return;
                }
            }
        }
        next = null;
        over = true;
        if (attempts == 0 && !probed) {
            probed = true;
            probeNearest();
        }
    }

    private boolean available(Instance instance) {
        if (disabled.covers(instance, candidates.get(candidate).model())) {
            // not given up: it may be this model alone
            primary = primary == null ? new UpstreamFailure.NotTried(Disabled.REASON, null) : primary;
            return false;
        }
        Health.Pause pause = health.pause(instance);
        if (pause != null) {
            skip(instance.identity(), pause);
            return false;
        }
        Health.Pause quota = health.pause(instance, candidates.get(candidate).model());
        if (quota != null) {
            skip(forModel(instance), quota);
            return false;
        }
        return true;
    }

    private void skip(String what, Health.Pause pause) {
        given.add(what);
        note(pause.left());
        if (primary == null || isDisabled(primary)) {
            primary = new UpstreamFailure.NotTried(pause.reason(), pause.left());
        }
    }

    /** Of little news to a client, where another candidate is only busy. */
    private static boolean isDisabled(UpstreamFailure failure) {
        return failure instanceof UpstreamFailure.NotTried skipped
                && skipped.reason().equals(Disabled.REASON);
    }

    private void note(@Nullable Duration wait) {
        if (wait != null && (soonest == null || wait.compareTo(soonest) < 0)) {
            soonest = wait;
        }
    }
}
