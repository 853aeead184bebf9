package io.serai.routing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Condensation;
import io.serai.call.Target;
import io.serai.config.Provider;
import io.serai.context.Tokenizers;
import io.serai.context.Tokens;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a call's request is for each of its candidates, and in which fewer words it goes out where that is too long. Each is
 * made from the client's own request, once.
 */
final class Shortenings {
    private final Call call;
    private final Tokenizers tokenizers;
    private final int targetPercent;
    private final Map<Shape, Shorter> made = new HashMap<>();
    /** By model path: what its reports say in the meantime is for later requests. */
    private final Map<String, Tokens> counts = new HashMap<>();

    /** What a conversation is condensed to; as many tokens are other words to whoever counts otherwise. */
    private record Shape(Condensing how, Tokens counting) {}

    private record Shorter(Condensation how, ArrayNode messages) {}

    /** @param targetPercent of its context that a request is to come to */
    Shortenings(Call call, Tokenizers tokenizers, int targetPercent) {
        this.call = call;
        this.tokenizers = tokenizers;
        this.targetPercent = targetPercent;
    }

    /** How the request is to be condensed for the candidate, null when it goes as it is or is condensed already. */
    @Nullable
    Condensing wanted(Candidate candidate) {
        Condensing how = condensing(candidate);
        return how == null || made.containsKey(new Shape(how, counts(candidate))) ? null : how;
    }

    /** For the candidate, and every other to which the same applies, the request has these messages. */
    void made(Candidate candidate, Condensing how, Condensation what, ArrayNode messages) {
        made.put(new Shape(how, counts(candidate)), new Shorter(what, messages));
    }

    /** Where the request was condensed for the candidate, it goes out so. */
    void apply(Candidate candidate, Attempt attempt) {
        Condensing how = made.isEmpty() ? null : condensing(candidate);
        Shorter shorter = how == null ? null : made.get(new Shape(how, counts(candidate)));
        if (shorter != null && !shorter.how().method().isEmpty()) {
            attempt.body().set("messages", shorter.messages());
            attempt.condensed(shorter.how());
        }
    }

    /** Null when it goes as it is. */
    private @Nullable Condensing condensing(Candidate candidate) {
        Needs needs = Needs.of(call);
        if (!Condensing.isWanted(candidate.limits()) || !needs.least().isLess()) {
            return null;
        }
        Condensing how = Condensing.of(candidate.limits(), candidate.contextSize(), needs.answer(), targetPercent);
        return how != null && needs.length().isAbove(how.trigger() - 1, () -> counts(candidate)) ? how : null;
    }

    /** How the candidate's model counts. */
    Tokens counts(Candidate candidate) {
        return counts.computeIfAbsent(candidate.path(), path -> counts(candidate.provider(), candidate.model()));
    }

    Tokens counts(Provider provider, String model) {
        return tokenizers.of(provider.type(), provider.id(), model);
    }

    /** Tokens of the request, in as few words as it goes out, and of the answer. */
    long expected(Attempt attempt, long limit) {
        Condensation shorter = attempt.condensation();
        Target target = attempt.target();
        long all = Needs.of(call).expected(counts(target.provider(), target.model()), limit);
        return shorter == null ? all : all - shorter.from() + shorter.to();
    }
}
