package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class RateLawTest {
    /** @param idle seconds in which nobody calls, behind a refusal of the first call after an outage */
    private static double ceilingAfter(double idle) {
        RateLaw law = new RateLaw(SimulatedTraffic.DEFAULTS, () -> 0.5);
        law.told(1);
        law.told(0);
        double now = calls(law, 0, 60);
        now = refused(law, now);
        law.granted(now, true);
        law.outageEnded(now);
        now = refused(law, now + 1) + idle;
        law.granted(now, true);
        law.outageEnded(now);
        now = refused(law, calls(law, now, 120));
        law.granted(now, true);
        law.outageEnded(now);
        return law.ceiling();
    }

    /** As fast as it lets them. */
    private static double calls(RateLaw law, double from, int seconds) {
        double now = from;
        while (now < from + seconds) {
            now += 1 / law.pace();
            law.granted(now, true);
            law.succeeded();
        }
        return now;
    }

    private static double refused(RateLaw law, double from) {
        double now = from + 1 / law.pace();
        law.granted(now, true);
        law.refused(now, now + 0.01, 0);
        return law.closedUntil();
    }

    @Test
    void timeInWhichNobodyCalledSaysNothingOfTheLimit() {
        assertThat(ceilingAfter(600)).isCloseTo(ceilingAfter(0), withinPercentage(3));
    }
}
