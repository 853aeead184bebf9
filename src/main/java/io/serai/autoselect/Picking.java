package io.serai.autoselect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.classify.Classification;
import io.serai.config.Autoselect;
import io.serai.config.Permits;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.embedding.NoEmbeddingsException;
import io.serai.routing.Ability;
import io.serai.routing.Foresight;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/** How an autoselect comes to its model, short of asking one. */
public final class Picking implements Foresight {
    /** How long the answer of a selection model holds for the same words. */
    private static final Duration PREFIX = Duration.ofMinutes(10);

    private final ObjectMapper json;
    private final Snapshot snapshot;
    private final Settings.Picking settings;
    private final Ability ability;
    private final ByMeaning meaning;
    private final Choices choices;
    private final Classification classification;

    public Picking(
            ObjectMapper json,
            Snapshot snapshot,
            Ability ability,
            ByMeaning meaning,
            Choices choices,
            Classification classification) {
        this.classification = classification;
        this.json = json;
        this.snapshot = snapshot;
        this.settings = snapshot.settings().autoselect();
        this.ability = ability;
        this.meaning = meaning;
        this.choices = choices;
    }

    /** Whom it may pick, and what is known already: what was picked before, or that there is nothing to pick. */
    Pick begin(Call call, String name) {
        Autoselect autoselect = Objects.requireNonNull(snapshot.autoselects().get(name), name);
        Reading reading = Reading.of(call);
        Pick pick = new Pick(call, autoselect, reading, candidates(call, autoselect));
        boolean sound = call.operation() == Operation.TRANSCRIPTION || call.operation() == Operation.TRANSLATION;
        if (sound) {
            pick.why = "sound can't be read";
            pick.decide(autoselect.fallback().path(), Pick.By.FALLBACK);
        } else if (pick.candidates.isEmpty()) {
            pick.why = "none of its models can serve the request";
        } else if (pick.candidates.size() == 1) {
            pick.decide(pick.candidates.get(0).model().path(), Pick.By.ONLY_ONE);
        } else {
            recall(pick);
        }
        return pick;
    }

    private void recall(Pick pick) {
        String salt = salt(pick);
        String before = settings.affinity().isZero() ? null : choices.of(pick.reading.conversation(salt));
        if (before != null && fits(pick, before)) {
            pick.decide(before, Pick.By.AFFINITY);
            return;
        }
        String same = choices.of(pick.reading.prefix(salt));
        if (same != null && fits(pick, same)) {
            pick.decide(same, Pick.By.CACHE);
        }
    }

    private static boolean fits(Pick pick, String path) {
        return pick.candidates.stream().anyMatch(choice -> choice.model().path().equals(path));
    }

    /** The same for the same autoselect as it is configured now, and for the same caller. */
    private static String salt(Pick pick) {
        return pick.autoselect + "/" + pick.call.caller().key();
    }

    /** Those that can serve the call: known to be able to it, else such as may be, else such as are away at the moment. */
    private List<Autoselect.Choice> candidates(Call call, Autoselect autoselect) {
        List<Autoselect.Choice> all = autoselect.choices();
        List<Ability.Degree> degrees = all.stream()
                .map(choice -> choice.maxTokens() != null
                                && ability.isAbove(
                                        call, choice.maxTokens(), choice.model().path())
                        ? Ability.Degree.NO
                        : ability.of(call, choice.model().path(), autoselect.vouches(choice, call.vouched())))
                .toList();
        Ability.Degree best = degrees.stream().max(Ability.Degree::compareTo).orElse(Ability.Degree.NO);
        return best == Ability.Degree.NO
                ? List.of()
                : IntStream.range(0, all.size())
                        .filter(i -> degrees.get(i) == best)
                        .mapToObj(all::get)
                        .toList();
    }

    /** Whether there is a model to ask, and it may see the prompt. */
    boolean mayAsk(Pick pick) {
        String model = pick.autoselect.selectionModel();
        if (model != null && !ability.maySee(pick.call, model, Permits.NONE)) {
            pick.why = "the selection model may not see what is sensitive";
            return false;
        }
        return model != null;
    }

    /** Ranks the candidates by meaning, and decides where that is clear. */
    void byMeaning(Pick pick) throws InterruptedException {
        String question = pick.reading.question();
        if (question.isBlank()) {
            pick.why = "there is no text to read";
            return;
        }
        try {
            Ranking ranking = meaning.rank(
                    question,
                    pick.candidates.stream().map(Autoselect.Choice::description).toList(),
                    pick.candidates.stream().map(Autoselect.Choice::priority).toList());
            pick.ranking = ranking;
            if (pick.model != null) {
                return; // somebody only wants to see the scores
            }
            if (ranking.confidence() >= settings.confidence()) {
                pick.decide(pick.candidates.get(ranking.best()).model().path(), Pick.By.MEANING);
            } else {
                pick.why = "nothing is clearly nearest in meaning";
            }
        } catch (NoEmbeddingsException e) {
            pick.why = String.valueOf(e.getMessage());
        }
    }

    /** Where it goes when nothing is decided: the best of those that may see it, where the fallback may not. */
    String fallback(Pick pick) {
        String fallback = pick.autoselect.fallback().path();
        if (pick.candidates.isEmpty()
                || ability.maySee(pick.call, fallback, pick.autoselect.vouches(fallback, pick.call.vouched()))) {
            return fallback;
        }
        pick.why += ", and the fallback may not see what is sensitive";
        int best = pick.ranking == null ? 0 : pick.ranking.best();
        return pick.candidates.get(best).model().path();
    }

    /** What was decided is decided for the conversation too; a fallback is not. */
    void keep(Pick pick) {
        String model = pick.model;
        if (model == null || pick.by == Pick.By.FALLBACK || pick.by == Pick.By.ONLY_ONE) {
            return;
        }
        String salt = salt(pick);
        if (!settings.affinity().isZero()) {
            choices.put(pick.reading.conversation(salt), model, settings.affinity());
        }
        if (pick.by == Pick.By.MODEL) {
            choices.put(pick.reading.prefix(salt), model, PREFIX);
        }
    }

    @Override
    public Foreseen of(Call call, String autoselect) {
        try {
            classification.foresee(call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Pick pick = begin(call, autoselect);
        try {
            if (pick.candidates.size() > 1 && pick.autoselect.byMeaning()) {
                byMeaning(pick);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean asks = pick.open() && mayAsk(pick);
        String model = pick.model == null ? fallback(pick) : pick.model;
        ObjectNode account = account(pick).put("picked", model);
        if (asks) {
            account.put("by", "model").put("asks", pick.autoselect.selectionModel());
            account.put(
                    "why",
                    "the selection model would be asked, which explaining does not do; the candidates are the"
                            + " fallback's");
        }
        call.vouch(pick.autoselect.vouches(model, call.vouched()));
        return new Foreseen(model, account);
    }

    /** {@code {name, picked, by, why?, confidence?, fallback, scores: [{model, score, similarity, words}]}} */
    ObjectNode account(Pick pick) {
        ObjectNode account = json.createObjectNode().put("name", pick.autoselect.name());
        account.put("picked", pick.model == null ? pick.autoselect.fallback().path() : pick.model);
        account.put("by", pick.by.name().toLowerCase(Locale.ROOT));
        if (pick.by == Pick.By.FALLBACK) {
            account.put("why", pick.why);
        }
        account.put("fallback", pick.autoselect.fallback().path());
        ArrayNode scores = json.createArrayNode();
        Ranking ranking = pick.ranking;
        if (ranking != null) {
            account.put("confidence", rounded(ranking.confidence()));
            for (Ranking.Score score : ranking.scores()) {
                scores.addObject()
                        .put("model", pick.candidates.get(score.index()).model().path())
                        .put("score", rounded(score.fused()))
                        .put("similarity", rounded(score.similarity()))
                        .put("words", rounded(score.words()));
            }
        }
        account.set("scores", scores);
        return account;
    }

    private static BigDecimal rounded(double number) {
        return BigDecimal.valueOf(number).setScale(4, RoundingMode.HALF_UP);
    }
}
