package io.serai.autoselect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Purpose;
import io.serai.call.UpstreamFailure;
import io.serai.config.Autoselect;
import io.serai.config.Permits;
import io.serai.config.Snapshot;
import io.serai.routing.ModelPath;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code autoselect}. */
public final class AutoselectSteps {
    /** The route of an autoselect is called this and its name. */
    public static final String ROUTE = "autoselect-";

    private static final Logger LOG = LoggerFactory.getLogger("serai.autoselect");
    private static final String ASKED = "selection";

    private final Picking picking;
    private final SelectionPrompt prompt;
    private final Duration patience;
    private final HashedWheelTimer timers;

    /**
     * The question to the selection model while it is under way.
     *
     * @param outer the one in whose way it is asked: a selection model may be an autoselect that asks another
     */
    private record Asked(
            Pick pick, Call part, Timeout timer, @Nullable Asked outer) {}

    public AutoselectSteps(ObjectMapper json, Snapshot snapshot, Picking picking, HashedWheelTimer timers) {
        this.picking = picking;
        this.prompt = new SelectionPrompt(json, snapshot.prompts());
        this.patience = snapshot.settings().autoselect().timeout();
        this.timers = timers;
    }

    /** The route of the autoselect that the call names. */
    public static String route(Exchange exchange) {
        return ROUTE + name(Call.of(exchange));
    }

    private static String name(Call call) {
        if (call.getPath() instanceof ModelPath path) {
            return path.name();
        }
        throw new IllegalStateException("dispatch resolves the model first");
    }

    /** Whom it may pick, and what was picked before. */
    public void begin(Exchange exchange) {
        Call call = Call.of(exchange);
        picking.begin(call, name(call)).begin(exchange);
    }

    /** Whether it is to be decided by meaning. */
    public Predicate asksMeaning() {
        return exchange -> {
            Pick pick = Pick.of(exchange);
            return pick.open() && pick.autoselect.byMeaning();
        };
    }

    public void byMeaning(Exchange exchange) throws InterruptedException {
        picking.byMeaning(Pick.of(exchange));
    }

    /** Whether it is still open, and there is a model to ask. */
    public Predicate asksModel() {
        return exchange -> {
            Pick pick = Pick.of(exchange);
            return pick.open() && picking.mayAsk(pick);
        };
    }

    /** From here on the exchange carries the question to the selection model, which has so long to answer. */
    public void beginQuestion(Exchange exchange) {
        Pick pick = Pick.of(exchange);
        String model = String.valueOf(pick.autoselect.selectionModel());
        ObjectNode body = prompt.of(model, pick.reading, pick.candidates, pick.autoselect.fallback());
        Call part = pick.call.part(body, Purpose.SELECTION);
        part.admitted(Operation.CHAT, body, body.toString().length(), model, false, false);
        part.vouch(Permits.NONE); // it is asked by its own flags
        Timeout timer = timers.newTimeout(
                t -> part.cancellation().cancel(new UpstreamFailure.ClientGone()), // nobody waits for it any more
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
        exchange.setProperty(ASKED, new Asked(pick, part, timer, exchange.getProperty(ASKED, Asked.class)));
        exchange.setProperty(Call.PROPERTY, part);
    }

    /** The answer, or its failure, is there: what follows is about the client's call again. */
    public void endQuestion(Exchange exchange) {
        Asked asked = exchange.getProperty(ASKED, Asked.class);
        Pick pick = asked.pick();
        exchange.setProperty(ASKED, asked.outer()); // null removes it
        boolean inTime = asked.timer().cancel();
        asked.part().complete();
        exchange.setProperty(Call.PROPERTY, pick.call);
        pick.begin(exchange); // the one that was asked may be an autoselect itself
        Autoselect.Choice named = SelectionAnswer.in(asked.part().getReplyBody(), pick.candidates);
        if (named != null) {
            pick.decide(named.model().path(), Pick.By.MODEL);
        } else {
            pick.why = inTime
                    ? asked.part().served() == null
                            ? "the selection model failed"
                            : "the selection model named none of the models"
                    : "the selection model took too long";
        }
    }

    /** What is not decided by now goes to the fallback. From here on the call is for the model that was picked. */
    public void settle(Exchange exchange) {
        Pick pick = Pick.of(exchange);
        picking.keep(pick);
        if (pick.model == null) {
            pick.decide(picking.fallback(pick), Pick.By.FALLBACK);
        }
        Call call = pick.call;
        call.setModel(String.valueOf(pick.model));
        call.vouch(pick.autoselect.vouches(call.model(), call.vouched()));
        call.resolved(ModelPath.parse(call.model()));
        LOG.info("{} {}", call.id(), picking.account(pick));
    }
}
