package io.serai.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/**
 * Sets the log up in code, for a file would have to be parsed at each start. Routes and requests are never logged with their
 * bodies or headers; what can hold a secret masks itself.
 */
public final class Logging {
    public static final String PATTERN =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0} %kvp{NONE} %replace(%msg){'[\\r\\n]+',' | '}%n%ex";
    private static final int QUEUE = 16_384;
    private static final String NAME = "serai-console";
    private static boolean json;

    private Logging() {}

    static void setUp(LoggerContext context) {
        install(context, queue(context, encoder(context)));
        levels(context);
    }

    private static void levels(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger("io.serai").setLevel(Level.INFO);
        context.getLogger("serai.requests").setLevel(Level.INFO);
        context.getLogger("serai.autoselect").setLevel(Level.INFO);
        // at DEBUG it writes each header out, the provider's key too
        context.getLogger("org.apache.hc.client5.http").setLevel(Level.WARN);
        // says at ERROR, with a stack, what the broker says of the routes that it can't start
        context.getLogger("org.apache.camel.impl.engine.AbstractCamelContext").setLevel(Level.OFF);
        // says at ERROR, with a stack, that a client has gone
        context.getLogger("io.vertx.ext.web.RoutingContext").setLevel(Level.OFF);
    }

    /** One JSON object a line from now on, or text again. A {@code logback.xml} of the operator's stays as it is. */
    public static synchronized void json(boolean on) {
        if (json != on && LoggerFactory.getILoggerFactory() instanceof LoggerContext context && ours(context)) {
            json = on;
            install(context, queue(context, encoder(context)));
        }
    }

    /** Says more: what Serai does at DEBUG, what Camel does at INFO. */
    public static void debug() {
        context().getLogger("io.serai").setLevel(Level.DEBUG);
        context().getLogger("org.apache.camel").setLevel(Level.INFO);
    }

    /** Errors only, for commands whose output is for a person. */
    public static void quiet() {
        context().getLogger("io.serai").setLevel(Level.ERROR);
        context().getLogger("serai.requests").setLevel(Level.OFF);
        context().getLogger("serai.autoselect").setLevel(Level.OFF);
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
    }

    /** The levels of the start again. */
    public static void normal() {
        levels(context());
    }

    /** Writes out what is still queued. What is logged after it is written at once, by whoever logs. */
    public static synchronized void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context && ours(context)) {
            install(context, console(context, encoder(context)));
        }
    }

    private static boolean ours(LoggerContext context) {
        return context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(NAME) != null;
    }

    private static void install(LoggerContext context, Appender<ILoggingEvent> next) {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        Appender<ILoggingEvent> last = root.getAppender(NAME);
        root.addAppender(next);
        if (last != null) {
            root.detachAppender(last);
            last.stop(); // writes out its queue
        }
    }

    private static Appender<ILoggingEvent> console(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setName(NAME);
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        return console;
    }

    private static Appender<ILoggingEvent> queue(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName(NAME);
        queue.setQueueSize(QUEUE);
        queue.setDiscardingThreshold(0);
        queue.setMaxFlushTime(2_000);
        queue.addAppender(console(context, encoder));
        queue.start();
        return queue;
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context) {
        return json ? json(context) : text(context);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonLines encoder = new JsonLines();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
