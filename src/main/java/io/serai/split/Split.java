package io.serai.split;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Purpose;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.call.Usage;
import io.serai.context.IndivisibleException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way in parts. The route's thread goes from round to round; the threads of a round's parts meet in {@link
 * #enter} and {@link #failed} only.
 */
final class Split {
    /** Merges of merges: each round is several times shorter than the one before, if the models do as they are told. */
    private static final int MOST_ROUNDS = 4;

    private final Call whole;
    private final PartBodies bodies;
    private final Semaphore places;
    private List<Part> parts = List.of();
    private List<String> answers = List.of();
    private Usage usage = Usage.NONE;
    private int rounds;
    private volatile @Nullable Exception failure;

    /** One of a round's requests; written by the thread that sends it. */
    static final class Part {
        private final Split split;
        private final Call call;
        private final int number;
        private boolean entered;
        private @Nullable String answer;

        private Part(Split split, Call call, int number) {
            this.split = split;
            this.call = call;
            this.number = number;
        }

        Split split() {
            return split;
        }

        Call call() {
            return call;
        }

        void answered(String text) {
            answer = text;
        }

        @Nullable
        String answer() {
            return answer;
        }

        /** From 1. */
        int number() {
            return number;
        }
    }

    /** @param parallel parts that are on their way at once */
    Split(Call whole, PartBodies bodies, int parallel) {
        this.whole = whole;
        this.bodies = bodies;
        this.places = new Semaphore(parallel);
    }

    Call whole() {
        return whole;
    }

    /** The requests of this round; empty when all is asked. */
    List<Part> parts() {
        return parts;
    }

    void round(List<ObjectNode> requests) {
        List<Part> next = new ArrayList<>();
        for (ObjectNode request : requests) {
            next.add(new Part(this, whole.part(request, Purpose.PART), next.size() + 1));
        }
        parts = List.copyOf(next);
        answers = new ArrayList<>();
        rounds++;
    }

    /**
     * Waits until the part may go.
     *
     * @throws UpstreamException when the client leaves, or another part has failed
     */
    void enter(Part part) throws UpstreamException {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        }
        part.entered = true;
        UpstreamFailure gone = part.call.cancellation().reason();
        if (gone != null) {
            throw new UpstreamException(gone);
        }
    }

    void leave(Part part) {
        part.call.complete();
        if (part.entered) {
            places.release();
        }
    }

    /** The first failure is the request's: whatever the others would bring is of no use, so they are called off. */
    synchronized void failed(Part part, Exception why) {
        if (failure == null) {
            failure = why instanceof ApiError error && error.status() != 499 ? told(part, error) : why;
            parts.forEach(other -> other.call.cancellation().cancel(new UpstreamFailure.ClientGone()));
        }
    }

    private ApiError told(Part part, ApiError error) {
        return new ApiError(
                error.status(),
                error.type(),
                error.code(),
                error.param(),
                "The request was too long and was split; part " + part.number + " of " + parts.size() + " failed: "
                        + error.text(),
                error.retryAfter());
    }

    void gather(Part part) {
        String text = part.answer;
        if (text != null) {
            answers.add(text);
        }
        Attempt served = part.call.served();
        Usage used = served == null ? null : served.usage();
        if (used != null) {
            usage = usage == Usage.NONE ? used : usage.plus(used);
        }
        if (part.call.usedElsewhere() != Usage.NONE) {
            usage = usage.plus(part.call.usedElsewhere()); // a panel's
        }
    }

    /**
     * After a round: the answers are few enough for the last call, or another round merges them in groups.
     *
     * @throws Exception the failure of the part that failed first
     */
    void settle() throws Exception {
        Exception failed = failure;
        if (failed != null) {
            throw failed;
        }
        if (bodies.mergeable(answers)) {
            parts = List.of();
            return;
        }
        if (rounds == MOST_ROUNDS) {
            throw new IndivisibleException("the answers to its parts stay too long to be merged");
        }
        round(bodies.groups(answers));
    }

    /** The call that merges the answers; its reply is the client's. */
    Call last() {
        Call last = whole.branch(bodies.merged(answers));
        Usage sum = whole.usedElsewhere() == Usage.NONE
                ? usage
                : whole.usedElsewhere().plus(usage);
        whole.usedElsewhere(sum);
        last.usedElsewhere(sum);
        return last;
    }
}
