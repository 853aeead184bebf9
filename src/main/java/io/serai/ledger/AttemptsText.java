package io.serai.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import io.serai.call.CallRecord;
import io.serai.call.Usage;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** The column {@code attempts}. One thread: what it writes with is kept from row to row. */
final class AttemptsText {
    private static final List<SerializableString> COUNTS = Columns.counts();

    private final StringWriter out = new StringWriter(512);
    private final JsonGenerator json;

    AttemptsText() {
        try {
            json = new JsonFactory().createGenerator(out).setRootValueSeparator(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
    }

    /** {@code [{purpose, provider, instance, model, reason, status, ms, usage: {in_fresh: ..}, cost}]}, usage only where it is known. */
    String of(List<CallRecord.Try> attempts) {
        if (attempts.isEmpty()) {
            return "[]";
        }
        out.getBuffer().setLength(0);
        try {
            json.writeStartArray();
            for (CallRecord.Try each : attempts) {
                write(each);
            }
            json.writeEndArray();
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private void write(CallRecord.Try each) throws IOException {
        json.writeStartObject();
        json.writeStringField("purpose", Columns.lower(each.purpose()));
        json.writeStringField("provider", each.provider());
        json.writeStringField("instance", each.instance());
        json.writeStringField("model", each.model());
        json.writeStringField("reason", each.reason());
        json.writeNumberField("status", each.status());
        json.writeNumberField("ms", each.ms());
        if (each.usage() != null) {
            json.writeObjectFieldStart("usage");
            write(each.usage());
            json.writeEndObject();
            if (each.cost().usd() != null) {
                json.writeNumberField("cost", Money.units(each.cost().usd()));
            }
        }
        json.writeEndObject();
    }

    private void write(Usage usage) throws IOException {
        long[] counts = {
            usage.inFresh(), usage.inCacheRead(), usage.inCacheWrite5m(), usage.inCacheWrite1h(), usage.inAudio(),
            usage.inImage(), usage.outText(), usage.outReasoning(), usage.outAudio(), usage.outImage(),
            usage.webSearches(), usage.audioMs(), usage.characters(), usage.images(), usage.estimated() ? 1 : 0
        };
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] != 0) {
                json.writeFieldName(COUNTS.get(i));
                json.writeNumber(counts[i]);
            }
        }
    }
}
