package io.serai.routing;

import io.serai.call.Call;
import io.serai.call.Operation;
import io.serai.call.Prices;
import io.serai.config.Rotation;
import io.serai.config.Settings;
import java.math.BigDecimal;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * The first step of a rotation that asks several models at once: puts its candidates in order, takes this call's turn, and
 * divides the call into as many branches as the width, the candidates and the spending cap allow. One of them is never extra.
 */
public final class LineUp implements Processor {
    /** Where the rotation says none: the third of three is seldom the first, and a fourth opinion seldom new. */
    static final int USUAL_WIDTH = 3;

    private final String pool;
    private final Rotation rotation;
    private final Directory directory;
    private final Settings settings;
    private final ExtraSpend spend;

    /** @param pool the id of the rotation's route */
    public LineUp(String pool, Rotation rotation, Directory directory, Settings settings, ExtraSpend spend) {
        this.pool = pool;
        this.rotation = rotation;
        this.directory = directory;
        this.settings = settings;
        this.spend = spend;
    }

    @Override
    public void process(Exchange exchange) {
        Call whole = Call.of(exchange);
        Walk walk = Walk.of(exchange);
        if (walk == null) {
            throw new IllegalStateException("findRotation begins the walk");
        }
        List<Waypoint> order = directory.select(pool, whole, true);
        walk.leave();
        Needs needs = Needs.of(whole);
        Branches branches = new Branches(whole, walk, new CandidateQueue(order), exchange);
        whole.divideInto(branches);
        switch (rotation.strategy()) {
            case HEDGE -> hedge(branches);
            case RACE -> race(branches, needs);
            case PANEL -> {
                if (!panel(branches, needs)) {
                    walk.order(() -> order); // one is asked, as if there were no panel
                }
            }
            default -> throw new IllegalStateException(rotation.strategy() + " asks one at a time");
        }
    }

    private static void hedge(Branches branches) {
        Call call = branch(branches);
        branches.add(new Branch(branches, call, "branch", branches.walk(call)));
        if (!branches.queue().isEmpty()) {
            branches.add(new Branch(branches, branch(branches), "late-branch", null));
        }
    }

    private void race(Branches branches, Needs needs) {
        Call call = branch(branches);
        branches.add(new Branch(branches, call, "branch", branches.walk(call)));
        while (branches.all().size() < width()) {
            ExtraSpend.Room room = room(branches, needs);
            if (room == null || !join(branches, branch(branches), "branch", room)) {
                return;
            }
        }
    }

    /** False when there can be none, for want of candidates or of room under the cap. */
    private boolean panel(Branches branches, Needs needs) {
        int most = Math.min(width(), settings.retry().attempts() - 1); // the judge needs one
        if (branches.whole().operation() != Operation.CHAT || most < 2) {
            return false;
        }
        ExtraSpend.Room judges = spend.take(judgeCost(needs, most), cap());
        if (judges == null) {
            return false;
        }
        branches.spends(judges);
        Call call = opinion(branches);
        branches.add(new Branch(branches, call, "opinion", branches.walk(call)));
        while (branches.all().size() < most) {
            ExtraSpend.Room room = room(branches, needs);
            if (room == null || !join(branches, opinion(branches), "opinion", room)) {
                break;
            }
        }
        if (branches.all().size() > 1) {
            branches.keepForJudge();
            return true;
        }
        branches.disband();
        return false;
    }

    /** Whether there was a candidate for another branch. */
    private static boolean join(Branches branches, Call call, String route, ExtraSpend.Room room) {
        branches.spends(room);
        Walk way = branches.walk(call);
        if (way.hasCandidate()) {
            branches.add(new Branch(branches, call, route, way));
            return true;
        }
        room.settle(BigDecimal.ZERO);
        call.complete();
        return false;
    }

    private ExtraSpend.@Nullable Room room(Branches branches, Needs needs) {
        Waypoint next = branches.queue().peek();
        return next == null ? null : spend.take(branches.walk().expectedCost(next, needs, cap()), cap());
    }

    /** It reads the request and every answer, and writes one. */
    private BigDecimal judgeCost(Needs needs, int answers) {
        Prices prices = directory.prices(String.valueOf(rotation.judge()));
        String judge = String.valueOf(rotation.judge());
        return ExpectedCost.under(prices, needs, cap(), () -> directory.tokens(judge))
                .add(ExpectedCost.read(prices, answers * ExpectedCost.answer(needs)));
    }

    private BigDecimal cap() {
        return settings.hedging().maxUsdPerHour();
    }

    private int width() {
        Integer said = rotation.width();
        return said == null ? USUAL_WIDTH : said;
    }

    private static Call branch(Branches branches) {
        Call whole = branches.whole();
        return whole.branch(whole.body().deepCopy()); // adapters change what they send, each on a thread of its own
    }

    private static Call opinion(Branches branches) {
        return Opinions.ask(branches.whole());
    }
}
