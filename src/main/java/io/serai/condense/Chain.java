package io.serai.condense;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Condensation;
import io.serai.condense.text.Measure;
import io.serai.config.CondenseMethods;
import io.serai.context.Outline;
import io.serai.context.Tokens;
import io.serai.routing.Condensing;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One conversation on its way through the methods that are to make it shorter. It belongs to the branch of the exchange that carries
 * it; the call's own messages are not touched.
 */
final class Chain {
    private static final String PROPERTY = "condensing";

    private final Call call;
    private final Condensing how;
    private final String ownModel;
    private final Measure measure;
    private final long tools;
    private final long from;
    private final long startedNanos = System.nanoTime();
    private final List<String> applied = new ArrayList<>();
    private final Outline original;
    private @Nullable String name;
    private List<ObjectNode> messages;
    private long tokens;
    private boolean failed;
    private @Nullable Asking asking;

    /**
     * @param ownModel path of the model that the conversation is for
     * @param counting how that model counts
     */
    Chain(Call call, Condensing how, String ownModel, Tokens counting) {
        this.call = call;
        this.how = how;
        this.ownModel = ownModel;
        this.measure = Measure.of(counting);
        this.tools = counting.ofTools(call.body()) + Tokens.REPLY;
        List<ObjectNode> all = new ArrayList<>();
        for (JsonNode message : call.body().path("messages")) {
            all.add((ObjectNode) message);
        }
        this.original = Outline.of(all);
        this.messages = all;
        this.tokens = tools + measure.ofMessages(all);
        this.from = tokens;
    }

    static @Nullable Chain find(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Chain.class);
    }

    static Chain of(Exchange exchange) {
        Chain chain = find(exchange);
        if (chain == null) {
            throw new IllegalStateException("Nothing is being condensed");
        }
        return chain;
    }

    void begin(Exchange exchange) {
        exchange.setProperty(PROPERTY, this);
    }

    static void end(Exchange exchange) {
        exchange.removeProperty(PROPERTY);
    }

    Call call() {
        return call;
    }

    Condensing how() {
        return how;
    }

    String ownModel() {
        return ownModel;
    }

    Measure measure() {
        return measure;
    }

    /** As the methods until now have left them. */
    Outline outline() {
        return Outline.of(messages, original);
    }

    /** As the client sent them. */
    Outline original() {
        return original;
    }

    /** A hash of what the client sent. */
    String name() {
        String known = name;
        if (known == null) {
            known = Summaries.beginnings("", original.messages()).getLast();
            name = known;
        }
        return known;
    }

    /** What a method is to come to. */
    Condenser.Aim aim() {
        return new Condenser.Aim(how.target() - tools, measure);
    }

    boolean isOverTarget() {
        return tokens > how.target();
    }

    /** Whether the last resort is needed: nothing else has brought it into its room, or what should have has failed. */
    boolean isLeft() {
        return tokens > how.room() || failed && isOverTarget();
    }

    /** A method has made this of them; what is no shorter changes nothing. */
    void took(String method, List<ObjectNode> made) {
        long after = tools + measure.ofMessages(made);
        if (after < tokens) {
            messages = made;
            tokens = after;
            applied.add(method);
        }
    }

    /** A method has made this of the client's own messages, whatever others have made of them before. */
    void replaced(String method, List<ObjectNode> made) {
        if (wouldBeShorter(made)) {
            applied.clear();
            took(method, made);
        }
    }

    /** Than what the methods until now have left. */
    boolean wouldBeShorter(List<ObjectNode> made) {
        return tools + measure.ofMessages(made) < tokens;
    }

    void failed() {
        failed = true;
    }

    /** The question to a model while a method has one. */
    @Nullable
    Asking asking() {
        return asking;
    }

    void asks(Asking question) {
        asking = question;
    }

    /** It is answered, or never will be. */
    void hasAsked() {
        if (asking != null) {
            asking.end();
            asking = null;
        }
    }

    /** The routes of the methods, and behind them that of the last resort. */
    List<String> routes() {
        List<String> routes = new ArrayList<>(
                how.methods().stream().map(CondenseMethods::route).toList());
        routes.add("condense-rest");
        return routes;
    }

    Condensation condensed() {
        return new Condensation(String.join("+", applied), from, tokens);
    }

    ArrayNode made() {
        return call.body().arrayNode().addAll(messages);
    }

    long millis() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }
}
