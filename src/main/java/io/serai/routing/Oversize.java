package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.LogText;
import io.serai.context.Tokens;
import io.serai.routing.Candidates.Offer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that no candidate takes whole.
 *
 * @param tokens that it has
 * @param limit tokens of a request that one of the candidates takes, the most that there is
 * @param counting how that candidate counts
 */
public record Oversize(long tokens, long limit, Tokens counting) {

    /**
     * Null when one of them takes it whole, condensed if need be, or none of them has a {@code max_request_tokens} that it is above
     * or a context that it can't be condensed into. One that can't
     * be called at the moment takes nothing while another could take parts.
     */
    static @Nullable Oversize of(List<Offer> offers, Needs needs, Candidates candidates) {
        List<Offer> whole = new ArrayList<>();
        List<Offer> parts = new ArrayList<>();
        boolean above = false;
        for (Offer offer : offers) {
            switch (candidates.unfit(offer, needs)) {
                case null -> whole.add(offer);
                case Fit.ABOVE_MAX -> {
                    parts.add(offer);
                    above = true;
                }
                case Fit.TOO_LONG -> {
                    parts.add(offer);
                    above |= candidates.refuses(candidates.known(offer), needs);
                }
                default -> {}
            }
        }
        boolean now = candidates.anyAvailable(parts);
        if (!above || !whole.isEmpty() && (!now || candidates.anyAvailable(whole))) {
            return null;
        }
        return parts.stream()
                .filter(offer -> !now || candidates.anyAvailable(List.of(offer)))
                .map(offer -> at(offer, needs, candidates))
                .max(Comparator.comparingLong(Oversize::limit)
                        .thenComparing(Oversize::tokens)) // the part may go to either
                .orElseThrow();
    }

    private static Oversize at(Offer offer, Needs needs, Candidates candidates) {
        Tokens counting = candidates.tokens(offer);
        return new Oversize(needs.length().in(counting), room(offer, needs, candidates), counting);
    }

    /** Tokens of a request there, with room for an answer. */
    private static long room(Offer offer, Needs needs, Candidates candidates) {
        Integer most = offer.limits().maxRequestTokens();
        Integer context = candidates.contextSize(offer);
        long room = most == null ? Long.MAX_VALUE : most;
        if (context != null) {
            long answer = Math.max(needs.answer(), Math.min(Walk.USUAL_ANSWER, context / 4));
            room = Math.min(room, context - answer);
        }
        return Math.max(0, room);
    }

    /**
     * 400 {@code context_length_exceeded}, with the numbers.
     *
     * @param why it is not split, a clause
     */
    public ApiError error(Call call, String why) {
        return ApiError.badRequest(
                "context_length_exceeded",
                "messages",
                String.format(
                        Locale.ROOT,
                        "The request has about %,d tokens, and the most that '%s' takes at once is %,d."
                                + " It can't be split: %s.",
                        tokens,
                        LogText.of(call.model()),
                        limit,
                        why));
    }
}
