package io.serai.redis;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.netty.util.Timer;
import io.serai.call.Patience;
import io.serai.config.Settings;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Redis that brokers share, or none. For any thread. */
public final class Redis implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
    /** Questions that the breaker looks back on, and how many it must have seen. */
    private static final int WINDOW = 20;

    private static final int FEWEST = 5;
    private static final int PROBES = 2;

    private final Settings.Redis settings;
    private final @Nullable Link link;
    private final CircuitBreaker breaker;
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder unasked = new LongAdder();

    private Redis(Settings.Redis settings, @Nullable Link link) {
        this.settings = settings;
        this.link = link;
        this.breaker = CircuitBreaker.of(
                "redis",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(WINDOW)
                        .minimumNumberOfCalls(FEWEST)
                        .failureRateThreshold(50)
                        .waitDurationInOpenState(settings.pause())
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> moved(event.getStateTransition()));
    }

    /** Begins to connect; nobody waits for that. Without a server in the settings there is no Redis, and no thread for it. */
    public static Redis of(Settings.Redis settings, Timer timers) {
        Settings.RedisServer server = settings.server();
        Redis redis = new Redis(settings, server == null ? null : new Link(server, timers));
        if (redis.link != null) {
            redis.link.open();
        }
        return redis;
    }

    /** Whether there is one in the settings. */
    public boolean configured() {
        return link != null;
    }

    /** The whole name of a key. */
    public String key(String name) {
        return settings.prefix() + name;
    }

    /**
     * Waits for an answer as long as the patience lasts.
     *
     * @throws NoRedisException when there is none
     */
    public <T> T ask(
            Patience patience, Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> question)
            throws NoRedisException {
        long began = System.nanoTime();
        long until = began + patience.leftNanos();
        try {
            awaitStart(until);
            if (System.nanoTime() - until >= 0) {
                throw unasked("patience");
            }
            return answer(question, until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the client is gone: no fault of Redis'
            throw new NoRedisException("interrupted");
        } finally {
            patience.spend(System.nanoTime() - began);
        }
    }

    /** Until the first connection is there, or can't be made: who comes that early finds what others have left there. */
    private void awaitStart(long until) throws InterruptedException {
        if (link != null && !link.tried().isDone()) {
            try {
                link.tried().get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                LOG.debug("Redis is still being connected");
            }
        }
    }

    private <T> T answer(
            Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<T>> question, long until)
            throws NoRedisException, InterruptedException {
        RedisAsyncCommands<String, byte[]> commands = admitted();
        long began = System.nanoTime();
        CompletableFuture<T> answer = null;
        try {
            answer = question.apply(commands).toCompletableFuture();
            T value = answer.get(until - began, TimeUnit.NANOSECONDS);
            went(began, null);
            return value;
        } catch (InterruptedException e) {
            breaker.releasePermission();
            throw e;
        } catch (TimeoutException e) {
            answer.cancel(false);
            went(began, e);
            throw new NoRedisException("timeout");
        } catch (ExecutionException | RuntimeException e) {
            went(began, e);
            throw new NoRedisException("error");
        }
    }

    /** Waits for nothing; where there is no Redis, nothing is done. */
    public void tell(Function<RedisAsyncCommands<String, byte[]>, ? extends CompletionStage<?>> message) {
        long began;
        CompletableFuture<?> done;
        try {
            RedisAsyncCommands<String, byte[]> commands = admitted();
            began = System.nanoTime();
            done = message.apply(commands)
                    .toCompletableFuture()
                    .orTimeout(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (NoRedisException e) {
            return; // it is counted
        } catch (RuntimeException e) {
            went(System.nanoTime(), e);
            return;
        }
        done.whenComplete((nothing, e) -> went(began, e));
    }

    private RedisAsyncCommands<String, byte[]> admitted() throws NoRedisException {
        StatefulRedisConnection<String, byte[]> connection = link == null ? null : link.connection();
        if (connection == null) {
            throw unasked("away");
        }
        if (!breaker.tryAcquirePermission()) {
            throw unasked("paused");
        }
        return connection.async();
    }

    private NoRedisException unasked(String reason) {
        if (link != null) {
            unasked.increment();
        }
        return new NoRedisException(reason);
    }

    private void went(long began, @Nullable Throwable e) {
        long took = System.nanoTime() - began;
        if (e == null) {
            answered.increment();
            breaker.onSuccess(took, TimeUnit.NANOSECONDS);
        } else {
            boolean slow = e instanceof TimeoutException || e instanceof CancellationException;
            (slow ? late : failed).increment();
            breaker.onError(took, TimeUnit.NANOSECONDS, e);
            LOG.debug("Redis: {}", e.toString());
        }
    }

    private void moved(CircuitBreaker.StateTransition transition) {
        if (link == null) {
            return;
        }
        switch (transition) {
            case CLOSED_TO_OPEN ->
                LOG.warn(
                        "Redis fails or is slow, and is left alone for {} ms at a time",
                        settings.pause().toMillis());
            case HALF_OPEN_TO_CLOSED -> LOG.info("Redis answers again");
            default -> LOG.debug("Redis: {}", transition);
        }
        if (transition.getToState() == CircuitBreaker.State.OPEN) {
            link.renew(); // a peer that vanished without a word is noticed by nothing else
        }
    }

    /**
     * How it is.
     *
     * @param state {@code off}, {@code up}, {@code away} without a connection, or {@code paused} by the breaker
     * @param answered questions
     * @param failed with an error
     * @param late not answered in time
     * @param unasked because Redis was away or paused, or the request had waited long enough
     */
    public record Condition(String state, String breaker, long answered, long failed, long late, long unasked) {}

    public Condition condition() {
        CircuitBreaker.State now = breaker.getState();
        String state = link == null
                ? "off"
                : link.connection() == null ? "away" : now == CircuitBreaker.State.OPEN ? "paused" : "up";
        return new Condition(
                state, now.name().toLowerCase(Locale.ROOT), answered.sum(), failed.sum(), late.sum(), unasked.sum());
    }

    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
    }
}
