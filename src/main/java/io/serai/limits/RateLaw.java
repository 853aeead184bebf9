package io.serai.limits;

import io.serai.config.Settings;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The control law of one instance: how fast it may be called, learned from what it accepts and refuses. Pure arithmetic on
 * times in seconds; docs/explanation/adaptive-rate-limiting.md says why it is so. Not thread-safe: its owner holds a lock.
 *
 * <p>A cycle lasts from the call that ended one outage to the call that ends the next. In it the pace holds below the ceiling,
 * climbs to it, and past it, until a refusal ends it and corrects the ceiling.
 */
final class RateLaw {
    /** Calls in a settled cycle, so that its one refusal is under two in a hundred; and the bounds of the hold for that. */
    private static final double CYCLE_CALLS = 66;

    private static final double LEAST_HOLD = 60;
    private static final double LONGEST_HOLD = 230;
    /** How fast a ceiling that was outgrown is left, and in how many seconds that speed is taken up. */
    private static final double OUTGROWN = 4;

    private static final double OUTGROWING = 30;
    /** A pace that is so many times the one that was refused last shows that the ceiling was outgrown. */
    private static final double PASSED = 1.1;
    /** A window of which this share at least was used may be used up. */
    private static final double USED = 0.8;
    /** A {@code Retry-After} is in whole seconds, and its answer took some time. */
    private static final double ROUNDED = 1.5;
    /** A trial that goes out so many seconds after it might have is one that nobody asked for earlier. */
    private static final double LATE = 1;
    /** Fewer accepted calls than these measure nothing: the outage goes on. */
    private static final int MEASURABLE = 3;
    /** A minute's window has opened by then; until then no wait is long, for the time after the opening is lost. */
    private static final double WINDOW = 75;

    private static final double SHORT_WAIT = 60 / 24.0;

    private Settings.AdaptiveRate settings;
    private final DoubleSupplier random;
    private final Minute minute = new Minute();
    private final Ceiling ceiling = new Ceiling();
    private final FixedWindow window = new FixedWindow();

    /** Seconds into the settled cycle. */
    private double clock;

    private double cycleStart;
    /** Seconds of the cycle in which there was demand. */
    private double busy;

    private int accepted;
    private double lastGrant = Double.NaN;
    private int successes;
    private boolean told;

    private boolean outage;
    private double outageSince;
    private double lastRefusal;
    private double closedAt;
    private double closedUntil;
    private double asked;
    private double refusedPace;
    private int refusals;

    RateLaw(Settings.AdaptiveRate settings, DoubleSupplier random) {
        this.settings = settings;
        this.random = random;
        double initial = seconds(settings.initialInterval());
        if (initial > 0) {
            ceiling.guess(clamp(1 / initial) / (1 - headroom()));
        }
    }

    void use(Settings.AdaptiveRate changed) {
        settings = changed;
    }

    /** Calls a second at the moment; infinite while nothing is known. */
    double pace() {
        return ceiling.known() ? clamp(ceiling.rate() * share()) : Double.POSITIVE_INFINITY;
    }

    /** Calls a second that the instance is believed to accept; 0 while nothing is known. */
    double ceiling() {
        return ceiling.rate();
    }

    /** No call before this. */
    double closedUntil() {
        return closedUntil;
    }

    /** Whether an outage was begun whose end no call has shown yet. */
    boolean inOutage() {
        return outage;
    }

    /** From 0, just refused, to 1, at the ceiling again. */
    double recovery() {
        if (outage) {
            return 0;
        }
        return !ceiling.known() || told || headroom() == 0
                ? 1
                : Math.clamp((share() - 1 + headroom()) / headroom(), 0, 1);
    }

    /**
     * A call goes out.
     *
     * @param limited whether the pace is what it waited for
     */
    void granted(double now, boolean limited) {
        if (Double.isNaN(lastGrant)) {
            cycleStart = now;
        } else if (!outage) {
            double gap = now - lastGrant;
            if (gap > seconds(settings.historyWindow())) {
                ceiling.doubt(Double.MAX_VALUE);
            }
            // time without demand teaches nothing
            double worked = limited || !ceiling.known() ? gap : Math.min(gap, 1 / pace());
            busy += worked;
            if (limited) {
                climb(worked);
            }
        }
        lastGrant = now;
        minute.add(now, 1);
        if (!outage) {
            accepted++;
        }
    }

    /** A call that was granted did not go out after all. */
    void unused(double grantedAt) {
        minute.add(grantedAt, -1);
        uncount();
    }

    /** A call was accepted, whatever came of it. */
    void succeeded() {
        successes++;
    }

    /** The provider's headers say what it allows, in calls a second; 0: they say nothing any more. */
    void told(double perSecond) {
        told = perSecond > 0;
        if (told) {
            ceiling.told(clamp(perSecond));
            clock = 0;
        }
    }

    /**
     * A call was refused with 429.
     *
     * @param grantedAt when it went out
     * @param wait seconds that the provider wants to be left alone, 0: it did not say
     */
    void refused(double grantedAt, double now, double wait) {
        successes = 0;
        minute.add(grantedAt, -1);
        if (outage && grantedAt >= closedAt) {
            lastRefusal = grantedAt;
            close(now, wait);
            return;
        }
        uncount();
        if (outage) {
            closedUntil = Math.max(closedUntil, now + wait); // went out before the first refusal was known
        } else if (grantedAt >= cycleStart) {
            outage = true;
            outageSince = grantedAt;
            lastRefusal = grantedAt;
            refusedPace = pace();
            told = false;
            close(now, wait);
        }
    }

    /** The first call after an outage was accepted: the cycle is over, and measured. */
    void outageEnded(double trialAt) {
        outage = false;
        lastGrant = trialAt;
        clock = 0;
        // how long nobody called after the last refusal says nothing
        double tried = Math.min(trialAt, Math.max(closedUntil, lastRefusal + 1 / refusedPace) + LATE);
        if (accepted < MEASURABLE && ceiling.known()) {
            busy += tried - outageSince;
            accepted++;
            return;
        }
        // a window may have opened at any time since then
        double opened = asked > 0 ? tried : (lastRefusal + tried) / 2;
        double out = opened - outageSince;
        double named = closedAt + asked;
        boolean again = asked > 0
                ? window.opened(Math.max(lastRefusal, named - ROUNDED), named)
                : window.opened(lastRefusal, Math.min(trialAt, lastRefusal + 60));
        double minuteEnd = Math.floor(window.openedAfter());
        double lastMinute = minute.between(minuteEnd - 60, minuteEnd) / 60.0;
        ceiling.learn(new Ceiling.Cycle(accepted, busy + out, out, refusedPace, lastMinute, again, hold()));
        ceiling.guess(clamp(ceiling.rate()));
        refusals = 0;
        cycleStart = opened;
        busy = tried - opened;
        accepted = 1;
    }

    private void close(double now, double wait) {
        asked = wait;
        closedAt = now;
        double backoff = seconds(settings.baseBackoff()) * Math.pow(settings.backoffBase(), refusals++);
        double most = seconds(settings.maxInterval());
        if (now - outageSince < WINDOW) {
            most = Math.min(most, Math.max(SHORT_WAIT, ceiling.known() ? 1 / ceiling.rate() : 0));
        }
        double jitter = 1 + settings.jitterFactor() * (2 * random.getAsDouble() - 1);
        closedUntil = now + Math.max(wait > 0 ? wait : untilOpen(now), Math.min(most, backoff) * jitter);
    }

    /** Seconds until the window opens that was used up, as far as one is known; else 0. */
    private double untilOpen(double now) {
        return ceiling.window() && minute.between(window.countsSince(now), now + 1) >= USED * ceiling.rate() * 60
                ? window.opensBy(now) - now
                : 0;
    }

    private void uncount() {
        accepted = Math.max(0, accepted - 1);
    }

    private void climb(double worked) {
        if (told) {
            return;
        }
        double speed = ceiling.speed();
        clock += worked * speed;
        if (successes * speed < settings.successesForRecovery()) {
            clock = Math.min(clock, hold());
        } else if (outgrown()) {
            ceiling.doubt(Math.min(OUTGROWN, speed * (1 + worked / OUTGROWING)));
        }
    }

    /** More was carried than the ceiling can explain, or the pace is past the one that was refused above it last. */
    private boolean outgrown() {
        double most = ceiling.rate();
        return pace() > most && accepted > most * busy + 2 || refusedPace > most && pace() > PASSED * refusedPace;
    }

    /** What part of the ceiling the pace is. */
    private double share() {
        double held = 1 - headroom();
        double climbed = (clock - hold()) / 60;
        if (climbed <= 0 || told) {
            return held;
        }
        // in a window, less than a call more than the ceiling is not to be seen
        double top = ceiling.window() ? 1 + 0.5 / (60 * ceiling.rate()) : 1;
        double toTop = headroom() / settings.recoveryRate();
        return climbed <= toTop
                ? held + (top - held) * climbed / toTop
                : top * Math.exp(settings.learningRate() * (climbed - toTop));
    }

    private double hold() {
        if (!ceiling.known()) {
            return LEAST_HOLD;
        }
        double climb = 60 * headroom() / settings.recoveryRate();
        return Math.clamp(CYCLE_CALLS / ceiling.rate() - climb, LEAST_HOLD, LONGEST_HOLD);
    }

    private double headroom() {
        return settings.headroomPercent() / 100;
    }

    private double clamp(double rate) {
        return Math.clamp(rate, 1 / seconds(settings.maxInterval()), 1 / seconds(settings.minInterval()));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
