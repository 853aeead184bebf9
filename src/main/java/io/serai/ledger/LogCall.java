package io.serai.ledger;

import io.serai.call.CallRecord;
import io.serai.call.Condensation;
import io.serai.call.LogText;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each request, under the logger {@code serai.requests}: readable text, and the same facts as key-value pairs
 * for a JSON log.
 */
public final class LogCall implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("serai.requests");
    /** A request that was split may have hundreds of attempts; the ledger has them all. */
    private static final int MOST_TRIED = 20;

    @Override
    public void process(Exchange exchange) {
        if (LOG.isInfoEnabled() && exchange.getMessage().getBody() instanceof CallRecord call) {
            log(call);
        }
    }

    private static void log(CallRecord call) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("id", call.id())
                .addKeyValue("door", call.door())
                .addKeyValue("model", call.model().replace(' ', '_')) // in a text log a space begins the next pair
                .addKeyValue("provider", call.provider())
                .addKeyValue("instance", call.instance())
                .addKeyValue("status", call.status())
                .addKeyValue("outcome", call.outcome())
                .addKeyValue("stream", call.streamed())
                .addKeyValue("in", call.usage().input())
                .addKeyValue("out", call.usage().output())
                .addKeyValue("ms", call.durationMs())
                .addKeyValue("first_ms", call.firstTokenMs())
                .addKeyValue("attempts", wentOut(call.attempts()))
                .addKeyValue("key", call.key())
                .addKeyValue("address", call.address());
        if (!servedAtOnce(call.attempts())) {
            line = line.addKeyValue("tried", tried(call.attempts()));
        }
        if (!call.passedOver().isEmpty()) {
            line = line.addKeyValue("skipped", String.join(",", call.passedOver()));
        }
        if (!call.sensitive().isEmpty()) {
            line = line.addKeyValue("sensitive", String.join(",", call.sensitive()));
        }
        if (call.usage().inCacheRead() > 0) {
            line = line.addKeyValue("cached", call.usage().inCacheRead());
        }
        BigDecimal usd = call.cost().usd();
        if (usd == null) {
            line = line.addKeyValue("cost", "unpriced");
        } else if (call.usage().isSome()) {
            line = line.addKeyValue("cost_usd", usd.stripTrailingZeros().toPlainString());
        }
        if (call.cacheSavedUsd() != null && call.cacheSavedUsd().signum() != 0) {
            line = line.addKeyValue(
                    "saved_usd", call.cacheSavedUsd().stripTrailingZeros().toPlainString());
        }
        if (call.cacheResult() != null) {
            line = line.addKeyValue("cache", call.cacheResult());
        }
        line = counted(line, "split", call.parts());
        Condensation condensed = call.condensation();
        if (condensed != null) {
            line = line.addKeyValue("condensed", condensed.method() + ";" + condensed.from() + ";" + condensed.to());
        }
        line = counted(line, "audio_ms", call.usage().audioMs());
        line = counted(line, "characters", call.usage().characters());
        line = counted(line, "images", call.usage().images());
        if (call.error() != null) {
            line = line.addKeyValue("error", call.error());
        }
        line.log("");
    }

    /** As {@code x-serai-attempts} counts them. */
    private static long wentOut(List<CallRecord.Try> attempts) {
        return attempts.stream().filter(CallRecord.Try::wentOut).count();
    }

    /** Then the line has said it all. */
    private static boolean servedAtOnce(List<CallRecord.Try> attempts) {
        return attempts.isEmpty()
                || attempts.size() == 1 && attempts.getFirst().reason().equals("ok");
    }

    /** {@code instance/model:reason:status:ms}, the status 0 where there was none, separated by commas. */
    private static String tried(List<CallRecord.Try> attempts) {
        String list = attempts.stream().limit(MOST_TRIED).map(LogCall::tried).collect(Collectors.joining(","));
        return attempts.size() > MOST_TRIED ? list + ",and_" + (attempts.size() - MOST_TRIED) + "_more" : list;
    }

    private static String tried(CallRecord.Try attempt) {
        return attempt.instance() + "/" + LogText.name(attempt.model()) + ":" + attempt.reason() + ":"
                + attempt.status() + ":" + attempt.ms() + "ms";
    }

    /** What is priced by the piece stands there only where there is any. */
    private static LoggingEventBuilder counted(LoggingEventBuilder line, String name, long count) {
        return count > 0 ? line.addKeyValue(name, count) : line;
    }
}
