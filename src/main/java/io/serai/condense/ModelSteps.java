package io.serai.condense;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.util.HashedWheelTimer;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Purpose;
import io.serai.call.UpstreamFailure;
import io.serai.config.CondenseMethods;
import io.serai.config.Condensers;
import io.serai.config.Permits;
import io.serai.config.Prompts;
import io.serai.config.Snapshot;
import io.serai.context.Assembly;
import io.serai.context.Outline;
import java.time.Duration;
import java.util.HashMap;
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
    private static final String ANSWERS = "condense-answers";
    private static final String ASKING = "condense-asking";
    private static final String SUMMING = "condense-summing";
    private static final String SUMMED_UP_BY = "condense-summed-up-by";
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

    /** Divides the conversation into old and new, and writes the question to the model where what was said before will not do. */
    public void planSummary(Exchange exchange) throws CondenseException, InterruptedException {
        Chain chain = Chain.of(exchange);
        String model = models.model() == null
                ? exchange.getProperty(SUMMED_UP_BY, chain.ownModel(), String.class) // a candidate before may have
                : models.model();
        String prompt = prompts.fill(SUMMARY, Map.of());
        String salt = chain.call().caller().key() + "\n" + model + "\n" + prompt;
        Summing summing = new Summing(chain.outline(), chain.aim(), salt, summaries);
        exchange.setProperty(SUMMING, summing);
        if (!summing.needsMore() || answers(exchange).containsKey(CondenseMethods.CONVERSATIONAL)) {
            return;
        }
        List<ObjectNode> unread = summing.unread();
        if (unread.isEmpty()) {
            throw new CondenseException("what could be summed up is not longer than what stays");
        }
        String earlier = summing.earlier();
        String text = (earlier == null ? "" : "<summary>\n" + Transcript.escaped(earlier) + "\n</summary>\n")
                + "<conversation>\n" + Transcript.of(readable(unread, chain, model)) + "\n</conversation>";
        long answer = model.equals(chain.ownModel())
                ? Math.min(SUMMARY_TOKENS, chain.how().room() / 5)
                : SUMMARY_TOKENS;
        ask(chain, model, request(model, prompt, text, answer, 0.3));
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
    public void takeSummary(Exchange exchange) throws CondenseException {
        Chain chain = Chain.of(exchange);
        Summing summing = exchange.getProperty(SUMMING, Summing.class);
        String said = answer(exchange, CondenseMethods.CONVERSATIONAL);
        if (said != null) {
            summing.summedUp(said);
            exchange.setProperty(SUMMED_UP_BY, chain.ownModel());
        }
        chain.took(CondenseMethods.CONVERSATIONAL, summing.messages());
    }

    /** Writes the question to the janitor. */
    public void planPruning(Exchange exchange) throws CondenseException, InterruptedException {
        Chain chain = Chain.of(exchange);
        String model = String.valueOf(models.janitor());
        if (answers(exchange).containsKey(CondenseMethods.SEMANTIC)) {
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
        ask(chain, model, request(model, prompts.fill(PRUNING, Map.of()), text, PRUNING_TOKENS, 0.2));
    }

    /** What the janitor has picked, in the place of everything that may be left out. */
    public void takePruning(Exchange exchange) throws CondenseException {
        Chain chain = Chain.of(exchange);
        answer(exchange, CondenseMethods.SEMANTIC);
        String picked = answers(exchange).getOrDefault(CondenseMethods.SEMANTIC, "");
        if (picked.isEmpty()) {
            throw new CondenseException("the janitor gave no answer");
        }
        Assembly assembly = new Assembly(chain.outline());
        assembly.note(HEAD + picked);
        chain.took(CondenseMethods.SEMANTIC, assembly.messages());
    }

    private ObjectNode request(String model, String prompt, String text, long tokens, double temperature) {
        ObjectNode body = json.createObjectNode().put("model", model);
        ArrayNode messages = body.putArray("messages");
        messages.addObject().put("role", "system").put("content", prompt);
        messages.addObject().put("role", "user").put("content", text);
        return body.put("temperature", temperature).put("max_tokens", tokens);
    }

    private void ask(Chain chain, String model, ObjectNode body) throws CondenseException {
        if (!models.enabled()) {
            throw new CondenseException("condensation.enabled is false: no model reads it");
        }
        if (!readers.mayRead(chain.call(), model)) {
            throw new CondenseException("the model that would read it may not see it");
        }
        Call part = chain.call().part(body, Purpose.SUMMARY);
        part.vouch(Permits.NONE); // an autoselect's word is on what it picks, not on who condenses for it
        part.admitted(Operation.CHAT, body, body.toString().length(), model, false, false);
        chain.asks(new Asking(
                part,
                timers.newTimeout(
                        t -> part.cancellation()
                                .cancel(new UpstreamFailure.ClientGone()), // nobody waits for it any more
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS)));
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
        Asking asking = exchange.getProperty(ASKING, Asking.class);
        asking.timer().cancel();
        asking.part().complete();
    }

    /** What the model has just said, null when it was not asked or said nothing; remembered as the method's one answer. */
    private @Nullable String answer(Exchange exchange, String method) {
        Chain chain = Chain.of(exchange);
        Asking asking = chain.asking();
        if (asking == null) {
            return null;
        }
        chain.asks(null);
        ObjectNode reply = asking.part().getReplyBody();
        String text = reply == null
                ? ""
                : reply.path("choices").path(0).path("message").path("content").asText("");
        answers(exchange).put(method, text.strip());
        return text.isBlank() ? null : text.strip();
    }

    /** By method; empty for one that failed. */
    private static Map<String, String> answers(Exchange exchange) {
        @SuppressWarnings("unchecked")
        Map<String, String> answers = exchange.getProperty(ANSWERS, Map.class);
        if (answers == null) {
            answers = new HashMap<>();
            exchange.setProperty(ANSWERS, answers);
        }
        return answers;
    }
}
