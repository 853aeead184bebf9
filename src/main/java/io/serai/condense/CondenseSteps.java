package io.serai.condense;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Condensation;
import io.serai.call.LogText;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.context.Tokens;
import io.serai.embedding.Meanings;
import io.serai.routing.Condensing;
import io.serai.routing.Walk;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.Processor;
import org.apache.camel.support.ExpressionAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code condense} and of the methods that need no model. */
public final class CondenseSteps {
    private static final Logger LOG = LoggerFactory.getLogger("serai.condense");

    private final Map<String, Condenser> methods;

    public CondenseSteps(Meanings meanings) {
        methods = Methods.withoutModel(meanings);
    }

    /** The methods that {@link #apply} knows. */
    public Iterable<String> methods() {
        return methods.keySet();
    }

    /** Looks whether the candidate that is next takes the request as it is. */
    public void weigh(Exchange exchange) {
        Walk walk = Walk.of(exchange);
        Condensing how = walk == null ? null : walk.tooLong();
        if (walk == null || how == null) {
            Chain.end(exchange);
            return;
        }
        Call call = Call.of(exchange);
        begin(exchange, call, how, walk.nextModel(), walk.nextCounts());
    }

    /**
     * From here on the exchange carries the call's conversation, to be condensed.
     *
     * @param ownModel path of the model that it is for
     * @param counting how that model counts
     */
    static void begin(Exchange exchange, Call call, Condensing how, String ownModel, Tokens counting) {
        new Chain(call, how, ownModel, counting).begin(exchange);
    }

    /** Whether it does not. */
    public Predicate tooLong() {
        return exchange -> Chain.find(exchange) != null;
    }

    /** The routes of the methods in their order, for a routing slip. */
    public Expression routes() {
        Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return Chain.of(exchange).routes().stream()
                        .map(route -> endpoints.computeIfAbsent(
                                route, name -> exchange.getContext().getEndpoint("direct:" + name)))
                        .toList();
            }
        };
    }

    /** Whether there is still something to be done. */
    public Predicate overTarget() {
        return exchange -> Chain.of(exchange).isOverTarget();
    }

    /** Whether the methods have left it too long. */
    public Predicate left() {
        return exchange -> Chain.of(exchange).isLeft();
    }

    /** Applies a method. */
    public Processor apply(String method) {
        Condenser condenser = methods.get(method);
        if (condenser == null) {
            throw new IllegalArgumentException(method);
        }
        return exchange -> {
            Chain chain = Chain.of(exchange);
            List<ObjectNode> made = condenser.condense(chain.outline(), chain.aim());
            chain.took(method, made);
        };
    }

    /** A method has failed; the next one goes on, unless nobody waits any more. */
    public void failed(Exchange exchange) throws UpstreamException {
        Chain chain = Chain.of(exchange);
        chain.failed();
        chain.hasAsked();
        UpstreamFailure gone = chain.call().cancellation().reason();
        if (gone != null) {
            throw new UpstreamException(gone);
        }
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (caught instanceof CondenseException why) {
            LOG.warn(
                    "{} is not condensed by a method: {}",
                    chain.call().id(),
                    LogText.of(String.valueOf(why.getMessage())));
        } else {
            LOG.error("{}: a method failed", chain.call().id(), caught);
        }
    }

    /** What has become of it is what the candidate gets. */
    public void settle(Exchange exchange) {
        Chain chain = Chain.of(exchange);
        Chain.end(exchange);
        Condensation what = chain.condensed();
        LOG.info(
                "{} is condensed for {}: {} tokens, {} before, by {} in {} ms",
                chain.call().id(),
                LogText.name(chain.ownModel()),
                what.to(),
                what.from(),
                what.method().isEmpty() ? "nothing" : what.method(),
                chain.millis());
        Walk walk = Walk.of(exchange);
        if (walk != null) {
            walk.condensed(chain.how(), what, chain.made());
        }
    }
}
