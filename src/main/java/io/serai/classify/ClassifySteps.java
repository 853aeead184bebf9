package io.serai.classify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Purpose;
import io.serai.call.Sensitivity;
import io.serai.call.UpstreamFailure;
import io.serai.config.Permits;
import io.serai.config.Sensitive;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code classify}. */
public final class ClassifySteps {
    private static final Logger LOG = LoggerFactory.getLogger("serai.classify");
    private static final String ASKED = "classification";
    /** In place of a category: the model has said so. */
    private static final String BY_MODEL = "model";

    private final Classification classification;
    private final Settings.Classify settings;
    private final Question question;
    private final HashedWheelTimer timers;

    /**
     * The question to the model while it is under way.
     *
     * @param outer the one in whose way it is asked: the model may be a rotation that is searched for something else itself
     */
    private record Asked(
            Classifying search,
            Call part,
            Timeout timer,
            @Nullable Asked outer) {}

    public ClassifySteps(ObjectMapper json, Snapshot snapshot, Classification classification, HashedWheelTimer timers) {
        this.classification = classification;
        this.settings = snapshot.settings().classify();
        this.question = new Question(json, snapshot.prompts());
        this.timers = timers;
    }

    /** Whether the call is to be searched for something that it was not yet. */
    public Predicate classifies() {
        return exchange -> !classification.due(Call.of(exchange)).isEmpty();
    }

    /** Takes the words out of the request. */
    public void begin(Exchange exchange) {
        classification.begin(Call.of(exchange)).begin(exchange);
    }

    /** Whether there is something to ask a model, and one to ask. */
    public Predicate asksModel() {
        return exchange ->
                classification.asksModel() && !Classifying.of(exchange).isEmpty();
    }

    public void searchPrivacy(Exchange exchange) {
        classification.searchPrivacy(Classifying.of(exchange));
    }

    public void searchNsfw(Exchange exchange) {
        classification.searchNsfw(Classifying.of(exchange));
    }

    /** Whether the words leave it open. */
    public Predicate open() {
        return exchange -> classification.isOpen(Classifying.of(exchange));
    }

    public void compareMeaning(Exchange exchange) throws InterruptedException {
        classification.compareMeaning(Classifying.of(exchange));
    }

    public void settle(Exchange exchange) {
        classification.settle(Classifying.of(exchange));
    }

    /** From here on the exchange carries the question to the model, which only one that may see everything is asked. */
    public void beginQuestion(Exchange exchange) {
        Classifying search = Classifying.of(exchange);
        ObjectNode body = question.of(settings.model(), search.due, search.window.text());
        Call part = search.call.part(body, Purpose.CLASSIFICATION);
        part.admitted(Operation.CHAT, body, body.toString().length(), settings.model(), false, false);
        part.keepTo(search.call.sensitivity().and(whateverItIs(search.due)));
        part.vouch(Permits.NONE); // it is asked by its own flags
        Timeout timer = timers.newTimeout(
                t -> part.cancellation().cancel(new UpstreamFailure.ClientGone()), // nobody waits for it any more
                settings.timeout().toMillis(),
                TimeUnit.MILLISECONDS);
        exchange.setProperty(ASKED, new Asked(search, part, timer, exchange.getProperty(ASKED, Asked.class)));
        exchange.setProperty(Call.PROPERTY, part);
    }

    private static Map<Sensitive, Sensitivity.Verdict> whateverItIs(Set<Sensitive> kinds) {
        Map<Sensitive, Sensitivity.Verdict> all = new EnumMap<>(Sensitive.class);
        kinds.forEach(kind -> all.put(kind, new Sensitivity.Verdict(true, 1, List.of(Classification.UNCHECKED))));
        return all;
    }

    /** The answer, or its failure, is there: what follows is about the client's call again. */
    public void endQuestion(Exchange exchange) {
        Asked asked = exchange.getProperty(ASKED, Asked.class);
        Classifying search = asked.search();
        exchange.setProperty(ASKED, asked.outer()); // null removes it
        boolean inTime = asked.timer().cancel();
        asked.part().complete();
        exchange.setProperty(Call.PROPERTY, search.call);
        search.begin(exchange);
        Set<Sensitive> named = Question.answer(asked.part().getReplyBody());
        if (named == null) {
            LOG.warn(
                    "{} could not be searched: {}",
                    search.call.id(),
                    !inTime
                            ? "the model took too long"
                            : asked.part().served() == null ? "the model failed" : "the model's answer makes no sense");
            search.due.forEach(kind -> classification.failed(search, kind));
            return;
        }
        for (Sensitive kind : search.due) {
            boolean hit = named.contains(kind);
            search.verdicts.put(kind, new Sensitivity.Verdict(hit, hit ? 1 : 0, hit ? List.of(BY_MODEL) : List.of()));
        }
    }
}
