package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.serai.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The line before one instance, on a clock that stands still until it is moved. */
class AdaptiveRateTest {
    private static final long SECOND = 1_000_000_000;
    private static final long NEVER = Long.MAX_VALUE / 2;

    private long now = -5 * SECOND; // as System.nanoTime: of any sign
    private AdaptiveRate rate = rate(SimulatedTraffic.DEFAULTS);

    private AdaptiveRate rate(Settings.AdaptiveRate settings) {
        return new AdaptiveRate("acme:1", settings, () -> now, () -> 0.5);
    }

    private static Settings.AdaptiveRate settings(boolean enabled, Duration initial) {
        Settings.AdaptiveRate d = SimulatedTraffic.DEFAULTS;
        return new Settings.AdaptiveRate(
                enabled,
                initial,
                d.learningRate(),
                d.headroomPercent(),
                d.recoveryRate(),
                d.maxInterval(),
                d.minInterval(),
                d.backoffBase(),
                d.baseBackoff(),
                d.jitterFactor(),
                d.historyWindow(),
                d.successesForRecovery());
    }

    private Place join(double spacingSeconds) {
        return rate.join(NEVER, Duration.ofNanos((long) (spacingSeconds * SECOND)));
    }

    private static Grant grant(Turn turn) {
        assertThat(turn).isInstanceOf(Turn.Go.class);
        return ((Turn.Go) turn).grant();
    }

    private static long wait(Turn turn) {
        assertThat(turn).isInstanceOf(Turn.Later.class);
        return ((Turn.Later) turn).nanos();
    }

    /** Its deadline is at once: a call that may not wait, of many at the same moment. */
    @Test
    void whoMayNotWaitGoesAllTheSameWhereNobodyHasTo() {
        Place first = rate.join(now, Duration.ZERO);
        Place second = rate.join(now, Duration.ZERO);
        now += SECOND / 1000;

        grant(second.turn());

        grant(first.turn());
    }

    /** Goes as soon as it may. */
    private Grant next() {
        Place place = join(0);
        Turn turn = place.turn();
        while (turn instanceof Turn.Later later) {
            now += later.nanos();
            turn = place.turn();
        }
        return grant(turn);
    }

    @Test
    void letsAllThroughWhileNothingIsKnown() {
        for (int i = 0; i < 1000; i++) {
            assertThat(join(0).turn()).isInstanceOf(Turn.Go.class);
        }
    }

    @Test
    void spacesCallsAsConfiguredAcrossRequests() {
        grant(join(2).turn()).accepted();

        assertThat(wait(join(2).turn())).isEqualTo(2 * SECOND);
    }

    @Test
    void theLongerOfSpacingAndLearnedIntervalCounts() {
        rate = rate(settings(true, Duration.ofSeconds(3)));
        grant(join(2).turn()).accepted();
        Place place = join(2);

        assertThat((double) wait(place.turn())).isCloseTo(3.0 * SECOND, within(1e6));
    }

    @Test
    void spacingHoldsWithLearningSwitchedOff() {
        rate = rate(settings(false, Duration.ofSeconds(30)));
        Grant first = grant(join(2).turn());
        first.refused(Duration.ofSeconds(60));

        assertThat(wait(join(2).turn())).isEqualTo(2 * SECOND);
    }

    @Test
    void servesInTheOrderOfComing() {
        grant(join(1).turn());
        List<Place> line = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            line.add(join(1));
        }
        for (int i = 0; i < line.size(); i++) {
            assertThat(wait(line.get(i).turn())).isEqualTo((i + 1) * SECOND);
        }
        for (int i = 0; i < line.size(); i++) {
            now += SECOND;
            if (i + 1 < line.size()) {
                assertThat(line.get(i + 1).turn()).isInstanceOf(Turn.Later.class);
            }
            assertThat(line.get(i).turn()).isInstanceOf(Turn.Go.class);
        }
    }

    @Test
    void saysAtOnceThatItWouldBeTooLate() {
        grant(join(10).turn());
        Place inTime = rate.join(now + 10 * SECOND, Duration.ofSeconds(10));
        assertThat(wait(inTime.turn())).isEqualTo(10 * SECOND);

        Turn turn = rate.join(now + 19 * SECOND, Duration.ofSeconds(10)).turn();

        assertThat(turn).isEqualTo(new Turn.TooLate(20 * SECOND));
    }

    @Test
    void whoLeavesGivesThePlaceBack() {
        grant(join(10).turn());
        Place first = join(10);
        Place second = join(10);
        assertThat(wait(second.turn())).isEqualTo(20 * SECOND);

        first.leave();

        assertThat(wait(second.turn())).isEqualTo(10 * SECOND);
    }

    @Test
    void oneThatNeverComesBackHoldsUpNobodyAfterItsDeadline() {
        grant(join(1).turn());
        rate.join(now + 5 * SECOND, Duration.ofSeconds(1));
        Place behind = join(1);
        now += 6 * SECOND;

        assertThat(behind.turn()).isInstanceOf(Turn.Go.class);
    }

    @Test
    void aCallThatWasNotMadeGivesItsTurnBack() {
        grant(join(10).turn()).unused();

        assertThat(join(10).turn()).isInstanceOf(Turn.Go.class);
    }

    @Test
    void anEarlierCallThatWasNotMadeMovesNobodyCloserToALaterOne() {
        Grant first = grant(join(10).turn());
        now += 10 * SECOND;
        grant(join(10).turn());
        now += SECOND;

        first.unused();

        assertThat(wait(join(10).turn())).isEqualTo(9 * SECOND);
    }

    @Test
    void leavesTheProviderAloneAsLongAsItAsks() {
        grant(join(0).turn()).refused(Duration.ofSeconds(17));

        assertThat(wait(join(0).turn())).isEqualTo(17 * SECOND);
    }

    @Test
    void backsOffExponentially() {
        List<Double> waits = new ArrayList<>();
        Grant grant = next();
        for (int i = 0; i < 3; i++) {
            grant.refused(null);
            long refused = now;
            grant = next();
            waits.add((now - refused) / (double) SECOND);
        }

        assertThat(waits).containsExactly(1.0, 2.0, 2.5); // the last one is short of 4: a minute's window may open
    }

    @Test
    void neverStarves() {
        for (int i = 0; i < 200; i++) {
            next().refused(null);
        }
        long before = now;

        next();

        assertThat(now - before).isLessThanOrEqualTo(75 * SECOND); // the longest wait, with its jitter
    }

    @Test
    void refusalsOfCallsThatWereOutAlreadyAreOneRefusal() {
        List<Grant> out = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            out.add(grant(join(0).turn()));
        }
        now += SECOND / 10;

        out.forEach(grant -> grant.refused(null));

        assertThat(wait(join(0).turn())).isEqualTo(SECOND);
    }

    @Test
    void toldTwiceCountsOnce() {
        Grant grant = next();
        grant.refused(null);
        grant.refused(null);
        grant.accepted();

        assertThat(rate.state().refusals()).isEqualTo(1);
        assertThat(rate.state().calls()).isEqualTo(1);
    }

    @Test
    void showsWhatItKnows() {
        for (int i = 0; i < 30; i++) {
            next().accepted();
        }
        next().refused(Duration.ofSeconds(20));

        RateState state = rate.state();

        assertThat(state.identity()).isEqualTo("acme:1");
        assertThat(state.refusals()).isEqualTo(1);
        assertThat(state.calls()).isEqualTo(31);
        assertThat(state.successRate()).isCloseTo(30.0 / 31, within(1e-9));
        assertThat(state.recoveryProgress()).isZero();
        assertThat(state.closedFor()).isEqualTo(Duration.ofSeconds(20));
        assertThat(state.limitPerMinute()).isNull();

        now += 20 * SECOND;
        next().accepted();

        assertThat(rate.state().limitPerMinute()).isCloseTo(30, within(1e-6));
        assertThat(rate.state().pacePerMinute()).isCloseTo(27, within(1e-6));
    }

    @Test
    void resetForgetsAll() {
        next().refused(Duration.ofSeconds(20));
        Grant before = next();

        rate.reset();
        before.refused(null);

        assertThat(join(0).turn()).isInstanceOf(Turn.Go.class);
        assertThat(rate.state().limitPerMinute()).isNull();
    }

    @Test
    void aReloadKeepsWhatWasLearned() {
        for (int i = 0; i < 30; i++) {
            next().accepted();
        }
        next().refused(Duration.ofSeconds(20));
        now += 20 * SECOND;
        next().accepted();

        rate.use(settings(true, Duration.ofSeconds(1)));

        assertThat(rate.state().limitPerMinute()).isCloseTo(30, within(1e-6));
    }

    @Test
    void withoutDemandNothingIsProbed() {
        rate = rate(settings(true, Duration.ofSeconds(1)));
        double before = rate.state().pacePerMinute();

        for (int i = 0; i < 500; i++) {
            now += 7 * SECOND;
            grant(join(0).turn()).accepted();
        }

        assertThat(rate.state().pacePerMinute()).isEqualTo(before);
    }
}
