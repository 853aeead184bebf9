package io.serai.condense;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.util.HashedWheelTimer;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Purpose;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.CondenseMethods;
import io.serai.config.Condensers;
import io.serai.config.Permits;
import io.serai.config.Prompts;
import io.serai.config.Snapshot;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the routes that have a model read the conversation: {@code condense-conversational}, {@code condense-semantic} with
 * a janitor, and {@code condense-ask}. Of one request each method asks once, whatever comes of it.
 */
public final class ModelSteps {
    private static final String SUMMARY = "condensation_conversational.md";
    private static final String PRUNING = "condensation_semantic.md";
    private static final String HEAD = "[What matters of the conversation until here]\n";
    private static final String ASKING = "condense-asking";
    private static final String SUMMING = "condense-summing";
    /** AISBF's, doubled for models that think first. */
    private static final int SUMMARY_TOKENS = 2000;

    private static final int PRUNING_TOKENS = 4000;

    /** Percent of what a model takes, for what it is to read; the rest is for the prompt and its answer. */
    private static final int OF_ROOM = 70;

    private final ObjectMapper json;
    private final Condensers models;
    private final Prompts prompts;
    private final Duration patience;
    private final Summaries summaries;
    private final Readers readers;
    private final HashedWheelTimer timers;

    public ModelSteps(
            ObjectMapper json, Snapshot snapshot, Summaries summaries, Readers readers, HashedWheelTimer timers) {
        this.json = json;
        this.models = snapshot.condensation();
        this.prompts = snapshot.prompts();
        this.patience = snapshot.settings().condensation().timeout();
        this.summaries = summaries;
        this.readers = readers;
        this.timers = timers;
    }

    /** Whether a model prunes in place of embeddings. */
    public Predicate hasJanitor() {
        return exchange -> models.enabled() && models.janitor() != null;
    }

    /** Whether there is something to ask a model. */
    public Predicate asks() {
        return exchange -> Chain.of(exchange).asking() != null;
    }

    /**
     * Divides the client's conversation into old and new, and writes the question to the model where what was said before will not do.
     * It is the client's own whatever other methods have made of it: on the next turn it begins with the same words, and theirs may not.
     */
    public void planSummary(Exchange exchange) throws CondenseException, InterruptedException {
        Chain chain = Chain.of(exchange);
        String model = models.model() == null ? chain.ownModel() : models.model();
        String prompt = prompts.fill(SUMMARY, Map.of());
        String salt = chain.call().caller().key() + "\n" + model + "\n" + prompt;
        Outline original = chain.original();
        Summing summing = new Summing(original, chain.aim(), salt, summaries);
        exchange.setProperty(SUMMING, summing);
        if (!summing.needsMore() || question(chain, CondenseMethods.CONVERSATIONAL) != null) {
            return;
        }
        List<ObjectNode> unread = summing.unread();
        if (unread.isEmpty() || !chain.wouldBeShorter(original.least())) {
            throw new CondenseException("what could be summed up is not longer than what stays");
        }
        String earlier = summing.earlier();
        String text = (earlier == null ? "" : "<summary>\n" + Transcript.escaped(earlier) + "\n</summary>\n")
                + "<conversation>\n" + Transcript.of(readable(unread, chain, model)) + "\n</conversation>";
        long answer = model.equals(chain.ownModel())
                ? Math.min(SUMMARY_TOKENS, chain.how().room() / 5)
                : SUMMARY_TOKENS;
        ask(
                chain,
                CondenseMethods.CONVERSATIONAL,
                request(model, prompt, text, answer, 0.3),
                new Asked.Question(summing.upTo()));
    }

    /** As much as the model takes that reads it: of the one that the conversation is for it is known. */
    private List<ObjectNode> readable(List<ObjectNode> unread, Chain chain, String model)
            throws CondenseException, InterruptedException {
        long most = Long.MAX_VALUE;
        if (models.maxContext() != null) {
            most = models.maxContext();
        } else if (model.equals(chain.ownModel())) {
            most = chain.how().room() * OF_ROOM / 100;
        }
        return chain.measure().ofMessages(unread) <= most
                ? unread
                : new Importance().condense(Outline.of(unread), new Condenser.Aim(most, chain.measure()));
    }

    /** The summary, the model's or the one that was there, in the place of what is old. */
    public void takeSummary(Exchange exchange) throws CondenseException, UpstreamException {
        Chain chain = Chain.of(exchange);
        chain.hasAsked();
        Summing summing = exchange.getProperty(SUMMING, Summing.class);
        Asked.Question question = question(chain, CondenseMethods.CONVERSATIONAL);
        if (question != null && summing.needsMore()) {
            String said = question.await(chain.call().cancellation());
            if (!said.isEmpty()) {
                summing.summedUp(said, question.upTo());
            }
        }
        chain.replaced(CondenseMethods.CONVERSATIONAL, summing.messages());
    }

    /** Writes the question to the janitor. */
    public void planPruning(Exchange exchange) throws CondenseException, InterruptedException {
        Chain chain = Chain.of(exchange);
        String model = String.valueOf(models.janitor());
        if (question(chain, CondenseMethods.SEMANTIC) != null) {
            return;
        }
        Outline outline = chain.outline();
        List<ObjectNode> said = outline.units().stream()
                .filter(unit -> !unit.kept())
                .flatMap(unit -> outline.messages().subList(unit.from(), unit.to()).stream())
                .toList();
        if (said.isEmpty()) {
            throw new CondenseException("there is nothing in it that may be left out");
        }
        String text = "<conversation>\n" + Transcript.of(readable(said, chain, model))
                + "\n</conversation>\n<question>\n" + Transcript.escaped(outline.question()) + "\n</question>";
        ask(
                chain,
                CondenseMethods.SEMANTIC,
                request(model, prompts.fill(PRUNING, Map.of()), text, PRUNING_TOKENS, 0.2),
                new Asked.Question(0));
    }

    /** What the janitor has picked, in the place of everything that may be left out. */
    public void takePruning(Exchange exchange) throws CondenseException, UpstreamException {
        Chain chain = Chain.of(exchange);
        chain.hasAsked();
        Asked.Question question = question(chain, CondenseMethods.SEMANTIC);
        String picked = question == null ? "" : question.await(chain.call().cancellation());
        if (picked.isEmpty()) {
            throw new CondenseException("the janitor gave no answer");
        }
        Assembly assembly = new Assembly(chain.outline());
        assembly.note(HEAD + picked);
        chain.took(CondenseMethods.SEMANTIC, assembly.messages());
    }

    private static Asked.@Nullable Question question(Chain chain, String method) {
        return Asked.of(chain.call()).question(method, chain.name());
    }

    private ObjectNode request(String model, String prompt, String text, long tokens, double temperature) {
        ObjectNode body = json.createObjectNode().put("model", model);
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", prompt);
        messages.addObject().put("role", "user").put("content", text);
        return body.put("temperature", temperature).put("max_tokens", tokens);
    }

    private void ask(Chain chain, String method, ObjectNode body, Asked.Question question) throws CondenseException {
        String model = body.path("model").asText();
        if (!models.enabled()) {
            throw new CondenseException("condensation.enabled is false: no model reads it");
        }
        if (!readers.mayRead(chain.call(), model)) {
            throw new CondenseException("the model that would read it may not see it");
        }
        Call part = chain.call().part(body, Purpose.SUMMARY);
        part.whenComplete(() -> question.answered(said(part)));
        part.vouch(Permits.NONE); // an autoselect's word is on what it picks, not on who condenses for it
        part.admitted(Operation.CHAT, body, body.toString().length(), model, false, false);
        Asking asking = new Asking(
                part,
                timers.newTimeout(
                        t -> part.cancellation()
                                .cancel(new UpstreamFailure.ClientGone()), // nobody waits for it any more
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS));
        if (Asked.of(chain.call()).isFirst(method, chain.name(), question)) {
            chain.asks(asking);
        } else {
            asking.end(); // a branch beside this one has just asked
        }
    }

    private static String said(Call part) {
        ObjectNode reply = part.getReplyBody();
        return reply == null
                ? ""
                : reply.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText("")
                        .strip();
    }

    /** From here on the exchange, which is one of its own, carries the question. */
    public void begin(Exchange exchange) {
        Asking asking = Chain.of(exchange).asking();
        if (asking == null) {
            throw new IllegalStateException("Nothing is asked");
        }
        exchange.removeProperty(Attempt.PROPERTY);
        exchange.setProperty(ASKING, asking);
        exchange.setProperty(Call.PROPERTY, asking.part());
    }

    /** The model has answered, or has not. */
    public void end(Exchange exchange) {
        exchange.getProperty(ASKING, Asking.class).end();
    }
}
