package io.serai.dialect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Purpose;
import io.serai.call.Reply;
import io.serai.call.Usage;
import io.serai.config.Settings;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.support.ExpressionAdapter;

/** The steps of the route {@code completions}: one prompt is a call like any other, several are a part of the call each. */
public final class CompletionSteps {
    private static final String PART = "part";
    private final ObjectMapper json;
    private final Settings settings;

    /** One of several prompts on its way. */
    private record Part(Call whole, Call call, int number) {}

    public CompletionSteps(ObjectMapper json, Settings settings) {
        this.json = json;
        this.settings = settings;
    }

    /** Before admission: the client speaks legacy completions. */
    public void speak(Exchange exchange) {
        Call.of(exchange).speaks(new Completions(json, settings));
    }

    /** Whether there is more than one prompt. */
    public Predicate several() {
        return exchange -> spoken(Call.of(exchange)).prompts() > 1;
    }

    /** A part for each prompt, for a splitter. */
    public Expression each() {
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                Call whole = Call.of(exchange);
                Completions dialect = spoken(whole);
                return IntStream.range(0, dialect.prompts())
                        .mapToObj(i -> new Part(whole, whole.part(dialect.asking(whole, i), Purpose.REPLY), i))
                        .toList();
            }
        };
    }

    /** From here on the exchange carries the part. */
    public void begin(Exchange exchange) {
        Part part = exchange.getMessage().getBody(Part.class);
        exchange.setProperty(PART, part);
        exchange.setProperty(Call.PROPERTY, part.call());
    }

    /** However the part went, what follows is about the whole: an error is its client's. */
    public void end(Exchange exchange) {
        Part part = exchange.getProperty(PART, Part.class);
        part.call().complete();
        exchange.setProperty(Call.PROPERTY, part.whole());
    }

    /** Adds a part's choices to the whole answer, those of the first prompt first, and its usage to the whole's. */
    public AggregationStrategy join() {
        return (before, exchange) -> {
            Part part = exchange.getProperty(PART, Part.class);
            Attempt served = part.call().served();
            ObjectNode reply = part.call().getReplyBody();
            if (served != null && reply != null) {
                join(part, served, reply);
            }
            return exchange;
        };
    }

    private void join(Part part, Attempt served, ObjectNode reply) {
        Call whole = part.whole();
        Usage ofPart = part.call().usedElsewhere();
        if (ofPart != Usage.NONE) {
            whole.usedElsewhere(whole.usedElsewhere().plus(ofPart));
        }
        ArrayNode choices = json.createArrayNode();
        reply.path("choices").forEach(choice -> {
            ObjectNode moved = choice.deepCopy();
            int index = moved.path("index").asInt(choices.size());
            choices.add(moved.put("index", part.number() * spoken(whole).answers() + index));
        });
        Attempt first = whole.served();
        ObjectNode joined = whole.getReplyBody();
        if (first == null || joined == null) {
            reply.set("choices", choices);
            served.replied(new Reply.Complete(reply));
            whole.servedBy(served);
            return;
        }
        ((ArrayNode) joined.path("choices")).addAll(choices);
        List<String> known = whole.adapted();
        served.adapted().stream().filter(name -> !known.contains(name)).forEach(known::add);
        Usage usage = served.usage();
        whole.usedElsewhere(whole.usedElsewhere().plus(usage == null ? Usage.NONE : usage));
    }

    private static Completions spoken(Call call) {
        if (call.dialect() instanceof Completions completions) {
            return completions;
        }
        throw new IllegalStateException("The route says first what the client speaks");
    }
}
