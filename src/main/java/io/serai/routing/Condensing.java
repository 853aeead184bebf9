package io.serai.routing;

import io.serai.config.Limits;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a conversation is condensed for a candidate, how, and to what.
 *
 * @param methods in order, by their names in the configuration
 * @param trigger tokens of a request from which on it is condensed
 * @param target tokens that it is to come to
 * @param room tokens that the candidate takes at most, beside the answer
 */
public record Condensing(List<String> methods, long trigger, long target, long room) {
    /** What AISBF's dashboard writes where only a method is given. */
    private static final BigDecimal USUAL_PERCENT = BigDecimal.valueOf(80);
    /** Where only a percentage is given: needs no model, and reads the question. */
    private static final List<String> USUAL_METHODS = List.of("semantic");

    /** What a client that names no limit is given room for: 500 tokens, of a small context a quarter. */
    private static final int ANSWER_SHARE = 4;

    /** Whether the operator wants it. */
    static boolean isWanted(Limits limits) {
        return limits.condenseContext() != null || limits.condenseMethod() != null;
    }

    /**
     * Null where the operator does not want it, and where nobody knows how much the model takes.
     *
     * @param answer tokens that the client wants at most, 0 when it does not say
     * @param percent of the context that a request is to come to
     */
    static @Nullable Condensing of(Limits limits, @Nullable Integer contextSize, long answer, int percent) {
        Integer most = limits.maxRequestTokens();
        if (!isWanted(limits) || contextSize == null && most == null) {
            return null;
        }
        long context = Long.MAX_VALUE / 1000;
        if (contextSize != null) {
            context = contextSize - Math.max(answer, Math.min(Walk.USUAL_ANSWER, contextSize / ANSWER_SHARE));
        }
        context = Math.max(0, context);
        BigDecimal said = limits.condenseContext() == null ? USUAL_PERCENT : limits.condenseContext();
        long trigger = said.multiply(BigDecimal.valueOf(context)).longValue() / 100;
        long target = Math.min(trigger, context * percent / 100);
        long room = context;
        if (most != null) {
            room = Math.min(room, most);
            trigger = Math.min(trigger, most + 1L);
            target = Math.min(target, most);
        }
        List<String> methods = limits.condenseMethod() == null ? USUAL_METHODS : limits.condenseMethod();
        return new Condensing(methods, trigger, target, room);
    }
}
