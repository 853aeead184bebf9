package io.serai.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.serai.call.CallRecord;
import io.serai.call.Cost;
import io.serai.call.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a request in the table {@code requests}, in the order in which {@code write-requests.sql} names them. A row
 * in the journal is a JSON object by these names, so that a later version with more columns can read it: what is not there is
 * empty, 0 or null.
 */
final class Columns {
    private static final JsonFactory JSON = new JsonFactory();

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
            text("attempts", UNBOUNDED, Columns::attempts),
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
            number("overhead_us", CallRecord::overheadUs),
            new Column("condensed_by", 64, true, r -> r.condensation() == null ? null : r.condensation().method()),
            new Column("condensed_from", 0, true, r -> r.condensation() == null ? null : (Object) r.condensation().from()),
            new Column("condensed_to", 0, true, r -> r.condensation() == null ? null : (Object) r.condensation().to()));

    private static final Map<String, Integer> PLACES = new HashMap<>();

    static {
        for (int i = 0; i < ALL.size(); i++) {
            PLACES.put(ALL.get(i).name(), i);
        }
    }

    private static final int STARTED_AT = names().indexOf("started_at");
    /** The counts of a usage stand one after another. */
    private static final int FIRST_COUNT = names().indexOf("in_fresh");

    private Columns() {}

    /** In the order of {@link #row}. */
    static List<String> names() {
        return ALL.stream().map(Column::name).toList();
    }

    /** As the journal keeps it. */
    static byte[] encode(CallRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            for (Column column : ALL) {
                Object value = column.value().apply(record);
                if (value instanceof Long number && (column.nullable() || number != 0)) {
                    json.writeFieldName(column.key());
                    json.writeNumber(number);
                } else if (value instanceof String text && !text.isEmpty()) {
                    json.writeFieldName(column.key());
                    json.writeString(cut(text, column.longest()));
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out.toByteArray();
    }

    /**
     * The values of a row from {@link #encode}, whatever version wrote it; names that this one does not know are left out.
     *
     * @throws IOException when it is no such row
     */
    static List<@Nullable Object> row(byte[] encoded) throws IOException {
        @Nullable Object[] row = new Object[ALL.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = ALL.get(i).absent();
        }
        try (JsonParser json = JSON.createParser(encoded)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("is no row");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                Integer place = PLACES.get(name);
                if (place != null) {
                    row[place] = value == JsonToken.VALUE_NUMBER_INT ? (Object) json.getLongValue() : json.getText();
                }
            }
        }
        return Arrays.asList(row);
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

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
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

    /** Never in the middle of a character outside the first 65,536: half of one is no text. */
    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }

    /** {@code [{purpose, provider, instance, model, reason, status, ms, usage: {in_fresh: ..}, cost}]}, usage only where it is known. */
    private static String attempts(CallRecord record) {
        if (record.attempts().isEmpty()) {
            return "[]";
        }
        StringWriter out = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartArray();
            for (CallRecord.Try each : record.attempts()) {
                json.writeStartObject();
                json.writeStringField("purpose", lower(each.purpose()));
                json.writeStringField("provider", each.provider());
                json.writeStringField("instance", each.instance());
                json.writeStringField("model", each.model());
                json.writeStringField("reason", each.reason());
                json.writeNumberField("status", each.status());
                json.writeNumberField("ms", each.ms());
                if (each.usage() != null) {
                    json.writeObjectFieldStart("usage");
                    usage(json, each.usage());
                    json.writeEndObject();
                    if (each.cost().usd() != null) {
                        json.writeNumberField("cost", Money.units(each.cost().usd()));
                    }
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void usage(JsonGenerator json, Usage usage) throws IOException {
        long[] counts = {
            usage.inFresh(), usage.inCacheRead(), usage.inCacheWrite5m(), usage.inCacheWrite1h(), usage.inAudio(),
            usage.inImage(), usage.outText(), usage.outReasoning(), usage.outAudio(), usage.outImage(),
            usage.webSearches(), usage.audioMs(), usage.characters(), usage.images(), usage.estimated() ? 1 : 0
        };
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                json.writeFieldName(ALL.get(FIRST_COUNT + i).key());
                json.writeNumber(counts[i]);
            }
        }
    }
}
