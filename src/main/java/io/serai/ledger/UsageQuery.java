package io.serai.ledger;

import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code GET /billing/usage} asks for. A text that is empty asks for all.
 *
 * @param to is not in it any more
 * @param model as it was asked for, or as it was served
 * @param key the label of a client's key
 * @param address of the client, as the ledger writes it
 */
public record UsageQuery(
        Instant from, Instant to, Group group, String model, String provider, String key, String address) {

    /** What the requests of one group have in common; {@code usage.sql} knows them by these names in lower case. */
    public enum Group {
        MODEL,
        PROVIDER,
        KEY,
        IP,
        DAY,
        HOUR
    }

    private static final long HOUR_MS = Upkeep.HOUR_MS;
    private static final long DAY_MS = 24 * HOUR_MS;

    /**
     * What {@code usage.sql} is given: the range, in it the whole hours, in those the whole days (UTC); milliseconds since 1970.
     * A range without a whole hour or day has them empty, at its end. Hours can't be told from the sum of a day.
     */
    public Map<String, Object> parameters() {
        long first = from.toEpochMilli();
        long end = to.toEpochMilli();
        long hourFrom = ceiling(first, HOUR_MS);
        long hourTo = floor(end, HOUR_MS);
        if (hourFrom >= hourTo) {
            hourFrom = end;
            hourTo = end;
        }
        long dayFrom = ceiling(hourFrom, DAY_MS);
        long dayTo = floor(hourTo, DAY_MS);
        if (dayFrom >= dayTo || group == Group.HOUR) {
            dayFrom = hourTo;
            dayTo = hourTo;
        }
        Map<String, Object> given = new HashMap<>(Map.of(
                "from", first, "to", end, "hourFrom", hourFrom, "hourTo", hourTo, "dayFrom", dayFrom, "dayTo", dayTo));
        given.put("group", group.name().toLowerCase(Locale.ROOT));
        given.put("model", model);
        given.put("provider", provider);
        given.put("key", key);
        given.put("ip", address);
        return given;
    }

    private static long floor(long ms, long unit) {
        return ms - Math.floorMod(ms, unit);
    }

    private static long ceiling(long ms, long unit) {
        return floor(ms + unit - 1, unit);
    }
}
