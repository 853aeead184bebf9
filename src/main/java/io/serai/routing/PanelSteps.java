package io.serai.routing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Reply;
import io.serai.call.Usage;
import io.serai.config.Permits;
import io.serai.config.Prompts;
import io.serai.config.Rotation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a panel: its opinions become one answer. */
public final class PanelSteps {
    private static final Logger LOG = LoggerFactory.getLogger(PanelSteps.class);
    private static final String PROPERTY = "judgement";
    private static final String PROMPT = "panel_judge.md";

    private final Map<String, Rotation> rotations;
    private final Prompts prompts;

    public PanelSteps(Map<String, Rotation> rotations, Prompts prompts) {
        this.rotations = rotations;
        this.prompts = prompts;
    }

    /**
     * The judge's part of a call.
     *
     * @param before what the whole had used elsewhere before the panel
     * @param outer the judgement in which this panel is the judge
     */
    private record Judgement(
            Branches panel,
            Call judge,
            Usage before,
            @Nullable Judgement outer) {
        Call whole() {
            return panel.whole();
        }
    }

    /** Whether several are asked; else one is, as in any rotation. */
    public Predicate meets() {
        return exchange -> !Branches.of(exchange).all().isEmpty();
    }

    /** Whether nothing serves the call yet. */
    public Predicate unserved() {
        return exchange -> Call.of(exchange).served() == null;
    }

    /** The branch has answered: the judge hears it. Those that fail don't come here. */
    public void hear(Exchange exchange) {
        Branch mine = Branches.mine(exchange);
        if (mine.call().getReplyBody() != null) {
            mine.siblings().answered(mine);
        }
    }

    /** Puts the answers to the judge; from here on the exchange carries its call. Raises the failure when nobody answered. */
    public void brief(Exchange exchange) {
        Branches panel = Branches.of(exchange);
        List<Branch> answers = panel.answers();
        if (answers.isEmpty()) {
            throw panel.error();
        }
        Call whole = panel.whole();
        Usage before = whole.usedElsewhere();
        List<ObjectNode> replies = answers.stream()
                .map(b -> b.call().getReplyBody())
                .filter(Objects::nonNull)
                .toList();
        Call judge =
                whole.branch(Opinions.toJudge(whole, prompts.fill(PROMPT, Map.of("answers", Opinions.list(replies)))));
        judge.setModel(judgeOf(whole));
        judge.vouch(Permits.NONE); // it is asked by its own flags
        whole.usedElsewhere(before.plus(used(answers)));
        judge.usedElsewhere(whole.usedElsewhere());
        panel.judgedBy(judge);
        panel.allowance().carry(exchange);
        exchange.setProperty(
                PROPERTY, new Judgement(panel, judge, before, exchange.getProperty(PROPERTY, Judgement.class)));
        exchange.setProperty(Call.PROPERTY, judge);
    }

    private String judgeOf(Call whole) {
        Rotation rotation = whole.getPath() instanceof ModelPath path ? rotations.get(path.name()) : null;
        if (rotation == null || rotation.judge() == null) {
            throw new IllegalStateException("A panel without a judge does not load");
        }
        return rotation.judge();
    }

    private static Usage used(List<Branch> answers) {
        Usage sum = Usage.NONE;
        for (Branch branch : answers) {
            Attempt served = branch.call().served();
            Usage usage = served == null ? null : served.usage();
            sum = usage == null ? sum : sum.plus(usage);
        }
        return sum;
    }

    /** The judge's reply is the call's. */
    public void keep(Exchange exchange) {
        Judgement judgement = judgement(exchange);
        Attempt served = judgement.judge().served();
        if (served != null) {
            judgement.whole().servedBy(served);
        }
    }

    /**
     * The judge has failed: a plain reply is the first of the answers in the order of the candidates. For a stream the members
     * that answered are asked again, one after another; raises the judge's failure when no attempt is left for that.
     */
    public void without(Exchange exchange) throws Exception {
        Judgement judgement = judgement(exchange);
        Call whole = judgement.whole();
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (judgement.judge().reply() instanceof Reply.Streaming(Reply.OpenStream begun)) {
            begun.abandon(); // what failed came behind it: nobody is going to read it
        }
        if (whole.cancellation().reason() != null) {
            throw caught;
        }
        LOG.warn(
                "{} goes without the judge {}, which failed",
                whole.id(),
                judgement.judge().model());
        List<Branch> answers = judgement.panel().answers();
        Branch best = answers.get(0);
        Attempt answered = best.call().served();
        exchange.setProperty(Call.PROPERTY, whole);
        if (!whole.streaming() && answered != null) {
            whole.usedElsewhere(judgement.before().plus(used(answers.subList(1, answers.size()))));
            whole.servedBy(answered);
            return;
        }
        Walk again = judgement.panel().again();
        if (!again.isMore()) {
            throw caught;
        }
        again.begin(exchange);
    }

    /** However the judge did, what follows is about the whole. */
    public void end(Exchange exchange) {
        Judgement judgement = judgement(exchange);
        exchange.setProperty(Call.PROPERTY, judgement.whole());
        exchange.setProperty(PROPERTY, judgement.outer());
        Allowance.drop(exchange);
    }

    private static Judgement judgement(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Judgement.class);
    }
}
