package io.serai.ledger;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.serai.call.CacheResult;
import io.serai.call.CallRecord;
import io.serai.call.Cost;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a request in the table {@code requests}, in the order in which {@code write-requests.sql} names them, and what
 * a record has for each.
 */
final class Columns {
    /**
     * @param longest characters, so that no database refuses the row for a client's long text; 0: a number
     * @param nullable whether -1 stands for "none"
     */
    private record Column(
            SerializableString key, int longest, boolean nullable, Function<CallRecord, @Nullable Object> value) {
        Column(String name, int longest, boolean nullable, Function<CallRecord, @Nullable Object> value) {
            this(new SerializedString(name), longest, nullable, value); // made into bytes once
        }

        String name() {
            return key.getValue();
        }

        boolean isText() {
            return longest > 0;
        }

        @Nullable
        Object absent() {
            return nullable ? null : isText() ? "" : (Object) 0L;
        }
    }

    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final List<Column> ALL = List.of(
            text("id", 26, CallRecord::uid),
            text("request_id", 128, CallRecord::id),
            number("started_at", r -> r.startedAt().toEpochMilli()),
            number("finished_at", r -> r.startedAt().toEpochMilli() + r.durationMs()),
            text("address", 64, CallRecord::address),
            text("client_key", 255, CallRecord::key),
            text("door", 255, CallRecord::door),
            text("dialect", 32, CallRecord::dialect),
            text("operation", 32, r -> lower(r.operation())),
            text("model", 512, CallRecord::model),
            text("provider", 128, CallRecord::provider),
            text("instance", 128, CallRecord::instance),
            text("served_model", 512, CallRecord::servedModel),
            text("rotation", 255, CallRecord::rotation),
            number("streamed", r -> r.streamed() ? 1 : 0),
            text("attempts", UNBOUNDED, r -> ""), // made by AttemptsText
            number("status", CallRecord::status),
            text("outcome", 40, r -> lower(r.outcome())),
            new Column("error", 255, true, CallRecord::error),
            number("in_fresh", r -> r.usage().inFresh()),
            number("in_cache_read", r -> r.usage().inCacheRead()),
            number("in_cache_write_5m", r -> r.usage().inCacheWrite5m()),
            number("in_cache_write_1h", r -> r.usage().inCacheWrite1h()),
            number("in_audio", r -> r.usage().inAudio()),
            number("in_image", r -> r.usage().inImage()),
            number("out_text", r -> r.usage().outText()),
            number("out_reasoning", r -> r.usage().outReasoning()),
            number("out_audio", r -> r.usage().outAudio()),
            number("out_image", r -> r.usage().outImage()),
            number("web_searches", r -> r.usage().webSearches()),
            number("audio_ms", r -> r.usage().audioMs()),
            number("characters", r -> r.usage().characters()),
            number("images", r -> r.usage().images()),
            number("estimated", r -> r.usage().estimated() ? 1 : 0),
            new Column("cost", 0, true, r -> cost(r.cost())),
            text("cost_state", 16, r -> state(r.cost())),
            text("catalogue", 64, CallRecord::catalogue),
            new Column("cache_saved", 0, true, Columns::saved),
            number("duration_ms", CallRecord::durationMs),
            new Column("first_token_ms", 0, true, r -> r.firstTokenMs() < 0 ? null : (Object) r.firstTokenMs()),
            number("overhead_us", r -> r.overhead().us()),
            new Column(
                    "condensed_by",
                    64,
                    true,
                    r -> r.condensation() == null ? null : r.condensation().method()),
            new Column(
                    "condensed_from",
                    0,
                    true,
                    r -> r.condensation() == null
                            ? null
                            : (Object) r.condensation().from()),
            new Column(
                    "condensed_to",
                    0,
                    true,
                    r -> r.condensation() == null
                            ? null
                            : (Object) r.condensation().to()),
            new Column("cache_result", 16, true, r -> r.cacheResult() == null ? null : lower(r.cacheResult())),
            number("saved_input_tokens", r -> r.saved().input()),
            number("saved_output_tokens", r -> r.saved().output()),
            new Column("saved_cost", 0, true, Columns::cacheHit),
            new Column("effective_context", 0, true, r -> hasContext(r) ? (Object) r.effectiveContext() : null),
            new Column(
                    "effective_context_estimated",
                    0,
                    true,
                    r -> hasContext(r) ? (Object) (r.contextEstimated() ? 1L : 0L) : null));

    private static final Map<String, Integer> PLACES = new HashMap<>();
    private static final Map<Enum<?>, String> LOWER = new ConcurrentHashMap<>();

    static {
        for (int i = 0; i < ALL.size(); i++) {
            PLACES.put(ALL.get(i).name(), i);
        }
    }

    static final int ID = names().indexOf("id");
    static final int STARTED_AT = names().indexOf("started_at");
    private static final int ATTEMPTS = names().indexOf("attempts");
    /** The counts of a usage stand one after another. */
    private static final int FIRST_COUNT = names().indexOf("in_fresh");

    private Columns() {}

    /** In the order of {@link #values}. */
    static List<String> names() {
        return ALL.stream().map(Column::name).toList();
    }

    /** What the record has for each, as a row of the database takes it: texts, whole numbers and nulls. */
    static @Nullable Object[] values(CallRecord record, AttemptsText attempts) {
        @Nullable Object[] values = new Object[ALL.size()];
        for (int i = 0; i < values.length; i++) {
            Column column = ALL.get(i);
            Object value = i == ATTEMPTS
                    ? attempts.of(record.attempts())
                    : column.value().apply(record);
            values[i] = value instanceof String text
                    ? cut(text, column.longest())
                    : value == null ? column.absent() : value;
        }
        return values;
    }

    /** A row of which nothing is known. */
    static @Nullable Object[] absent() {
        return ALL.stream().map(Column::absent).toArray();
    }

    /** Its name in JSON; null where the value is the one that is taken for granted. */
    static @Nullable SerializableString key(int place, @Nullable Object value) {
        Column column = ALL.get(place);
        return Objects.equals(value, column.absent()) ? null : column.key();
    }

    /** Null for a name that this version does not know. */
    static @Nullable Integer place(String name) {
        return PLACES.get(name);
    }

    /** The names of what a usage counts, in the order of its record. */
    static List<SerializableString> counts() {
        return ALL.subList(FIRST_COUNT, names().indexOf("estimated") + 1).stream()
                .map(Column::key)
                .toList();
    }

    /** When the hour began that the row's request began in, in milliseconds since 1970. */
    static long hour(List<?> row) {
        long startedAt = row.get(STARTED_AT) instanceof Long at ? at : 0;
        return startedAt - Math.floorMod(startedAt, Upkeep.HOUR_MS);
    }

    private static Column text(String name, int longest, Function<CallRecord, @Nullable Object> value) {
        return new Column(name, longest, false, value);
    }

    private static Column number(String name, ToLongFunction<CallRecord> value) {
        return new Column(name, 0, false, value::applyAsLong);
    }

    /** Its name in lower case. */
    static String lower(Enum<?> constant) {
        return LOWER.computeIfAbsent(constant, c -> c.name().toLowerCase(Locale.ROOT));
    }

    private static @Nullable Object cost(Cost cost) {
        return cost.usd() == null ? null : (Object) Money.units(cost.usd());
    }

    private static String state(Cost cost) {
        return cost.usd() == null ? "unpriced" : cost.estimated() ? "estimated" : "priced";
    }

    private static @Nullable Object saved(CallRecord record) {
        return record.cacheSavedUsd() == null ? null : (Object) Money.units(record.cacheSavedUsd());
    }

    /** Only a model that replied in words has read any. */
    private static boolean hasContext(CallRecord record) {
        return record.effectiveContext() > 0;
    }

    private static @Nullable Object cacheHit(CallRecord record) {
        BigDecimal usd = record.saved().usd();
        return usd == null || record.cacheResult() != CacheResult.HIT ? null : (Object) Money.units(usd);
    }

    /** Never in the middle of a character outside the first 65,536: half of one is no text. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }
}
