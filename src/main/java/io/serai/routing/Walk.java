package io.serai.routing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Condensation;
import io.serai.call.Instance;
import io.serai.call.Prices;
import io.serai.call.Target;
import io.serai.call.Travel;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Settings;
import io.serai.context.Tokens;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One call's way through its candidates. The route asks {@link #isMore}, makes the attempt that {@link #next} gives, and
 * tells {@link #failed} how it went; which failure leads where is the table of behaviour, section 2. Branches of an exchange
 * that try side by side have a walk each.
 */
public final class Walk {
    /** No wait was named with a 429, and nobody learns: AISBF's figure. */
    private static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(60);
    /** Tokens that a client which sets no limit is expected to get. */
    static final int USUAL_ANSWER = 500;

    private static final String PROPERTY = "walk";

    private final Call call;
    private final Walks shared;
    private final Settings settings;
    private final Health health;
    private final Backoff backoff;
    private final CandidateQueue further;
    private final Allowance allowance;
    private final Shortenings shortenings;
    private final Findings findings;
    private final Leave leave;
    /** By provider: what one refuses another may know. */
    private final Map<String, LeftOut> leftOut = new HashMap<>();

    private final Map<String, Long> ownPauses = new HashMap<>();

    private Verdict verdict = new Verdict();
    private Itinerary way;
    private boolean ordered;
    private boolean over;
    /** One of the allowance is kept for the next attempt. */
    private boolean allowed;

    /** @param further where the next candidate comes from when these are used up */
    Walk(Call call, List<? extends Waypoint> candidates, CandidateQueue further, Walks shared, Allowance allowance) {
        this.call = call;
        this.shared = shared;
        this.further = further;
        this.allowance = allowance;
        this.settings = shared.settings();
        this.health = shared.health();
        this.backoff = new Backoff(settings.retry());
        this.shortenings = new Shortenings(
                call, shared.tokenizers(), settings.condensation().target());
        this.findings = new Findings(call, shared);
        this.leave = new Leave(call, shared, shortenings);
        this.way = through(candidates);
    }

    private Itinerary through(List<? extends Waypoint> candidates) {
        int triesPerKey = settings.retry().attemptsPerKey();
        return new Itinerary(candidates, further, triesPerKey, health, shared.disabled(), verdict, call);
    }

    /** The walk of a branch that goes beside others: its candidates come one by one out of what they share. */
    Walk beside(Call branch, CandidateQueue queue, Allowance attempts) {
        return new Walk(branch, List.of(), queue, shared, attempts);
    }

    /** Others go in its place, or nobody does. */
    void leave() {
        way.leave();
    }

    Allowance allowance() {
        return allowance;
    }

    /**
     * USD that a request costs there at most, as far as that is known.
     *
     * @param cap on whose account it goes
     */
    BigDecimal expectedCost(Waypoint next, Needs needs, BigDecimal cap) {
        return switch (next) {
            case Candidate candidate -> expectedCost(candidate, needs, cap);
            case Crossroads at ->
                at.among().stream()
                        .map(known -> ExpectedCost.under(
                                known.facts().prices(),
                                needs,
                                cap,
                                () -> shortenings.counts(
                                        known.offer().provider(), known.offer().model())))
                        .max(BigDecimal::compareTo)
                        .orElse(BigDecimal.ZERO);
        };
    }

    private BigDecimal expectedCost(Candidate candidate, Needs needs, BigDecimal cap) {
        Prices prices =
                shared.models().of(candidate.provider(), candidate.model()).prices();
        return ExpectedCost.under(prices, needs, cap, () -> shortenings.counts(candidate));
    }

    /** Whether there is someone to try, whatever is left to try it with. */
    boolean hasCandidate() {
        return !way.isOver();
    }

    /** The autoselect that has to say where to go on; null where there is none to be asked. */
    @Nullable
    Crossroads crossroads() {
        return way.crossroads();
    }

    /** What the autoselect has picked is tried in its place. */
    void leadsTo(List<Waypoint> picked) {
        way.leadsTo(picked);
    }

    /** The one whose turn it is, or who replied. */
    Candidate candidate() {
        return way.candidate();
    }

    Verdict verdict() {
        return verdict;
    }

    /** The walk of the exchange's branch, null before there is one. */
    public static @Nullable Walk of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Walk.class);
    }

    /** From here on the exchange's branch goes this way. */
    public void begin(Exchange exchange) {
        call.routed();
        exchange.setProperty(PROPERTY, this);
    }

    /**
     * Puts the candidates in another order, before the first attempt and once.
     *
     * @param order the same candidates, the one to be tried first in front
     */
    public void order(Supplier<List<Waypoint>> order) {
        if (!ordered) {
            ordered = true;
            way.leave();
            verdict = new Verdict();
            way = through(order.get());
        }
    }

    /** Whether there is another attempt to make. */
    public boolean isMore() {
        if (over || way.isOver()) {
            if (allowed) {
                allowed = false;
                allowance.giveBack();
            }
            way.leave();
            return false;
        }
        allowed = allowed || allowance.take();
        if (!allowed) {
            way.leave();
        }
        return allowed;
    }

    /** Path of the model that is next. */
    public String nextModel() {
        return way.candidate().path();
    }

    /** How the request is to be condensed for the next attempt, null when it goes as it is or is condensed already. */
    public @Nullable Condensing tooLong() {
        return shortenings.wanted(way.candidate());
    }

    /** For the next candidate, and every other to which the same applies, the request has these messages. */
    public void condensed(Condensing how, Condensation what, ArrayNode messages) {
        shortenings.made(way.candidate(), how, what, messages);
    }

    /** How the model counts that is next. */
    public Tokens nextCounts() {
        return shortenings.counts(way.candidate());
    }

    /**
     * Waits if it must, and makes the next attempt.
     *
     * @throws UpstreamException when the call is cancelled during the wait
     */
    public Attempt next() throws UpstreamException {
        Instance instance = way.next();
        if (instance == null) {
            throw new IllegalStateException("Ask isMore first");
        }
        long wait = backoff.take();
        call.cancellation().pause(wait * 1_000_000);
        Candidate on = way.candidate();
        var body = call.body().objectNode();
        body.setAll(call.body());
        allowed = false;
        Target target = new Target(instance, on.model(), on.contextSize(), cooldown(on));
        Attempt attempt = new Attempt(call, way.made() + 1, target, body);
        findings.price(attempt);
        DefaultParameters.fill(body, instance.provider(), on.model());
        leftOut(attempt).apply(attempt);
        attempt.countedBy(
                new Counting(Needs.of(call).length(), () -> shortenings.counts(instance.provider(), on.model())));
        shortenings.apply(on, attempt);
        Gate.Answer answer = leave.ask(attempt, on, backoff.left());
        way.tried(instance);
        call.attempts().add(attempt);
        switch (answer) {
            case Gate.Answer.Passed passed -> {
                backoff.waited(passed.waitedMs());
                leave.given(attempt, passed.hold());
            }
            case Gate.Answer.Closed closed -> attempt.fail(closed.why());
        }
        return attempt;
    }

    /** The attempt has a reply: nothing more to try. */
    public void succeeded(Attempt attempt) {
        Instance instance = attempt.target().instance();
        Travel travel = attempt.travel();
        boolean rides = travel != null && travel.rides();
        leave.accepted(attempt);
        way.probeEnded(!rides);
        if (!rides) {
            health.succeeded(instance);
            findings.took(attempt);
            Long pause = ownPauses.get(instance.identity());
            if (pause != null) {
                health.recovered(instance, pause);
            }
        }
        attempt.priced();
        call.servedBy(attempt);
        over = true;
        if (travel == null && attempt.condensation() == null) {
            findings.counted(attempt);
        }
    }

    /** The attempt failed; decides what comes next. */
    public void failed(Attempt attempt, UpstreamFailure failure) {
        attempt.fail(failure);
        attempt.ended();
        if (attempt.isOvertaken() && !(attempt.failure() instanceof UpstreamFailure.ClientGone)) {
            attempt.notOvertaken();
        }
        if (call.isOvertaken() && attempt.failure() instanceof UpstreamFailure.ClientGone) {
            findings.overtaken(attempt);
        }
        attempt.priced(); // it may be on the provider's bill all the same
        if (leave.leftByOthers(attempt, failure)) {
            way.forgotten(attempt.target().instance()); // it is made again, alone
            return;
        }
        verdict.failed(failure);
        Instance instance = attempt.target().instance();
        long before = health.pauseName(instance);
        leave.failed(attempt, failure);
        boolean adaptive = settings.adaptiveRate().enabled();
        health.learn(
                instance,
                attempt.target().model(),
                failure,
                attempt.target().errorCooldown(),
                adaptive ? shared.gate().closedFor(instance) : UNKNOWN_LIMIT);
        way.probeEnded(false);
        long after = health.pauseName(instance);
        if (after != before) {
            ownPauses.put(instance.identity(), after);
        }
        Health.Pause pause = health.pause(instance);
        verdict.mayReturnIn(pause == null ? failure.retryAfter() : pause.left());
        switch (failure) {
            case UpstreamFailure.ClientGone gone -> over = true;
            case UpstreamFailure.Rejected rejected -> afterRejection(attempt, rejected);
            case UpstreamFailure.RateLimited limited -> afterRateLimit(instance, limited);
            case UpstreamFailure.QuotaUsedUp used when used.ofModel() -> way.otherKeyForModel(instance);
            case UpstreamFailure.QuotaUsedUp used -> way.otherKey(instance);
            case UpstreamFailure.CredentialsBad bad -> way.otherKey(instance);
            case UpstreamFailure.Overloaded late when late.status() == 408 -> way.nextCandidate();
            case UpstreamFailure.Overloaded busy -> sameKeyOrNextProvider(instance, busy.retryAfter());
            case UpstreamFailure.Unreachable away -> sameKeyOrNextProvider(instance, null);
            case UpstreamFailure.BrokenAnswer broken -> sameKeyOrNextProvider(instance, null);
            case UpstreamFailure.TimedOut late -> way.nextCandidate();
            case UpstreamFailure.NotTried skipped -> {
                way.untried(); // a closed door costs nothing
                allowance.giveBack();
                if (!skipped.reason().equals("breaker_open")) {
                    way.close(instance);
                }
                way.otherKey(instance);
            }
        }
        if (call.cancellation().reason() != null) {
            over = true;
        }
    }

    /** Another branch was faster than the attempt, which had a reply already. */
    void overtaken(Attempt attempt) {
        findings.overtaken(attempt);
    }

    /** Another branch was faster, and the attempt has not ended. Any thread. */
    void calledOff(Attempt attempt) {
        findings.calledOff(attempt);
    }

    /** What the client is told when nothing was left. */
    public ApiError error() {
        return verdict.error();
    }

    private void afterRejection(Attempt attempt, UpstreamFailure.Rejected rejected) {
        if (rejected.cacheStale()) {
            verdict.mended(rejected);
            stay(attempt.target().instance(), 0); // it is forgotten by now, so that this happens once
        } else if (settings.params() == Settings.Params.ADAPT
                && attempt.payloadBytes() > 0 // the provider said it; what an adapter can't say may not be left out
                && leftOut(attempt).takes(attempt, rejected)) {
            // the same key, without what it refuses, or under the name that it wants
            verdict.mended(rejected);
            stay(attempt.target().instance(), 0);
        } else if (rejected.modelUnknown() || rejected.operationUnsupported()) {
            way.nextCandidate();
        } else if (rejected.contextTooLong()) {
            afterTooLong(attempt, rejected);
        } else {
            over = true;
        }
    }

    private LeftOut leftOut(Attempt attempt) {
        return leftOut.computeIfAbsent(attempt.target().provider().id(), id -> new LeftOut());
    }

    /** Only a larger model can do better. */
    private void afterTooLong(Attempt attempt, UpstreamFailure.Rejected rejected) {
        Integer size = findings.tooLong(attempt, rejected);
        if (size == null) {
            over = true;
        } else {
            way.nextCandidateAbove(size);
        }
    }

    private void afterRateLimit(Instance instance, UpstreamFailure.RateLimited limited) {
        long wait = limited.retryAfter() == null
                ? backoff.millis()
                : limited.retryAfter().toMillis();
        if (way.isOnlyKey() && way.mayRepeat(instance) && backoff.allows(wait)) {
            stay(instance, wait);
            return;
        }
        long pause = way.hasOtherKeys() ? backoff.millis() : 0;
        if (limited.ofModel()) {
            way.otherKeyForModel(instance);
        } else {
            way.otherKey(instance);
        }
        backoff.set(backoff.allows(pause) ? pause : 0);
    }

    private void sameKeyOrNextProvider(Instance instance, @Nullable Duration asked) {
        long wait = Math.max(backoff.millis(), asked == null ? 0 : asked.toMillis());
        if (way.mayRepeat(instance) && backoff.allows(wait)) {
            stay(instance, wait);
        } else {
            way.nextCandidate();
        }
    }

    private void stay(Instance instance, long wait) {
        backoff.set(wait);
        way.stay(instance);
    }

    /** The last place of the cascade is the broker's own. */
    private Duration cooldown(Candidate candidate) {
        Duration said = candidate.limits().errorCooldown();
        return said == null ? settings.errorCooldown() : said;
    }
}
