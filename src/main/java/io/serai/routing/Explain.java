package io.serai.routing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.Sensitivity;
import io.serai.routing.Candidates.Known;
import io.serai.routing.Candidates.Offer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a call would try, in which order and why, and why it would not try the others (behaviour, section 20). */
public final class Explain {
    private static final Set<String> SEVERAL = Set.of("hedge", "race", "panel");

    private final ObjectMapper json;
    private final Directory directory;
    private final Health health;
    private final Disabled disabled;
    private final Gate gate;
    private final Predicate<Instance> running;
    private final Foresight foresight;
    private final ExtraSpend spend;
    private final BigDecimal mostSpend;
    private final String classifier;
    private final Duration patience;

    /**
     * @param mostSpend USD an hour that asking several at once may cost
     * @param classifier the model that says what is sensitive; empty without one
     * @param patience how long a call waits in all
     */
    public Explain(
            ObjectMapper json,
            Directory directory,
            Health health,
            Disabled disabled,
            Gate gate,
            Predicate<Instance> running,
            ExtraSpend spend,
            BigDecimal mostSpend,
            String classifier,
            Duration patience,
            Foresight foresight) {
        this.classifier = classifier;
        this.foresight = foresight;
        this.spend = spend;
        this.mostSpend = mostSpend;
        this.patience = patience;
        this.disabled = disabled;
        this.gate = gate;
        this.json = json;
        this.directory = directory;
        this.health = health;
        this.running = running;
    }

    /**
     * {@code {model, candidates: [{rank, provider, model, instance, reason, expected_cost_usd}], skipped: [{provider, model,
     * instance, reason}], autoselect: {scores: []}}}; for a rotation with autoselects among its members {@code autoselect.members:
     * [{name, picked, by}]}, and with a candidate {@code autoselect} the one that would pick it, whether or not its route is
     * stopped; {@code split: {tokens, limit}} when no candidate takes it whole; for what was searched {@code sensitive: {privacy:
     * {found, score, categories}}}; for strategies that ask several at once {@code extra_spend: {spent_usd, max_usd_per_hour,
     * refused}}. Nobody is called, and nobody's turn passes.
     *
     * @throws io.serai.call.ApiError 404 for a name that leads nowhere, as the call would
     */
    public ObjectNode of(Call call) {
        Needs needs = Needs.of(call);
        ObjectNode answer = json.createObjectNode().put("model", call.model());
        ObjectNode autoselect = json.createObjectNode();
        Directory.Plan plan = plan(call, autoselect);
        ArrayNode candidates = answer.putArray("candidates");
        ArrayNode skipped = answer.putArray("skipped");
        List<ObjectNode> away = new ArrayList<>();
        List<Selection.Skipped> passedOver = new ArrayList<>(plan.skipped());
        for (Shown shown : shown(call, plan.order(), autoselect, passedOver)) {
            Known known = shown.known();
            Offer offer = known.offer();
            BigDecimal cost = Ordering.expectedCost(known, needs, needs.length().in(directory.tokens(offer)));
            for (Instance instance : offer.keys()) {
                String closed = closed(instance, offer, needs);
                if (closed == null) {
                    ObjectNode node = candidates.addObject().put("rank", candidates.size());
                    describe(node, offer, instance, plan.strategy());
                    node.put("expected_cost_usd", cost);
                    if (shown.by() != null) {
                        node.put("autoselect", shown.by());
                    }
                    addCondensing(node, known, needs);
                } else {
                    away.add(describe(json.createObjectNode(), offer, instance, closed));
                }
            }
        }
        skipped.addAll(away);
        for (Selection.Skipped passed : passedOver) {
            skipped.addObject()
                    .put("provider", passed.provider())
                    .put("model", passed.model())
                    .put("reason", passed.reason());
        }
        Oversize oversize = directory.oversize(call);
        if (oversize != null) {
            answer.putObject("split").put("tokens", oversize.tokens()).put("limit", oversize.limit());
        }
        if (SEVERAL.contains(plan.strategy())) {
            answer.putObject("extra_spend")
                    .put("spent_usd", spend.spentUsd())
                    .put("max_usd_per_hour", mostSpend)
                    .put("refused", spend.refused());
        }
        describe(answer, call.sensitivity());
        autoselect.withArrayProperty("scores");
        answer.set("autoselect", autoselect);
        return answer;
    }

    /**
     * A candidate that would be tried.
     *
     * @param by the autoselect among a rotation's members that would pick it; null for any other
     */
    private record Shown(Known known, @Nullable String by) {}

    /** In place of each autoselect on the way what it would pick, with its account. */
    private List<Shown> shown(
            Call call, List<Selection.Found> order, ObjectNode account, List<Selection.Skipped> skipped) {
        List<Shown> all = new ArrayList<>();
        for (Selection.Found found : order) {
            switch (found) {
                case Known known -> all.add(new Shown(known, null));
                case Crossroads at -> {
                    Call reading = at.reading(call);
                    Foresight.Foreseen next = foresight.of(reading, at.autoselect());
                    account.withArrayProperty("members").add(next.account());
                    reading.setModel(next.model());
                    Selection behind = directory.behind(call, reading, false);
                    reading.complete();
                    skipped.addAll(behind.skipped());
                    for (Shown inner : shown(call, behind.order(), account, skipped)) {
                        all.add(new Shown(inner.known(), at.autoselect()));
                    }
                }
            }
        }
        return all;
    }

    /** {@code condense: {methods, tokens, target}}, where the request would be condensed for the candidate. */
    private void addCondensing(ObjectNode node, Known known, Needs needs) {
        Condensing how = directory.condensing(known, needs);
        if (how != null && needs.length().isAbove(how.trigger() - 1, () -> directory.tokens(known.offer()))) {
            ObjectNode condense = node.putObject("condense");
            how.methods().forEach(condense.putArray("methods")::add);
            condense.put("tokens", needs.length().in(directory.tokens(known.offer())))
                    .put("target", how.target());
        }
    }

    /** What was found in its words; where a model would be asked, {@code asks} names it. */
    private void describe(ObjectNode answer, Sensitivity sensitivity) {
        if (!classifier.isEmpty()) {
            answer.putObject("sensitive").put("asks", classifier);
        }
        sensitivity.verdicts().forEach((kind, verdict) -> {
            ObjectNode of = answer.withObjectProperty("sensitive").putObject(kind.spelling());
            of.put("found", verdict.hit())
                    .put("score", BigDecimal.valueOf(verdict.score()).setScale(2, RoundingMode.HALF_UP));
            verdict.categories().forEach(of.putArray("categories")::add);
        });
    }

    /** Of an autoselect: what it would pick; where that is one too, what that would pick, and so on. */
    private Directory.Plan plan(Call call, ObjectNode account) {
        Directory.Plan plan = directory.plan(call);
        ObjectNode at = account;
        while (call.getPath() instanceof ModelPath path && path.kind() == ModelPath.Kind.AUTOSELECT) {
            Foresight.Foreseen next = foresight.of(call, path.name());
            at.setAll(next.account());
            call.resolved(ModelPath.parse(next.model()));
            plan = directory.plan(call);
            if (call.getPath() instanceof ModelPath further && further.kind() == ModelPath.Kind.AUTOSELECT) {
                at = at.putObject("then");
            }
        }
        return plan;
    }

    private static ObjectNode describe(ObjectNode node, Offer offer, Instance instance, String reason) {
        return node.put("provider", offer.provider().id())
                .put("model", offer.model())
                .put("instance", instance.id())
                .put("reason", reason);
    }

    private @Nullable String closed(Instance instance, Offer offer, Needs needs) {
        String model = offer.model();
        if (disabled.covers(instance, model)) {
            return Disabled.REASON;
        }
        Health.Pause ofKey = health.pause(instance);
        Health.Pause pause = ofKey == null ? health.pause(instance, model) : ofKey;
        if (pause != null) {
            return pause.reason();
        }
        if (!running.test(instance)) {
            return "stopped";
        }
        return health.breakerState(instance) == CircuitBreaker.State.OPEN
                ? "breaker_open"
                : gate.closed(
                        instance,
                        model,
                        offer.limits(),
                        limit -> needs.expected(directory.tokens(offer), limit),
                        patience);
    }
}
