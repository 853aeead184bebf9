package io.serai.ledger;

import io.serai.call.CallRecord;
import org.jspecify.annotations.Nullable;

/** Makes rows of records. One of which none can be made is noted, and spoils no other. One thread. */
final class RowMaker {
    private final Spoiled spoiled;
    /** Null after a failure: it may have been left in the middle of a row. */
    private Row.@Nullable Writer writer;

    RowMaker(Spoiled spoiled) {
        this.spoiled = spoiled;
    }

    /** @param bytes as the journal keeps it */
    record Made(Row row, byte[] bytes) {}

    /** Null, and noted, when it can't be made. */
    @Nullable
    Made of(CallRecord record, @Nullable Texts texts) {
        try {
            return made(record, texts);
        } catch (RuntimeException | Error first) {
            writer = null;
        }
        try {
            return made(record, null); // memory may be there again; and no row is lost for a text's sake
        } catch (RuntimeException | Error e) {
            writer = null;
            spoiled.note("The request " + record.uid() + " (" + record.id() + ")", e.toString());
            return null;
        }
    }

    private Made made(CallRecord record, @Nullable Texts texts) {
        Row.Writer ready = writer == null ? new Row.Writer() : writer;
        writer = ready;
        Row row = ready.row(record, texts);
        byte[] bytes = ready.bytes(row);
        if (bytes.length > Segment.LONGEST_ROW) {
            throw new IllegalStateException("a row of " + bytes.length + " bytes");
        }
        return new Made(row, bytes);
    }
}
