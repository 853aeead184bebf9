package io.serai.limits;

import io.serai.config.Settings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The line before one instance: calls leave it one at a time, as far apart as the configured spacing and the learned pace say,
 * whichever is longer. No thread sleeps here. Safe for any number of threads.
 */
public final class AdaptiveRate {
    /** How late a timer may be without slowing the line down. */
    private static final long TIMER_SLACK = 50_000_000;
    /** A call that is not refused in twice the time that refusals take was accepted; between these bounds. */
    private static final long LEAST_PATIENCE = 50_000_000;

    private static final long LONGEST_PATIENCE = 2_000_000_000;

    /** The history is counted in so many parts. */
    private static final int PARTS = 60;
    /** What headers said counts so long. */
    private static final long TOLD_FOR = 300_000_000_000L;
    /** After a refusal in spite of them, headers are not believed for so long: another limit is the one that holds. */
    private static final long DISTRUST = 600_000_000_000L;

    private final String identity;
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final long epoch;
    private final LinkedHashSet<Place> line = new LinkedHashSet<>();
    private Settings.AdaptiveRate settings;
    private RateLaw law;
    private long nextFree;
    private @Nullable Grant trial;
    private @Nullable Grant latest;
    private long refusalNanos = LONGEST_PATIENCE;
    private ToldRate headers = new ToldRate();
    private long toldAt;
    private boolean told;
    private long distrustUntil;
    private long refusals;
    private SlidingSum calls;
    private SlidingSum refused;

    AdaptiveRate(String identity, Settings.AdaptiveRate settings, LongSupplier nanoTime, DoubleSupplier random) {
        this.identity = identity;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.random = random;
        epoch = nanoTime.getAsLong();
        nextFree = epoch;
        distrustUntil = epoch;
        law = new RateLaw(settings, random);
        calls = new SlidingSum(settings.historyWindow().toNanos(), PARTS);
        refused = new SlidingSum(settings.historyWindow().toNanos(), PARTS);
    }

    /**
     * Takes the last place in the line.
     *
     * @param deadlineNanos by when the call must go out, on the clock of {@link System#nanoTime}
     * @param spacing the configured time between calls, zero: none
     */
    public Place join(long deadlineNanos, Duration spacing) {
        Place place = new Place(this, deadlineNanos, spacing.toNanos());
        synchronized (this) {
            line.add(place);
        }
        return place;
    }

    synchronized Turn turn(Place place) {
        long now = nanoTime.getAsLong();
        believeTrial(now);
        dropLate(now, place);
        if (!place.waited()) {
            line.add(place); // another may have dropped it before it asked: it goes all the same, if nobody has to wait
        } else if (!line.contains(place)) {
            return new Turn.TooLate(Math.max(1, opensAt() - now));
        }
        long interval = interval(place.spacingNanos());
        if (interval == 0 && opensAt() - now <= 0) {
            line.remove(place); // nothing is learned and nothing is set: nobody waits for anybody
            return new Turn.Go(grant(now, interval, place));
        }
        int ahead = ahead(place);
        long at = opensAt() + ahead * interval;
        if (ahead == 0 && at - now <= 0) {
            line.remove(place);
            return new Turn.Go(grant(now, interval, place));
        }
        long wait = Math.max(1, Math.max(at - now, ahead == 0 ? 0 : Math.min(interval, LEAST_PATIENCE)));
        if (now + wait - place.deadlineNanos() > 0) {
            line.remove(place);
            return new Turn.TooLate(wait);
        }
        place.waits();
        return new Turn.Later(wait);
    }

    /** How long a call would wait that joined now, and that all who are in the line go before. */
    public synchronized Duration waitFor(Duration spacing) {
        long at = opensAt() + line.size() * interval(spacing.toNanos());
        return Duration.ofNanos(Math.max(0, at - nanoTime.getAsLong()));
    }

    synchronized void leave(Place place) {
        line.remove(place);
    }

    synchronized void accepted(Grant grant) {
        if (grant.tell()) {
            count(calls);
            grant.law().succeeded();
            if (grant == trial) {
                endOutage(grant);
            }
        }
    }

    synchronized void refused(Grant grant, @Nullable Duration retryAfter) {
        if (grant.tell()) {
            long now = nanoTime.getAsLong();
            refusals++;
            count(calls);
            count(refused);
            refusalNanos = Math.max(now - grant.atNanos(), refusalNanos - refusalNanos / 8);
            if (told) {
                told = false;
                headers = new ToldRate();
                distrustUntil = now + DISTRUST;
            }
            if (grant == trial) {
                trial = null;
            }
            grant.law()
                    .refused(
                            seconds(grant.atNanos()),
                            seconds(now),
                            retryAfter == null ? 0 : retryAfter.toNanos() / 1e9);
        }
    }

    synchronized void unused(Grant grant) {
        if (grant.tell()) {
            grant.law().unused(seconds(grant.atNanos()));
            if (grant == latest) {
                nextFree = Math.min(nextFree, nanoTime.getAsLong());
            }
            if (grant == trial) {
                trial = null;
            }
        }
    }

    /** The headers of an answer said something of the limit. */
    public synchronized void told(RateHeaders said) {
        long now = nanoTime.getAsLong();
        if (now - distrustUntil < 0) {
            return;
        }
        double perSecond = headers.read(said, seconds(now));
        if (perSecond > 0) {
            told = true;
            law.told(perSecond);
        }
        toldAt = told ? now : toldAt;
    }

    /** Whether nobody waits and the next call may go out at once. */
    synchronized boolean idle() {
        return line.isEmpty() && opensAt() - nanoTime.getAsLong() <= 0;
    }

    /** How long no call is let through, zero: it is open. */
    public synchronized Duration closedFor() {
        return Duration.ofNanos(Math.max(0, opensAt() - nanoTime.getAsLong()));
    }

    /** Changed settings; what was learned stays. */
    synchronized void use(Settings.AdaptiveRate changed) {
        if (!changed.historyWindow().equals(settings.historyWindow())) {
            calls = new SlidingSum(changed.historyWindow().toNanos(), PARTS);
            refused = new SlidingSum(changed.historyWindow().toNanos(), PARTS);
        }
        settings = changed;
        law.use(changed);
    }

    /** Forgets what was learned and counted. */
    synchronized void reset() {
        law = new RateLaw(settings, random);
        headers = new ToldRate();
        told = false;
        trial = null;
        nextFree = nanoTime.getAsLong();
        distrustUntil = nextFree;
        refusalNanos = LONGEST_PATIENCE;
        refusals = 0;
        calls = new SlidingSum(settings.historyWindow().toNanos(), PARTS);
        refused = new SlidingSum(settings.historyWindow().toNanos(), PARTS);
    }

    synchronized RateState state() {
        long now = nanoTime.getAsLong();
        boolean learned = settings.enabled() && law.ceiling() > 0;
        long answered = calls.sum(now);
        double refusedShare = answered == 0 ? 0 : (double) refused.sum(now) / answered;
        return new RateState(
                identity,
                settings.enabled(),
                learned ? law.ceiling() * 60 : null,
                learned ? law.pace() * 60 : null,
                learned ? Math.round(1000 / law.pace()) : 0,
                refusals,
                answered,
                1 - refusedShare,
                law.recovery(),
                line.size(),
                Duration.ofNanos(Math.max(0, settings.enabled() ? closedUntil() - now : 0)));
    }

    private Grant grant(long now, long interval, Place place) {
        Grant grant = new Grant(this, law, now);
        latest = grant;
        law.granted(seconds(now), place.waited() && interval > place.spacingNanos());
        if (law.inOutage()) {
            trial = grant;
        }
        nextFree = Math.max(nextFree, now - TIMER_SLACK) + interval;
        return grant;
    }

    /** When the next call may go out. */
    private long opensAt() {
        long at = nextFree;
        if (settings.enabled()) {
            at = Math.max(at, closedUntil());
            if (trial != null) {
                at = Math.max(at, trial.atNanos() + patience());
            }
        }
        return at;
    }

    private long closedUntil() {
        return epoch + (long) (law.closedUntil() * 1e9);
    }

    private void count(SlidingSum sum) {
        long now = nanoTime.getAsLong();
        sum.add(sum.part(now), 1, now);
    }

    private void believeTrial(long now) {
        if (told && now - toldAt > TOLD_FOR) {
            told = false;
            law.told(0);
        }
        Grant tried = trial;
        if (tried != null && now - tried.atNanos() >= patience()) {
            endOutage(tried);
        }
    }

    private void endOutage(Grant tried) {
        trial = null;
        law.outageEnded(seconds(tried.atNanos()));
    }

    private long patience() {
        return Math.clamp(2 * refusalNanos, LEAST_PATIENCE, LONGEST_PATIENCE);
    }

    private long interval(long spacingNanos) {
        return settings.enabled() ? Math.max(spacingNanos, (long) (1e9 / law.pace())) : spacingNanos;
    }

    private int ahead(Place place) {
        if (line.getLast() == place) {
            return line.size() - 1;
        }
        int ahead = 0;
        for (Place other : line) {
            if (other == place) {
                break;
            }
            ahead++;
        }
        return ahead;
    }

    /** Those that are waited for in vain hold up nobody. */
    private void dropLate(long now, Place asking) {
        while (!line.isEmpty() && line.getFirst() != asking && line.getFirst().deadlineNanos() - now < 0) {
            line.removeFirst();
        }
    }

    private double seconds(long nanos) {
        return (nanos - epoch) / 1e9;
    }
}
