package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Attempt;
import io.serai.call.Call;
import io.serai.call.UpstreamException;
import io.serai.call.UpstreamFailure;
import io.serai.config.Rotation;
import io.serai.config.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.support.ExpressionAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the routes {@code branch} and {@code late-branch}, and of the rotations that divide into them. */
public final class BranchSteps {
    /** So often the first branch is looked at that has made no attempt yet. */
    private static final long LOOK_NANOS = 5_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(BranchSteps.class);

    private final Map<String, Rotation> rotations;
    private final Settings settings;
    private final Latencies latencies;
    private final ExtraSpend spend;

    public BranchSteps(Map<String, Rotation> rotations, Settings settings, Latencies latencies, ExtraSpend spend) {
        this.rotations = rotations;
        this.settings = settings;
        this.latencies = latencies;
        this.spend = spend;
    }

    /** The routes of a call's branches, for a recipient list. */
    public Expression each() {
        Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return Branches.of(exchange).all().stream()
                        .map(b -> endpoints.computeIfAbsent(
                                b.route(), route -> exchange.getContext().getEndpoint("direct:" + route)))
                        .toList();
            }
        };
    }

    /** From here on the exchange carries its branch. */
    public void begin(Exchange exchange) {
        Branches.enter(exchange);
    }

    /**
     * Returns when the first branch is late with its first word: the branch then begins, with the next candidate.
     *
     * @throws UpstreamException when it is not wanted any more, or not paid for
     */
    public void awaitLateness(Exchange exchange) throws UpstreamException {
        Branch late = Branches.mine(exchange);
        Branches all = late.siblings();
        Branch first = all.all().get(0);
        for (long left = left(first, all); left > 0; left = left(first, all)) {
            // how late it may be is known once there is an attempt, which a line or another thread may keep waiting
            late.call().cancellation().pause(first.latest() == null ? Math.min(left, LOOK_NANOS) : left);
        }
        Waypoint next = all.queue().peek();
        if (next == null) {
            throw new UpstreamException(new UpstreamFailure.NotTried("no_candidate", null));
        }
        ExtraSpend.Room room = spend.take(
                all.walk()
                        .expectedCost(
                                next, Needs.of(late.call()), settings.hedging().maxUsdPerHour()),
                settings.hedging().maxUsdPerHour());
        if (room == null) {
            throw new UpstreamException(new UpstreamFailure.NotTried("spending_cap", null));
        }
        all.spends(room);
        if (!all.setsOut(late) || !(late.walk() instanceof Walk way)) {
            throw new UpstreamException(new UpstreamFailure.ClientGone());
        }
        way.begin(exchange);
    }

    /** Nanoseconds until the attempt that the first branch is making is late. */
    private long left(Branch first, Branches all) {
        Attempt attempt = first.latest();
        long began = attempt == null ? all.beganNanos() : attempt.startedNanos();
        return began + patience(attempt, all.whole()).toNanos() - System.nanoTime();
    }

    private Duration patience(@Nullable Attempt attempt, Call whole) {
        Rotation rotation = whole.getPath() instanceof ModelPath path ? rotations.get(path.name()) : null;
        if (rotation != null && rotation.hedgeAfter() instanceof Duration said) {
            return said;
        }
        Duration usual = attempt == null
                ? null
                : latencies.slow(
                        attempt.target().provider().id(), attempt.target().model(), whole.streaming());
        return usual == null ? settings.hedging().fallbackAfter() : usual;
    }

    /** The branch has a reply. If it is the first, it serves, and all others are called off. */
    public void claim(Exchange exchange) {
        Branch mine = Branches.mine(exchange);
        if (!mine.siblings().isFirst(mine)) {
            mine.siblings().overtaken(mine);
        }
    }

    /** The branch has no reply; another may. */
    public void failed(Exchange exchange) {
        Branch mine = Branches.mine(exchange);
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (!isOrdinary(caught)) {
            LOG.error("{} failed", mine.call().id(), caught);
            mine.failed(caught);
        }
        mine.siblings().gaveUp(mine);
    }

    private static boolean isOrdinary(Throwable caught) {
        for (Throwable t = caught; t != null; t = t.getCause()) {
            if (t instanceof ApiError || t instanceof UpstreamException) {
                return true;
            }
        }
        return false;
    }

    /** However the branch went, what follows is about the whole. */
    public void end(Exchange exchange) {
        Branch mine = Branches.mine(exchange);
        if (mine.siblings().first() != mine) {
            mine.call().complete(); // that of the one that serves is complete with the whole
        }
        mine.siblings().leave(exchange);
    }

    /** The last branch is back: nothing more is to come. */
    public void over(Exchange exchange) {
        Branches.of(exchange).over();
    }

    /** Returns with the first reply, or when there will be none. */
    public void awaitFirst(Exchange exchange) {
        Branches.of(exchange).awaitFirst();
    }

    /**
     * The first reply is the call's; without one, raises what the client is to be told.
     *
     * @throws UpstreamException when the call was cancelled: by then no branch may have noted that
     */
    public void settle(Exchange exchange) throws UpstreamException {
        Branches all = Branches.of(exchange);
        Branch first = all.first();
        Attempt served = first == null ? null : first.call().served();
        if (served == null) {
            if (all.cancelled() instanceof UpstreamFailure why) {
                throw new UpstreamException(why);
            }
            throw all.error();
        }
        all.whole().servedBy(served);
    }
}
