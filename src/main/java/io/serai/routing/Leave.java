package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Instance;
import io.serai.call.Reply;
import io.serai.call.Travel;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The leave of a call's attempt to go out: what it holds of its instance's limits, or its place in a batch. An attempt that joins
 * another's needs none, for nothing goes out for it.
 */
final class Leave {
    private final Call call;
    private final Walks shared;
    private final Shortenings shortenings;
    private @Nullable Hold hold;
    /** Once was enough of travelling with others. */
    private boolean alone;

    Leave(Call call, Walks shared, Shortenings shortenings) {
        this.call = call;
        this.shared = shared;
        this.shortenings = shortenings;
    }

    /**
     * Waits for it, if it must.
     *
     * @param patience how long it may wait
     * @throws UpstreamException when the call is cancelled meanwhile; nothing is held then
     */
    Gate.Answer ask(Attempt attempt, Candidate on, Duration patience) throws UpstreamException {
        Instance instance = attempt.target().instance();
        Travel travel = alone
                ? null
                : shared.batches()
                        .board(
                                attempt,
                                () -> shared.models()
                                        .of(instance.provider(), on.model())
                                        .prices());
        if (travel != null && travel.joined()) {
            return new Gate.Answer.Passed(new Hold(null), 0);
        }
        boolean passed = false;
        try {
            Gate.Answer answer = shared.gate()
                    .pass(
                            call,
                            instance,
                            on.model(),
                            on.limits(),
                            limit -> shortenings.expected(attempt, limit),
                            patience);
            passed = true;
            return answer;
        } finally {
            if (!passed && travel != null) {
                travel.over();
            }
        }
    }

    /** The attempt goes out. What it holds is settled with whatever is paid for it. */
    void given(Attempt attempt, Hold held) {
        hold = held;
        Travel travel = attempt.travel();
        Attempt paid = travel == null ? attempt : travel.paid(attempt);
        paid.call().whenComplete(() -> held.ended(paid.usage()));
    }

    /**
     * The attempt has a reply. What it used is settled before the client has the end of it, so that its next request finds it so; of
     * one that others travel with, or that does not say it, when the call is complete.
     */
    void accepted(Attempt attempt) {
        Travel travel = attempt.travel();
        boolean rides = travel != null && travel.rides();
        if (hold != null) {
            if (rides) {
                hold.rode();
            } else {
                hold.accepted();
                if (travel == null) {
                    settle(attempt, hold);
                }
            }
            hold = null;
        }
        if (!rides) {
            shared.gate().heard(attempt.target().instance(), attempt.rateHeaders());
        }
    }

    private static void settle(Attempt attempt, Hold held) {
        if (attempt.reply() instanceof Reply.Streaming(Reply.OpenStream open)) {
            open.whenUsed(() -> held.ended(attempt.usage()));
        } else if (attempt.usage() != null) {
            held.ended(attempt.usage());
        }
    }

    /**
     * The attempt failed, and its travel is over.
     *
     * @return whether it was others who had nothing for it, so that it is as if it had not been made
     */
    boolean leftByOthers(Attempt attempt, UpstreamFailure failure) {
        Travel travel = attempt.travel();
        if (travel == null) {
            return false;
        }
        alone = true;
        travel.over();
        if (!travel.rides() || !(failure instanceof UpstreamFailure.NotTried)) {
            return false;
        }
        if (hold != null) {
            hold.unused();
            hold = null;
        }
        return true;
    }

    /** The attempt failed, by itself. */
    void failed(Attempt attempt, UpstreamFailure failure) {
        shared.gate().heard(attempt.target().instance(), attempt.rateHeaders());
        if (hold == null) {
            return;
        }
        switch (failure) {
            case UpstreamFailure.RateLimited limited when limited.ofModel() -> hold.unused(); // says nothing of the key
            case UpstreamFailure.RateLimited limited -> hold.refused(limited.retryAfter());
            case UpstreamFailure.NotTried skipped -> hold.unused();
            case UpstreamFailure.ClientGone gone
            when attempt.firstEventNanos() == 0 && !attempt.isOvertaken() -> hold.unused();
            default -> hold.accepted();
        }
        hold.ended(attempt.usage());
        hold = null;
    }
}
