package io.serai.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.HashedWheelTimer;
import io.serai.call.Patience;
import io.serai.config.Settings;
import io.serai.config.Settings.PerMinute;
import io.serai.limits.ClientAnswer;
import io.serai.limits.ClientBuckets;
import io.serai.limits.Metered;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands between requests and a real Redis. */
final class RedisTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final HashedWheelTimer timers = new HashedWheelTimer(10, TimeUnit.MILLISECONDS);
    private final String prefix = RedisServer.newPrefix();
    private Redis redis;
    private SharedBuckets buckets;

    @BeforeEach
    void start() throws Exception {
        redis = connect(RedisServer.shared());
        buckets = new SharedBuckets(redis, new ClientBuckets(System::nanoTime));
    }

    @AfterEach
    void stop() {
        redis.close();
        timers.stop();
    }

    private Redis connect(RedisServer server) {
        Redis made = Redis.of(
                new Settings.Redis(
                        new Settings.RedisServer("127.0.0.1", server.port(), false, 0, null, null),
                        prefix,
                        LONG,
                        Duration.ofHours(1)),
                timers);
        await().until(() -> made.condition().state().equals("up"));
        return made;
    }

    private ClientAnswer take(int limit, Metered what, long amount) {
        return buckets.take("key:a", new PerMinute(limit, 6000), what, amount, new Patience(LONG));
    }

    @Test
    void whoHasWaitedLongEnoughIsNotMadeToWaitAgain() throws Exception {
        try (RedisServer own = RedisServer.ownServer();
                Redis slow = connect(own)) {
            own.pause();
            try {
                Patience patience = new Patience(Duration.ofMillis(500));
                assertThatThrownBy(() -> slow.ask(patience, c -> c.get("a")))
                        .isInstanceOf(NoRedisException.class)
                        .hasMessage("timeout");
                assertThatThrownBy(() -> slow.ask(patience, c -> c.get("a")))
                        .isInstanceOf(NoRedisException.class)
                        .hasMessage("patience");
                assertThat(slow.condition().late()).isOne();
            } finally {
                own.resume();
            }
        }
    }

    @Test
    void whoIsInterruptedIsToldAtOnceAndCountsForNothing() throws Exception {
        try (RedisServer own = RedisServer.ownServer();
                Redis slow = connect(own)) {
            own.pause();
            try {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> slow.ask(new Patience(LONG), c -> c.get("a")))
                        .hasMessage("interrupted");
                assertThat(Thread.interrupted()).isTrue();
                assertThat(slow.condition().late()).isZero();
                assertThat(slow.condition().failed()).isZero();
            } finally {
                own.resume();
            }
        }
    }

    @Test
    void errorsOpenTheBreaker() throws Exception {
        redis.ask(new Patience(LONG), c -> c.set(prefix + "text", "x".getBytes()));
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> redis.ask(new Patience(LONG), c -> c.zcard(prefix + "text")))
                    .isInstanceOf(NoRedisException.class);
        }
        assertThat(redis.condition().breaker()).isEqualTo("open");
        assertThat(redis.condition().failed()).isBetween(4L, 6L);
        assertThat(redis.condition().unasked()).isBetween(4L, 6L);
    }

    @Test
    void aBucketIsAFullMinuteAndFillsEvenly() {
        for (int i = 59; i >= 0; i--) {
            assertThat(take(60, Metered.REQUESTS, 1).requests().remaining()).isBetween((long) i, i + 5L);
        }
        ClientAnswer last = take(60, Metered.REQUESTS, 1);
        while (last.retryAfter() == null) { // what has come back meanwhile
            last = take(60, Metered.REQUESTS, 1);
        }
        assertThat(last.retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(last.shared()).isTrue();
        await().until(() -> take(60, Metered.REQUESTS, 1).retryAfter() == null);
    }

    @Test
    void moreThanTheLimitIsLetInWhenTheBucketIsFull() {
        ClientAnswer first = take(0, Metered.TOKENS, 100_000);
        assertThat(first.taken()).isEqualTo(6000);
        assertThat(first.requests()).isNull();
        assertThat(first.tokens().remaining()).isLessThan(1000);
        assertThat(take(0, Metered.TOKENS, 3000).retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    @Test
    void whatWasTooMuchComesBackAndWhatIsOwedIsPaid() throws Exception {
        PerMinute limits = new PerMinute(0, 6000);
        ClientAnswer first = take(0, Metered.TOKENS, 3000);
        buckets.correct("key:a", limits, Metered.TOKENS, 9000, first);
        await().untilAsserted(() ->
                assertThat(take(0, Metered.TOKENS, 1).tokens().remaining()).isLessThan(-5000));
        buckets.correct("key:a", limits, Metered.TOKENS, -20_000, first);
        await().untilAsserted(
                        () -> // no fuller than full
                        assertThat(take(0, Metered.TOKENS, 1).tokens().remaining())
                                .isBetween(5000L, 6000L));
    }

    @Test
    void ofALimitThatChangesTheUsedShareStaysUsed() {
        for (int i = 0; i < 75; i++) {
            take(100, Metered.REQUESTS, 1);
        }
        assertThat(take(1000, Metered.REQUESTS, 1).requests())
                .satisfies(level -> assertThat(level.limit()).isEqualTo(1000))
                .satisfies(level -> assertThat(level.remaining()).isBetween(249L, 400L));
    }

    @Test
    void redisForgetsWhoIsFullAgain() throws Exception {
        take(60, Metered.REQUESTS, 1);
        Long left = redis.ask(new Patience(LONG), c -> c.pttl(prefix + "limit:key:a"));
        assertThat(left).isBetween(1L, 2_000L); // a second until it is full, and one more
    }

    @Test
    void aRedisThatHasLostTheScriptGetsItAgain() throws Exception {
        take(60, Metered.REQUESTS, 1);
        redis.ask(new Patience(LONG), c -> c.scriptFlush());
        assertThat(take(60, Metered.REQUESTS, 1).shared()).isTrue();
    }
}
