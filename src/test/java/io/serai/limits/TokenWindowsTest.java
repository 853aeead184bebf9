package io.serai.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.call.Instances;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TokenWindowsTest {
    private static final long SECOND = 1_000_000_000;
    private static final TokenLimits MINUTE = new TokenLimits(1000, 0, 0);

    private long now = -3 * SECOND;
    private final TokenWindows windows = new TokenWindows(() -> now);

    private TokenAnswer reserve(TokenLimits ofModel, TokenLimits ofProvider, long tokens) {
        return windows.reserve(Instances.ONE, "m", ofModel, ofProvider, tokens);
    }

    private Reservation reserved(TokenLimits ofModel, long tokens) {
        TokenAnswer answer = reserve(ofModel, TokenLimits.NONE, tokens);
        assertThat(answer).isInstanceOf(TokenAnswer.Reserved.class);
        return ((TokenAnswer.Reserved) answer).reservation();
    }

    private static Duration left(TokenAnswer answer) {
        assertThat(answer).isInstanceOf(TokenAnswer.Out.class);
        return ((TokenAnswer.Out) answer).left();
    }

    @Test
    void outUntilEnoughOfTheWindowHasPassed() {
        reserved(MINUTE, 400);
        now += 30 * SECOND;
        reserved(MINUTE, 600);

        assertThat(left(reserve(MINUTE, TokenLimits.NONE, 300)))
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
        assertThat(left(reserve(MINUTE, TokenLimits.NONE, 500)))
                .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(61));

        now += 31 * SECOND;
        reserved(MINUTE, 400);
    }

    @Test
    void theWaitThatIsNamedIsEnough() {
        reserved(MINUTE, 1000);
        Duration wait = left(reserve(MINUTE, TokenLimits.NONE, 1));

        now += wait.toNanos() - SECOND;
        assertThat(reserve(MINUTE, TokenLimits.NONE, 1)).isInstanceOf(TokenAnswer.Out.class);
        now += SECOND;
        reserved(MINUTE, 1000);
    }

    @Test
    void hoursAndDaysCountToo() {
        TokenLimits limits = new TokenLimits(0, 1000, 2000);
        reserved(limits, 1000);
        assertThat(left(reserve(limits, TokenLimits.NONE, 1)))
                .isBetween(Duration.ofMinutes(60), Duration.ofMinutes(61));
        now += Duration.ofMinutes(61).toNanos();
        reserved(limits, 1000);
        now += Duration.ofMinutes(61).toNanos();

        TokenAnswer answer = reserve(limits, TokenLimits.NONE, 1);

        assertThat(((TokenAnswer.Out) answer).limit()).isEqualTo("TPD");
        assertThat(left(answer)).isBetween(Duration.ofHours(21), Duration.ofHours(23));
    }

    @Test
    void theProvidersLimitHoldsForAllItsModelsTogether() {
        windows.reserve(Instances.ONE, "a", TokenLimits.NONE, MINUTE, 600);

        assertThat(windows.reserve(Instances.ONE, "b", TokenLimits.NONE, MINUTE, 600))
                .isInstanceOf(TokenAnswer.Out.class);
        assertThat(windows.reserve(Instances.OTHER, "b", TokenLimits.NONE, MINUTE, 600))
                .isInstanceOf(TokenAnswer.Reserved.class);
    }

    @Test
    void oneModelsLimitLeavesTheOthersAlone() {
        windows.reserve(Instances.ONE, "a", MINUTE, TokenLimits.NONE, 1000);

        assertThat(windows.reserve(Instances.ONE, "a", MINUTE, TokenLimits.NONE, 1))
                .isInstanceOf(TokenAnswer.Out.class);
        assertThat(windows.reserve(Instances.ONE, "b", MINUTE, TokenLimits.NONE, 1))
                .isInstanceOf(TokenAnswer.Reserved.class);
    }

    @Test
    void theRealUsageReplacesTheEstimate() {
        reserved(MINUTE, 1000).settle(100);

        reserved(MINUTE, 900);
        assertThat(reserve(MINUTE, TokenLimits.NONE, 1)).isInstanceOf(TokenAnswer.Out.class);
    }

    @Test
    void whatWasReleasedOrSettledCountsOnce() {
        Reservation reservation = reserved(MINUTE, 500);
        reservation.release();
        reservation.release();
        reservation.settle(900);

        assertThat(windows.used(Instances.ONE)).isEqualTo(TokenLimits.NONE);
    }

    @Test
    void aCallAboveTheLimitIsNeverInTime() {
        assertThat(reserve(MINUTE, TokenLimits.NONE, 1001)).isEqualTo(new TokenAnswer.TooLarge("TPM", 1000));
    }

    @Test
    void aChangedLimitIsHeldAgainstWhatWasCounted() {
        reserved(MINUTE, 800);

        assertThat(reserve(new TokenLimits(500, 0, 0), TokenLimits.NONE, 100)).isInstanceOf(TokenAnswer.Out.class);
        reserved(new TokenLimits(2000, 0, 0), 1200);
    }

    @Test
    void sixtyFourAtOnceCantOverspend() throws Exception {
        int threads = 64;
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Long>> spent = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                spent.add(pool.submit(() -> {
                    start.await();
                    long own = 0;
                    for (int call = 0; call < 200; call++) {
                        if (reserve(MINUTE, MINUTE, 7) instanceof TokenAnswer.Reserved r) {
                            if (call % 3 == 0) {
                                r.reservation().release();
                            } else {
                                r.reservation().settle(7);
                                own += 7;
                            }
                        }
                    }
                    return own;
                }));
            }
            start.countDown();
            long all = 0;
            for (Future<Long> one : spent) {
                all += one.get();
            }
            assertThat(all)
                    .isBetween(900L, 1000L)
                    .isEqualTo(windows.used(Instances.ONE).perMinute());
        }
    }

    /** Where most are let through; the one above ends after a few, and seldom has two at the same instant. */
    @Test
    void nothingIsLostOfManyAtOnce() throws Exception {
        int calls = 20_000;
        TokenLimits much = new TokenLimits(Integer.MAX_VALUE, 0, 0);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> threads = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                threads.add(pool.submit(() -> {
                    start.await();
                    for (int call = 0; call < calls; call++) {
                        reserved(much, 2).settle(1);
                    }
                    return null;
                }));
            }

            start.countDown();

            for (Future<?> thread : threads) {
                thread.get();
            }
        }
        assertThat(windows.used(Instances.ONE).perMinute()).isEqualTo(8L * calls);
    }
}
