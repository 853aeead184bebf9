package io.serai.broker;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** What the broker writes into its log of requests while this is open, by request id. */
final class RequestLog implements AutoCloseable {
    private final Map<String, CompletableFuture<Map<String, String>>> lines = new ConcurrentHashMap<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("serai.requests");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            Map<String, String> facts = event.getKeyValuePairs().stream()
                    .collect(Collectors.toMap(p -> p.key, p -> String.valueOf(p.value)));
            line(String.valueOf(facts.get("id"))).complete(facts);
        }
    };

    RequestLog() {
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    /** The facts of the line of that request; waits for it up to a minute. */
    Map<String, String> await(String id) throws InterruptedException, ExecutionException {
        try {
            return line(id).get(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no line of the request " + id, e);
        }
    }

    /** Whether there is a line of that request by now. */
    boolean has(String id) {
        return line(id).isDone();
    }

    private CompletableFuture<Map<String, String>> line(String id) {
        return lines.computeIfAbsent(id, i -> new CompletableFuture<>());
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
    }
}
