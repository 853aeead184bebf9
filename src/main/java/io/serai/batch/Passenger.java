package io.serai.batch;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Reply;
import io.serai.call.Target;
import io.serai.call.Travel;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One attempt that travels with others, and waits for what they bring it. */
final class Passenger implements Travel {
    /** Of an attempt whose company got nothing: it is made again, alone. */
    static final String FAILED = "batch_failed";

    private final Attempt attempt;
    private final boolean joined;
    private final CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    private volatile @Nullable Company company;
    private volatile boolean rides;
    private final AtomicBoolean left = new AtomicBoolean();

    Passenger(Attempt attempt, boolean joined, @Nullable Company company) {
        this.attempt = attempt;
        this.joined = joined;
        this.rides = joined;
        this.company = company;
    }

    Attempt attempt() {
        return attempt;
    }

    @Nullable
    Company company() {
        return company;
    }

    /** Where it goes: there with the others, if it joined some. */
    Target whereTo() {
        return joined && company instanceof SharedCall shared ? shared.carrier().target() : attempt.target();
    }

    void joins(Company others) {
        company = others;
    }

    @Override
    public String route() {
        return "batch";
    }

    @Override
    public boolean rides() {
        return rides;
    }

    void rides(boolean onAnothers) {
        rides = onAnothers;
    }

    @Override
    public boolean joined() {
        return joined;
    }

    @Override
    public int together() {
        Company with = company;
        return with == null ? 1 : with.size();
    }

    @Override
    public Attempt paid(Attempt own) {
        Company with = company;
        return with == null ? own : with.paid(own);
    }

    @Override
    public void over() {
        Company with = company;
        if (with != null) {
            with.over(this);
        }
    }

    boolean hasLeft() {
        return left.get();
    }

    /** The client is gone: nothing is sent to it any more, and its part of the bill is still told. */
    void leave() {
        Company with = company;
        if (left.compareAndSet(false, true) && with != null) {
            with.left(this);
        }
    }

    /** The reply stands in the attempt. */
    void served() {
        outcome.complete(true);
    }

    /** Each for itself. */
    void scattered() {
        outcome.complete(false);
    }

    /** It went alone, and this is what became of it. */
    void failed(Exception why) {
        outcome.completeExceptionally(why);
    }

    /**
     * Returns when the reply stands in the attempt.
     *
     * @throws UpstreamException when there is none, and it has to be got some other way
     */
    void await() throws Exception {
        Call call = attempt.call();
        boolean served;
        try {
            call.cancellation().during(this::leave);
            served = outcome.get();
        } catch (UpstreamException e) {
            leave();
            throw e;
        } catch (ExecutionException e) {
            call.cancellation().done();
            throw e.getCause() instanceof Exception why ? why : e;
        } catch (InterruptedException e) {
            leave();
            Thread.currentThread().interrupt();
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        }
        if (attempt.reply() instanceof Reply.Streaming) {
            return; // who leaves goes on telling the stream, until respond takes over
        }
        UpstreamFailure gone = call.cancellation().done();
        if (!served) {
            throw new UpstreamException(gone != null ? gone : new UpstreamFailure.NotTried(FAILED, null));
        }
    }
}
