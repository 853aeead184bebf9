package io.serai.config;

import java.time.Duration;

/**
 * How long one attempt may take, by phase.
 *
 * @param connect until the connection stands
 * @param firstEvent streams: from the start of the attempt to the first meaningful event
 * @param idle streams: between events; comments and pings do not count
 * @param total the whole attempt
 */
public record Timeouts(Duration connect, Duration firstEvent, Duration idle, Duration total) {
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(120), Duration.ofSeconds(60), Duration.ofSeconds(600));
}
