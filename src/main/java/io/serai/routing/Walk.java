package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.serai.batch.Batches;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Condensation;
import io.serai.call.Instance;
import io.serai.call.Operation;
import io.serai.call.Prices;
import io.serai.call.Target;
import io.serai.call.Travel;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.config.Provider;
import io.serai.config.Settings;
import io.serai.context.Length;
import io.serai.context.Tokenizers;
import io.serai.context.Tokens;
import io.serai.models.ModelTable;
import io.serai.provider.ContextLimit;
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
    private final Settings settings;
    private final Health health;
    private final Latencies latencies;
    private final Gate gate;
    private final ModelTable models;
    private final Disabled disabled;
    private final Batches batches;
    private final Tokenizers tokenizers;
    private final Backoff backoff;
    private final CandidateQueue further;
    private final Allowance allowance;
    /** By provider: what one refuses another may know. */
    private final Map<String, LeftOut> leftOut = new HashMap<>();

    private final Map<String, Long> ownPauses = new HashMap<>();
    private final Map<Shape, Shorter> condensed = new HashMap<>();
    /** By model path: what its reports say in the meantime is for later requests. */
    private final Map<String, Tokens> counts = new HashMap<>();

    private Verdict verdict = new Verdict();
    private Itinerary way;
    private boolean ordered;
    private @Nullable Hold hold;
    private boolean over;
    /** One of the allowance is kept for the next attempt. */
    private boolean allowed;
    /** Once was enough of travelling with others. */
    private boolean alone;

    public Walk(
            Call call,
            List<? extends Waypoint> candidates,
            Settings settings,
            Health health,
            ModelTable models,
            Latencies latencies,
            Gate gate,
            Disabled disabled,
            Batches batches,
            Tokenizers tokenizers,
            Allowance allowance) {
        this(
                call,
                candidates,
                CandidateQueue.NOTHING,
                settings,
                health,
                models,
                latencies,
                gate,
                disabled,
                batches,
                tokenizers,
                allowance);
    }

    private Walk(
            Call call,
            List<? extends Waypoint> candidates,
            CandidateQueue further,
            Settings settings,
            Health health,
            ModelTable models,
            Latencies latencies,
            Gate gate,
            Disabled disabled,
            Batches batches,
            Tokenizers tokenizers,
            Allowance allowance) {
        this.further = further;
        this.tokenizers = tokenizers;
        this.allowance = allowance;
        this.batches = batches;
        this.disabled = disabled;
        this.gate = gate;
        this.latencies = latencies;
        this.call = call;
        this.settings = settings;
        this.health = health;
        this.models = models;
        this.backoff = new Backoff(settings.retry());
        this.way = through(candidates);
    }

    private Itinerary through(List<? extends Waypoint> candidates) {
        return new Itinerary(candidates, further, settings.retry().attemptsPerKey(), health, disabled, verdict, call);
    }

    /** The walk of a branch that goes beside others: its candidates come one by one out of what they share. */
    Walk beside(Call branch, CandidateQueue shared, Allowance attempts) {
        return new Walk(
                branch,
                List.of(),
                shared,
                settings,
                health,
                models,
                latencies,
                gate,
                disabled,
                batches,
                tokenizers,
                attempts);
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
                                () -> tokens(
                                        known.offer().provider(), known.offer().model())))
                        .max(BigDecimal::compareTo)
                        .orElse(BigDecimal.ZERO);
        };
    }

    private BigDecimal expectedCost(Candidate candidate, Needs needs, BigDecimal cap) {
        Provider provider = candidate.instances().get(0).provider();
        Prices prices = models.of(provider, candidate.model()).prices();
        return ExpectedCost.under(prices, needs, cap, () -> tokens(provider, candidate.model()));
    }

    /** How the provider's model counts. */
    private Tokens tokens(Provider provider, String model) {
        return tokenizers.of(provider.type(), provider.id(), model);
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
        Candidate next = way.candidate();
        return next.instances().getFirst().provider().id() + "/" + next.model();
    }

    /** How the request is to be condensed for the next attempt, null when it goes as it is or is condensed already. */
    public @Nullable Condensing tooLong() {
        Condensing how = condensing();
        return how == null || condensed.containsKey(new Shape(how, nextCounts())) ? null : how;
    }

    /** What a conversation is condensed to; as many tokens are other words to whoever counts otherwise. */
    private record Shape(Condensing how, Tokens counting) {}

    private record Shorter(Condensation how, ArrayNode messages) {}

    /** For the next candidate, and every other to which the same applies, the request has these messages. */
    public void condensed(Condensing how, Condensation what, ArrayNode messages) {
        condensed.put(new Shape(how, nextCounts()), new Shorter(what, messages));
    }

    /** Null when it goes as it is. */
    private @Nullable Condensing condensing() {
        Candidate next = way.candidate();
        Needs needs = Needs.of(call);
        if (!Condensing.isWanted(next.limits()) || !needs.least().isLess()) {
            return null;
        }
        Condensing how = Condensing.of(
                next.limits(),
                next.contextSize(),
                needs.answer(),
                settings.condensation().target());
        return how != null && needs.length().isAbove(how.trigger() - 1, this::nextCounts) ? how : null;
    }

    /** How the model counts that is next. */
    public Tokens nextCounts() {
        Candidate next = way.candidate();
        return counts.computeIfAbsent(
                nextModel(), path -> tokens(next.instances().getFirst().provider(), next.model()));
    }

    /** Where the request was condensed for the candidate, it goes out so. */
    private void shorten(Attempt attempt) {
        Condensing how = condensed.isEmpty() ? null : condensing();
        Shorter shorter = how == null ? null : condensed.get(new Shape(how, nextCounts()));
        if (shorter != null && !shorter.how().method().isEmpty()) {
            attempt.body().set("messages", shorter.messages());
            attempt.condensed(shorter.how());
        }
    }

    /** Tokens of the request, in as few words as it goes out, and of the answer. */
    private long expected(Attempt attempt, long limit) {
        Condensation shorter = attempt.condensation();
        Target target = attempt.target();
        long all = Needs.of(call).expected(tokens(target.provider(), target.model()), limit);
        return shorter == null ? all : all - shorter.from() + shorter.to();
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
        DefaultParameters.fill(body, instance.provider(), on.model());
        leftOut(attempt).apply(attempt);
        attempt.countedBy(new Counting(Needs.of(call).length(), () -> tokens(instance.provider(), on.model())));
        shorten(attempt);
        Gate.Answer answer = pass(attempt, on, instance);
        way.tried(instance);
        call.attempts().add(attempt);
        switch (answer) {
            case Gate.Answer.Passed passed -> {
                backoff.waited(passed.waitedMs());
                Hold held = passed.hold();
                hold = held;
                Travel travel = attempt.travel();
                Attempt paid = travel == null ? attempt : travel.paid(attempt);
                paid.call().whenComplete(() -> held.ended(paid.usage()));
            }
            case Gate.Answer.Closed closed -> attempt.fail(closed.why());
        }
        return attempt;
    }

    /** The leave to go. An attempt that joins another's needs none: nothing goes out for it. */
    private Gate.Answer pass(Attempt attempt, Candidate on, Instance instance) throws UpstreamException {
        Travel travel = alone
                ? null
                : batches.board(
                        attempt,
                        () -> models.of(instance.provider(), on.model()).prices());
        if (travel != null && travel.joined()) {
            return new Gate.Answer.Passed(new Hold(null), 0);
        }
        boolean passed = false;
        try {
            Gate.Answer answer = gate.pass(
                    call, instance, on.model(), on.limits(), limit -> expected(attempt, limit), backoff.left());
            passed = true;
            return answer;
        } finally {
            if (!passed && travel != null) {
                travel.over();
            }
        }
    }

    /** The attempt has a reply: nothing more to try. */
    public void succeeded(Attempt attempt) {
        Instance instance = attempt.target().instance();
        Travel travel = attempt.travel();
        boolean rides = travel != null && travel.rides();
        if (hold != null) {
            if (rides) {
                hold.rode();
            } else {
                hold.accepted();
            }
            hold = null; // its tokens are settled when the call is complete
        }
        if (!rides) {
            gate.heard(instance, attempt.rateHeaders());
            health.succeeded(instance);
        }
        if (!rides && attempt.firstEventNanos() > 0) {
            latencies.add(
                    instance.provider().id(),
                    attempt.target().model(),
                    call.streaming(),
                    (attempt.firstEventNanos() - attempt.startedNanos()) / 1e6);
        }
        way.probeEnded(!rides);
        Long pause = ownPauses.get(instance.identity());
        if (pause != null && !rides) {
            health.recovered(instance, pause);
        }
        price(attempt);
        call.servedBy(attempt);
        over = true;
        if (travel == null && attempt.condensation() == null) {
            learn(attempt);
        }
    }

    /** Where the request was counted, the provider's figure says how well. */
    private void learn(Attempt attempt) {
        Length length = Needs.of(call).length();
        Target target = attempt.target();
        if (length.isCounted()) {
            Tokens counted = tokens(target.provider(), target.model());
            call.whenComplete(() -> {
                Usage said = attempt.usage();
                if (said != null && !said.estimated()) {
                    tokenizers.reported(counted, target.provider().id(), target.model(), length, said.input());
                }
            });
        }
    }

    private void price(Attempt attempt) {
        Target target = attempt.target();
        attempt.pricedAt(models.prices(target.provider(), target.model(), attempt.servedModel()));
    }

    /** The attempt failed; decides what comes next. */
    public void failed(Attempt attempt, UpstreamFailure failure) {
        attempt.fail(failure);
        attempt.ended();
        if (attempt.isOvertaken() && !(attempt.failure() instanceof UpstreamFailure.ClientGone)) {
            attempt.notOvertaken();
        }
        if (call.isOvertaken() && attempt.failure() instanceof UpstreamFailure.ClientGone) {
            overtaken(attempt);
        }
        price(attempt); // it may be on the provider's bill all the same
        Travel travel = attempt.travel();
        if (travel != null) {
            alone = true;
            travel.over();
            if (travel.rides() && failure instanceof UpstreamFailure.NotTried) {
                leftByOthers(attempt);
                return;
            }
        }
        verdict.failed(failure);
        Instance instance = attempt.target().instance();
        long before = health.pauseName(instance);
        letGo(attempt, failure);
        boolean adaptive = settings.adaptiveRate().enabled();
        health.learn(
                instance,
                attempt.target().model(),
                failure,
                attempt.target().errorCooldown(),
                adaptive ? gate.closedFor(instance) : UNKNOWN_LIMIT);
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

    /**
     * Another branch was faster than the attempt. It counts with what it has used so far, and where the provider did not come
     * to say that, with what was sent to it.
     */
    void overtaken(Attempt attempt) {
        calledOff(attempt);
        if (attempt.isOvertaken() && attempt.firstEventNanos() == 0) {
            latencies.addAtLeast(
                    attempt.target().provider().id(), attempt.target().model(), call.streaming(), attempt.millis());
        }
    }

    /** The same before the attempt has ended: from here on it counts. Any thread. */
    void calledOff(Attempt attempt) {
        if (attempt.payloadBytes() == 0) {
            return; // it did not come so far
        }
        boolean counted = call.operation() == Operation.CHAT || call.operation() == Operation.EMBEDDINGS;
        Usage sent = new Usage.Builder()
                .inFresh(counted ? attempt.counter().guessed() : 0)
                .estimated()
                .build();
        attempt.overtaken(sent);
        price(attempt);
    }

    /** Those with whom it went have nothing for it: it is made again, alone, as if it had not been. */
    private void leftByOthers(Attempt attempt) {
        if (hold != null) {
            hold.unused();
            hold = null;
        }
        way.forgotten(attempt.target().instance());
    }

    private void letGo(Attempt attempt, UpstreamFailure failure) {
        Instance instance = attempt.target().instance();
        gate.heard(instance, attempt.rateHeaders());
        if (hold == null) {
            return;
        }
        switch (failure) {
            case UpstreamFailure.RateLimited limited when limited.ofModel() -> hold.unused(); // says nothing of the key
            case UpstreamFailure.RateLimited limited -> hold.refused(limited.retryAfter());
            case UpstreamFailure.NotTried skipped -> hold.unused();
            case UpstreamFailure.ClientGone gone
            when attempt.firstEventNanos() == 0 && !attempt.isOvertaken() -> hold.unused();
            default -> hold.accepted();
        }
        hold.ended(attempt.usage());
        hold = null;
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
            way.nextCandidateAbove(size);
        }
    }

    /** A request that was too long has more tokens than the limit, no token less than a byte, and asks for some. */
    private static long mostTokens(Attempt attempt) {
        JsonNode asked = attempt.body().path("max_completion_tokens");
        return attempt.payloadBytes()
                + (asked.isNumber() ? asked : attempt.body().path("max_tokens")).asLong();
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
