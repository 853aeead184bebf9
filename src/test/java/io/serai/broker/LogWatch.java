package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Everything that is logged from its making to its closing, as events and as the lines that an operator would read. */
public final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger root;
    private final Level before;
    private final PatternLayoutEncoder encoder = new PatternLayoutEncoder();

    public LogWatch() {
        this(null);
    }

    /** With the root logger at another level, until it is closed. */
    public LogWatch(Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        before = root.getLevel();
        if (level != null) {
            root.setLevel(level);
        }
        encoder.setContext(context);
        encoder.setPattern(io.serai.log.Logging.PATTERN);
        encoder.start();
        setContext(context);
        start();
        root.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
        lines.add(new String(encoder.encode(event), StandardCharsets.UTF_8));
    }

    /** As written, each ending in a line break; with more than one break where an event filled several lines. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    public String text() {
        StringBuilder all = new StringBuilder();
        for (ILoggingEvent event : events) {
            all.append(event.getLoggerName()).append(' ').append(event.getFormattedMessage());
            if (event.getKeyValuePairs() != null) {
                for (KeyValuePair pair : event.getKeyValuePairs()) {
                    all.append(' ').append(pair.key).append('=').append(pair.value);
                }
            }
            all.append('\n');
        }
        return all + String.join("", lines);
    }

    /** Nothing above WARN, and no stack trace at any level. */
    public void assertQuiet() {
        assertThat(events)
                .noneMatch(e -> e.getLevel().isGreaterOrEqual(Level.ERROR))
                .noneMatch(e -> e.getThrowableProxy() != null);
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
        root.setLevel(before);
    }
}
