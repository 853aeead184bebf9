package io.serai.split;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.config.Prompts;
import io.serai.config.Settings;
import io.serai.context.IndivisibleException;
import io.serai.routing.Directory;
import io.serai.routing.Oversize;
import io.serai.split.Split.Part;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the route {@code split}. */
public final class SplitSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SplitSteps.class);
    private static final String OVERSIZE = "oversize";
    private static final String SPLIT = "split";
    private static final String PART = "part";
    private static final String LAST = "merge";

    private final Directory directory;
    private final Prompts prompts;
    private final Settings.Split settings;

    public SplitSteps(Directory directory, Prompts prompts, Settings.Split settings) {
        this.directory = directory;
        this.prompts = prompts;
        this.settings = settings;
    }

    /** Looks whether one of the call's candidates takes it whole. What a split sends out itself fits. */
    public void weigh(Exchange exchange) {
        if (exchange.getProperty(SPLIT) == null) {
            Oversize oversize = directory.oversize(Call.of(exchange));
            if (oversize != null) {
                exchange.setProperty(OVERSIZE, oversize);
            }
        }
    }

    /** Whether none does. */
    public Predicate tooLong() {
        return exchange -> exchange.getProperty(OVERSIZE) != null && exchange.getProperty(SPLIT) == null;
    }

    /** Makes the parts, or says with a 400 why that can't be. */
    public void plan(Exchange exchange) {
        Call whole = Call.of(exchange);
        Oversize oversize = exchange.getProperty(OVERSIZE, Oversize.class);
        try {
            PartBodies bodies = new PartBodies(whole.body(), oversize.limit(), oversize.counting(), prompts);
            List<ObjectNode> parts = bodies.parts(settings.maxParts());
            Split split = new Split(whole, bodies, settings.parallel());
            split.round(parts);
            whole.splitInto(parts.size());
            exchange.setProperty(SPLIT, split);
            LOG.info(
                    "{} is split into {} parts: about {} tokens, and no candidate takes more than {} at once",
                    whole.id(),
                    parts.size(),
                    oversize.tokens(),
                    oversize.limit());
        } catch (IndivisibleException e) {
            throw oversize.error(whole, String.valueOf(e.getMessage()));
        }
    }

    /** Whether there is a round of parts to ask. */
    public Predicate more() {
        return exchange -> !split(exchange).parts().isEmpty();
    }

    /** The requests of the round, for a splitter. */
    public Expression each() {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return split(exchange).parts();
            }
        };
    }

    /** From here on the exchange carries the part, which waits until others have made room for it. */
    public void begin(Exchange exchange) throws Exception {
        Part part = exchange.getMessage().getBody(Part.class);
        exchange.setProperty(PART, part);
        exchange.setProperty(Call.PROPERTY, part.call());
        part.split().enter(part);
    }

    /** The part has a reply: its words are kept. */
    public void keep(Exchange exchange) {
        Part part = part(exchange);
        ObjectNode reply = part.call().getReplyBody();
        String text = reply == null
                ? ""
                : reply.path("choices").path(0).path("message").path("content").asText("");
        if (text.isBlank()) {
            throw new ApiError(502, "api_error", "upstream_error", null, "The model's answer has no text.", null);
        }
        part.answered(text.strip());
    }

    /** The part failed, and so has the request. */
    public void fail(Exchange exchange) {
        Part part = part(exchange);
        part.split().failed(part, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
    }

    /** However the part went, what follows is about the whole. */
    public void endPart(Exchange exchange) {
        Part part = part(exchange);
        part.split().leave(part);
        exchange.setProperty(Call.PROPERTY, part.split().whole());
    }

    /** The answers in the order of the parts, and what they used. */
    public AggregationStrategy gather() {
        return (before, exchange) -> {
            Part part = part(exchange);
            part.split().gather(part);
            return exchange;
        };
    }

    /** Raises the failure of a part, or decides what the next round is. */
    public void settle(Exchange exchange) throws Exception {
        Split split = split(exchange);
        try {
            split.settle();
        } catch (IndivisibleException e) {
            throw exchange.getProperty(OVERSIZE, Oversize.class).error(split.whole(), String.valueOf(e.getMessage()));
        }
    }

    /** From here on the exchange carries the call that merges the answers. */
    public void beginMerge(Exchange exchange) {
        Call last = split(exchange).last();
        exchange.setProperty(LAST, last);
        exchange.setProperty(Call.PROPERTY, last);
    }

    /**
     * However it went, what follows is about the whole, and whatever the exchange carries next is weighed anew. The reply of the
     * merging call, if it has one, is the whole's.
     */
    public void end(Exchange exchange) {
        Split split = split(exchange);
        if (split != null) {
            Call whole = split.whole();
            Call last = exchange.getProperty(LAST, Call.class);
            if (last != null && last.served() instanceof Attempt served) {
                whole.servedBy(served);
                whole.usedElsewhere(last.usedElsewhere());
            }
            exchange.setProperty(Call.PROPERTY, whole);
        }
        exchange.removeProperty(OVERSIZE);
        exchange.removeProperty(SPLIT);
        exchange.removeProperty(LAST);
    }

    private static Split split(Exchange exchange) {
        return exchange.getProperty(SPLIT, Split.class);
    }

    private static Part part(Exchange exchange) {
        return exchange.getProperty(PART, Part.class);
    }
}
