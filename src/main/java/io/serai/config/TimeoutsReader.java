package io.serai.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code timeouts: {connect, first_event, idle, total}}, in seconds. */
final class TimeoutsReader {
    private TimeoutsReader() {}

    /** @param otherwise for each phase that is not said */
    static Timeouts read(Section section, Timeouts otherwise) {
        Timeouts timeouts = new Timeouts(
                or(section.duration("connect"), otherwise.connect()),
                or(section.duration("first_event"), otherwise.firstEvent()),
                or(section.duration("idle"), otherwise.idle()),
                or(section.duration("total"), otherwise.total()));
        section.finish();
        return timeouts;
    }

    private static Duration or(@Nullable Duration said, Duration otherwise) {
        return said == null ? otherwise : said;
    }
}
