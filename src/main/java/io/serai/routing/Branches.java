package io.serai.routing;

import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.Cancellation;
import io.serai.call.Reply;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The branches of one call and what they share. */
final class Branches {
    private static final Logger LOG = LoggerFactory.getLogger(Branches.class);
    private static final String MINE = "branch";

    private final Call whole;
    private final Walk walk;
    private final CandidateQueue queue;
    private final Allowance allowance;
    private final @Nullable Branch outer;
    private final List<Branch> all = new ArrayList<>();
    private final List<Branch> answers = new ArrayList<>();
    private final long beganNanos = System.nanoTime();
    private @Nullable Allowance judges;
    private @Nullable Call judge;
    private final List<ExtraSpend.Room> rooms = new ArrayList<>();
    private final AtomicReference<@Nullable Branch> first = new AtomicReference<>();
    private volatile @Nullable UpstreamFailure cancelled;
    private final CompletableFuture<Boolean> decided = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    /**
     * @param walk the whole's own, in whose place the branches go
     * @param queue the candidates in the order in which branches take them
     * @param exchange that asks; it may itself be the own of a branch of another call
     */
    Branches(Call whole, Walk walk, CandidateQueue queue, Exchange exchange) {
        this.whole = whole;
        this.walk = walk;
        this.queue = queue;
        this.allowance = walk.allowance();
        this.outer = exchange.getProperty(MINE, Branch.class);
        whole.whenComplete(this::settle);
    }

    /** Those that the exchange's call is divided into. */
    static Branches of(Exchange exchange) {
        if (Call.of(exchange).divided() instanceof Branches branches) {
            return branches;
        }
        throw new IllegalStateException("The rotation lines its candidates up first");
    }

    /** Makes the exchange, which is a copy for one of the branches, that branch's own. */
    static void enter(Exchange exchange) {
        Branches all = of(exchange);
        Branch mine = all.all.get(exchange.getProperty(ExchangePropertyKey.MULTICAST_INDEX, 0, Integer.class));
        exchange.setProperty(MINE, mine);
        exchange.setProperty(Call.PROPERTY, mine.call());
        exchange.removeProperty(Attempt.PROPERTY);
        if (mine.walk() instanceof Walk way) {
            way.begin(exchange);
        }
    }

    /** The branch whose own the exchange is. */
    static Branch mine(Exchange exchange) {
        return exchange.getProperty(MINE, Branch.class);
    }

    /** What follows is about the whole again. */
    void leave(Exchange exchange) {
        exchange.setProperty(MINE, outer); // null removes it; what is set here comes back to the exchange that asks
        exchange.setProperty(Call.PROPERTY, whole);
        walk.begin(exchange);
    }

    Call whole() {
        return whole;
    }

    Walk walk() {
        return walk;
    }

    CandidateQueue queue() {
        return queue;
    }

    long beganNanos() {
        return beganNanos;
    }

    /** One attempt at least is the judge's. */
    void keepForJudge() {
        judges = allowance.apart(1);
    }

    /** What the branches have left, with what was kept. */
    Allowance allowance() {
        if (judges != null) {
            allowance.join(judges);
        }
        return allowance;
    }

    /** There are no branches after all. */
    void disband() {
        for (Branch branch : all) {
            if (branch.walk() instanceof Walk way) {
                way.leave();
            }
            branch.call().complete();
        }
        all.clear();
        settle();
    }

    /** The branch is one of those that the judge hears. */
    synchronized void answered(Branch branch) {
        answers.add(branch);
    }

    /** Those that the judge hears, in the order of their candidates. */
    List<Branch> answers() {
        return all.stream().filter(answers::contains).toList();
    }

    void judgedBy(Call call) {
        judge = call;
    }

    /** A walk of the whole's own, through those that have answered. */
    Walk again() {
        List<Candidate> known = new ArrayList<>();
        for (Branch branch : answers()) {
            if (branch.walk() instanceof Walk way) {
                known.add(way.candidate());
            }
        }
        return walk.beside(whole, new CandidateQueue(known), allowance);
    }

    /** In the order of the candidates that they began with. */
    List<Branch> all() {
        return all;
    }

    void add(Branch branch) {
        branch.call().usedElsewhere(whole.usedElsewhere());
        all.add(branch);
    }

    /** The next candidate that can be had is this branch's. */
    Walk walk(Call branch) {
        return walk.beside(branch, queue, allowance);
    }

    /** A branch that has waited begins; false when nobody wants it to any more. */
    synchronized boolean setsOut(Branch late) {
        if (late.call().isOvertaken()) {
            return false;
        }
        late.goes(walk(late.call()));
        return true;
    }

    /** The branch has failed for good, so whoever waits only for it to be late waits in vain. */
    synchronized void gaveUp(Branch branch) {
        all.stream()
                .filter(b -> b != branch && b.walk() == null)
                .forEach(b -> b.call().overtake());
    }

    /** Counts towards what asking several costs until the whole is complete. */
    void spends(ExtraSpend.Room room) {
        synchronized (this) {
            rooms.add(room);
        }
        whole.whenComplete(this::settle); // at once, should it be complete already
    }

    /** Whether the branch's reply is the first. If so all others are called off. */
    boolean isFirst(Branch branch) {
        if (!first.compareAndSet(null, branch)) {
            return false;
        }
        all.stream().filter(b -> b != branch).forEach(Branch::callOff);
        decided.complete(true);
        return true;
    }

    /**
     * Returns when one has replied, or none will. The others may need their time to end; whoever puts the call on record waits
     * for them.
     */
    void awaitFirst() {
        whole.trail().outlastedBy(over);
        Cancellation leaving = whole.cancellation();
        try {
            leaving.during(() -> decided.complete(false)); // a branch that does not heed it holds nobody up
            decided.get();
        } catch (UpstreamException | ExecutionException e) {
            LOG.debug("{} is not waited for", whole.id(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cancelled = leaving.done();
        }
        if (cancelled instanceof UpstreamFailure why) {
            all.forEach(b -> b.call().cancellation().cancel(why)); // the whole may be complete before it comes to them
        }
    }

    /** Why the whole was cancelled while the first reply was awaited, null when it was not. */
    @Nullable
    UpstreamFailure cancelled() {
        return cancelled;
    }

    /** The last one has ended. */
    void over() {
        decided.complete(false);
        over.complete(null);
    }

    /** It has a reply, but another was first. */
    void overtaken(Branch branch) {
        Attempt attempt = branch.call().served();
        Walk way = branch.walk();
        if (attempt == null || way == null) {
            return;
        }
        way.overtaken(attempt);
        if (attempt.reply() instanceof Reply.Streaming(Reply.OpenStream open)) {
            open.abandon();
        }
    }

    @Nullable
    Branch first() {
        return first.get();
    }

    /** What the client is told when nobody replied: what befell the first branch, unless that says little. */
    RuntimeException error() {
        Verdict verdict = new Verdict();
        for (Branch branch : all) {
            if (branch.unexpected() instanceof Exception mistake) {
                return new IllegalStateException(mistake);
            }
            if (branch.walk() instanceof Walk way) {
                verdict.heard(way.verdict());
            }
        }
        return verdict.error();
    }

    /** All that was asked beside the one that serves, or in a panel beside the first that answered, was extra. */
    private synchronized void settle() {
        if (rooms.isEmpty()) {
            return;
        }
        Branch one = first.get();
        Call regular = one != null
                ? one.call()
                : answers.isEmpty() ? whole : answers().get(0).call();
        BigDecimal extra = BigDecimal.ZERO;
        for (Attempt attempt : whole.attempts()) {
            Call made = attempt.call();
            boolean ours = made == judge || all.stream().anyMatch(b -> b.call() == made);
            if (ours && made != regular) {
                extra = extra.add(ExpectedCost.of(attempt));
            }
        }
        rooms.get(0).settle(extra);
        rooms.forEach(room -> room.settle(BigDecimal.ZERO));
    }
}
