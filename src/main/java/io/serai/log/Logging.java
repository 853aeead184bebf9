package io.serai.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/**
 * Sets the log up in code, for a file would have to be parsed at each start. Routes and requests are never logged with their
 * bodies or headers; what can hold a secret masks itself.
 */
public final class Logging {
    public static final String PATTERN =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0} %kvp{NONE} %replace(%msg){'[\\r\\n]+','\\n  '}%n%ex";
    private static final int QUEUE = 16_384;

    private Logging() {}

    static void setUp(LoggerContext context) {
        install(context, text(context));
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger("io.serai").setLevel(Level.INFO);
        context.getLogger("serai.requests").setLevel(Level.INFO);
        // at DEBUG it writes each header out, the provider's key too
        context.getLogger("org.apache.hc.client5.http").setLevel(Level.WARN);
        // says at ERROR, with a stack, that a client has gone
        context.getLogger("io.vertx.ext.web.RoutingContext").setLevel(Level.OFF);
    }

    /** One JSON object a line from now on, or text again. */
    public static void json(boolean on) {
        LoggerContext context = context();
        install(context, on ? json(context) : text(context));
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
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.ERROR);
    }

    /** Writes out what is still queued; nothing can be logged after it. */
    public static void flush() {
        context().stop();
    }

    private static void install(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName("console");
        queue.setQueueSize(QUEUE);
        queue.setDiscardingThreshold(0);
        queue.setMaxFlushTime(2_000);
        queue.addAppender(console);
        queue.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(queue);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithContext(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.start();
        return encoder;
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
