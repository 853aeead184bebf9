package io.serai.config;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Other prices of a model, for requests of a certain kind. Every condition that is said must hold.
 *
 * @param fromTokens input tokens from which on the whole request costs that; 0: any
 * @param serviceTier as the provider names it in its answer (flex, priority, batch); null: any
 * @param quality of an image, as the request names it; null: any
 * @param size of an image, as the request names it; null: any
 * @param hours null: at any time
 * @param factor by which all prices are multiplied
 * @param usd prices that take the place of the usual ones, by the names of {@link io.serai.call.Prices}, for one of what is
 *     counted
 */
public record PriceRule(
        long fromTokens,
        @Nullable String serviceTier,
        @Nullable String quality,
        @Nullable String size,
        @Nullable Hours hours,
        BigDecimal factor,
        Map<String, BigDecimal> usd) {

    /**
     * A part of the day, UTC.
     *
     * @param from inclusive
     * @param to exclusive; before {@code from}: on the next day
     * @param days on which it begins
     */
    public record Hours(LocalTime from, LocalTime to, Set<DayOfWeek> days) {
        /** Whether the moment falls into it. */
        public boolean contain(Instant moment) {
            ZonedDateTime at = moment.atZone(ZoneOffset.UTC);
            LocalTime time = at.toLocalTime();
            if (from.isBefore(to)) {
                return days.contains(at.getDayOfWeek()) && !time.isBefore(from) && time.isBefore(to);
            }
            boolean evening = !time.isBefore(from) && days.contains(at.getDayOfWeek());
            boolean morning =
                    time.isBefore(to) && days.contains(at.getDayOfWeek().minus(1));
            return evening || morning;
        }
    }
}
