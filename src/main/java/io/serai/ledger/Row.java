package io.serai.ledger;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import io.serai.call.CallRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row on its way to the database. In the journal it is a JSON object by the columns' names, so that a later version with
 * more columns can read it: what is not there is empty, 0 or null.
 *
 * @param values in the order in which {@code write-requests.sql} names them
 * @param texts likewise of {@code write-texts.sql}; null without texts
 */
record Row(List<@Nullable Object> values, @Nullable List<@Nullable Object> texts) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String PROMPT = "prompt";
    private static final String ANSWER = "answer";
    private static final String CUT = "texts_cut";
    private static final int NO_TEXTS = -1;

    private static Row of(@Nullable Object[] values, @Nullable String prompt, @Nullable String answer, long cut) {
        List<@Nullable Object> texts = cut == NO_TEXTS
                ? null
                : Arrays.asList(values[Columns.ID], values[Columns.STARTED_AT], prompt, answer, cut);
        return new Row(Arrays.asList(values), texts);
    }

    /**
     * As {@link Writer} wrote it, whatever version that was; names that this one does not know are left out.
     *
     * @throws IOException when it is no such row
     */
    static Row read(byte[] encoded) throws IOException {
        @Nullable Object[] values = Columns.absent();
        String prompt = null;
        String answer = null;
        long cut = NO_TEXTS;
        try (JsonParser json = JSON.createParser(encoded)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("is no row");
            }
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                Integer place = Columns.place(name);
                if (place != null) {
                    values[place] = value == JsonToken.VALUE_NUMBER_INT ? (Object) json.getLongValue() : json.getText();
                    continue;
                }
                switch (name) {
                    case PROMPT -> prompt = json.getValueAsString();
                    case ANSWER -> answer = json.getValueAsString();
                    case CUT -> cut = json.getLongValue();
                    default -> {}
                }
            }
        }
        return of(values, prompt, answer, cut);
    }

    /** As far as it is JSON, for a file that is kept for longer than what was said may be. */
    static byte[] withoutTexts(byte[] encoded) {
        ByteArrayOutputStream left = new ByteArrayOutputStream(2_048);
        try (JsonParser from = JSON.createParser(encoded);
                JsonGenerator to = JSON.createGenerator(left)) {
            while (from.nextToken() != null) {
                String name = from.currentName();
                if (PROMPT.equals(name) || ANSWER.equals(name)) {
                    from.skipChildren();
                } else {
                    to.copyCurrentEvent(from);
                }
            }
        } catch (IOException e) {
            // what was read so far is all that can be told from texts
        }
        return left.toByteArray();
    }

    /** Makes rows of records, and bytes of rows. One thread: what it writes with is kept from row to row. */
    static final class Writer {
        private final AttemptsText attempts = new AttemptsText();
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(2_048);
        private final JsonGenerator json;

        Writer() {
            try {
                json = JSON.createGenerator(out).setRootValueSeparator(null);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // memory does not fail
            }
        }

        Row row(CallRecord record, @Nullable Texts texts) {
            @Nullable Object[] values = Columns.values(record, attempts);
            return texts == null
                    ? of(values, null, null, NO_TEXTS)
                    : of(values, texts.prompt(), texts.answer(), texts.cut() ? 1 : 0);
        }

        /** As the journal keeps it. */
        byte[] bytes(Row row) {
            out.reset();
            try {
                json.writeStartObject();
                for (int i = 0; i < row.values().size(); i++) {
                    Object value = row.values().get(i);
                    SerializableString key = Columns.key(i, value);
                    if (key != null && value instanceof Long number) {
                        json.writeFieldName(key);
                        json.writeNumber(number);
                    } else if (key != null && value instanceof String text) {
                        json.writeFieldName(key);
                        json.writeString(text);
                    }
                }
                if (row.texts() != null) {
                    json.writeStringField(PROMPT, (String) row.texts().get(2));
                    json.writeStringField(ANSWER, (String) row.texts().get(3));
                    json.writeNumberField(CUT, (Long) row.texts().get(4));
                }
                json.writeEndObject();
                json.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }
    }
}
