package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Instances;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** However reserving, settling, releasing and time are mixed. */
class TokenWindowsPropertiesTest {
    private static final long SECOND = 1_000_000_000;

    private long now;

    @Property(tries = 500)
    void nothingLeaks(@ForAll Random random) {
        TokenWindows windows = new TokenWindows(() -> now);
        TokenLimits limits = new TokenLimits(1000, 5000, 20_000);
        List<Reservation> open = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            now += (long) (random.nextDouble() * random.nextInt(120) * SECOND);
            if (random.nextBoolean() || open.isEmpty()) {
                if (windows.reserve(Instances.ONE, "m" + random.nextInt(3), limits, limits, random.nextInt(400))
                        instanceof TokenAnswer.Reserved r) {
                    open.add(r.reservation());
                }
            } else {
                open.remove(random.nextInt(open.size())).release();
            }
            assertThat(windows.used(Instances.ONE).perMinute()).isBetween(0L, 1000L);
            assertThat(windows.used(Instances.ONE).perDay()).isBetween(0L, 20_000L);
        }
        open.forEach(Reservation::release);

        assertThat(windows.used(Instances.ONE)).isEqualTo(TokenLimits.NONE);
    }

    /** Settled with more or less than was set aside, released, or both: a day later nothing of it is left. */
    @Property(tries = 300)
    void whateverWasUsedIsForgotten(@ForAll Random random) {
        TokenWindows windows = new TokenWindows(() -> now);
        TokenLimits limits = new TokenLimits(1000, 5000, 20_000);
        List<Reservation> open = new ArrayList<>();
        for (int i = 0; i < 300 || !open.isEmpty(); i++) {
            now += (long) (random.nextDouble() * random.nextInt(600) * SECOND);
            if (i < 300 && (random.nextBoolean() || open.isEmpty())) {
                if (windows.reserve(Instances.ONE, "m" + random.nextInt(3), limits, limits, random.nextInt(400))
                        instanceof TokenAnswer.Reserved r) {
                    open.add(r.reservation());
                }
            } else {
                Reservation ended = open.remove(random.nextInt(open.size()));
                if (random.nextBoolean()) {
                    ended.settle(random.nextInt(800));
                }
                ended.release();
            }
            assertThat(windows.used(Instances.ONE).perMinute()).isNotNegative();
            assertThat(windows.used(Instances.ONE).perDay()).isNotNegative();
        }
        now += 25 * 3600 * SECOND;

        assertThat(windows.used(Instances.ONE)).isEqualTo(TokenLimits.NONE);
        assertThat(windows.look(Instances.ONE, "m0", limits, limits, 1000)).isNull();
    }

    /** The reference keeps every call for ever. */
    @Property(tries = 300)
    void neverMoreInAnyMinuteThanTheLimit(@ForAll Random random) {
        TokenWindows windows = new TokenWindows(() -> now);
        TokenLimits limits = new TokenLimits(1000, 0, 0);
        List<long[]> calls = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            now += (long) (random.nextDouble() * 10 * SECOND);
            int tokens = random.nextInt(400);
            if (windows.reserve(Instances.ONE, "m", limits, TokenLimits.NONE, tokens)
                    instanceof TokenAnswer.Reserved r) {
                int used = random.nextInt(tokens + 1);
                r.reservation().settle(used);
                calls.add(new long[] {now, used});
            }
            long lastMinute = calls.stream()
                    .filter(call -> call[0] > now - 60 * SECOND)
                    .mapToLong(call -> call[1])
                    .sum();
            assertThat(lastMinute).isLessThanOrEqualTo(1000);
        }
        assertThat(calls).hasSizeGreaterThan(20);
    }
}
