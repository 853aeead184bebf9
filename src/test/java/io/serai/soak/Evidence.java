package io.serai.soak;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** What the vendors saw and what the broker wrote down of each request, until it is fetched. Also keeps the log quiet meanwhile. */
final class Evidence implements AutoCloseable {
    /** Attempts that were not made, by the names that the broker has for why. */
    private static final Set<String> MADE = Set.of(
            "rate_limited",
            "overloaded",
            "unreachable",
            "broken_answer",
            "timed_out_connect",
            "timed_out_first_event",
            "timed_out_idle",
            "timed_out_total",
            "rejected",
            "model_not_found",
            "credentials_bad",
            "quota_used_up",
            "client_gone");

    /** A failed attempt. */
    record Failed(String instance, String reason, int status, String message) {
        boolean made() {
            return MADE.contains(reason);
        }

        String provider() {
            return instance.replaceFirst("-\\d+$", "");
        }
    }

    private static final class Trail {
        final Queue<Hit> hits = new ConcurrentLinkedQueue<>();
        final Queue<Failed> failed = new ConcurrentLinkedQueue<>();
        final CompletableFuture<Map<String, String>> line = new CompletableFuture<>();
    }

    private final Map<String, Trail> trails = new ConcurrentHashMap<>();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final List<Watch> watches = List.of(
            new Watch("io.serai.routing.WalkSteps", this::failed),
            new Watch("serai.requests", this::line),
            new Watch("io.serai.routing", e -> {}),
            new Watch(Logger.ROOT_LOGGER_NAME, this::error));

    private final class Watch extends AppenderBase<ILoggingEvent> {
        private final Logger logger;
        private final java.util.function.Consumer<ILoggingEvent> heard;

        Watch(String name, java.util.function.Consumer<ILoggingEvent> heard) {
            this.logger = (Logger) LoggerFactory.getLogger(name);
            this.heard = heard;
            setContext(logger.getLoggerContext());
            start();
            logger.addAppender(this);
            logger.setAdditive(false);
        }

        @Override
        protected void append(ILoggingEvent event) {
            heard.accept(event);
        }

        void end() {
            logger.detachAppender(this);
            logger.setAdditive(true);
            stop();
        }
    }

    private void failed(ILoggingEvent event) {
        Object[] facts = event.getArgumentArray();
        if (facts != null && facts.length >= 6) {
            trail(String.valueOf(facts[0]))
                    .failed
                    .add(new Failed(
                            String.valueOf(facts[2]),
                            String.valueOf(facts[4]),
                            (Integer) facts[5],
                            String.valueOf(facts[6])));
        }
    }

    private void line(ILoggingEvent event) {
        Map<String, String> facts =
                event.getKeyValuePairs().stream().collect(Collectors.toMap(p -> p.key, p -> String.valueOf(p.value)));
        if (!trail(String.valueOf(facts.get("id"))).line.complete(facts)) {
            errors.add("two lines of " + facts);
        }
    }

    private void error(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            errors.add(event.toString());
        }
    }

    private Trail trail(String id) {
        return trails.computeIfAbsent(id, i -> new Trail());
    }

    void hit(String id, Hit hit) {
        trail(id).hits.add(hit);
    }

    /** The request's line in the log; waits for it. */
    Map<String, String> line(String id) throws Exception {
        try {
            return trail(id).line.get(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no line in the log", e);
        }
    }

    List<Hit> hits(String id) {
        return List.copyOf(trail(id).hits);
    }

    List<Failed> failed(String id) {
        return List.copyOf(trail(id).failed);
    }

    void forget(String id) {
        trails.remove(id);
    }

    /** What was logged at ERROR, and requests with more than one line. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() {
        watches.forEach(Watch::end);
    }
}
