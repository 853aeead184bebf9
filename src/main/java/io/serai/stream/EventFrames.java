package io.serai.stream;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Chunks framed as server-sent events, gathered until someone takes them. One event loop. */
final class EventFrames {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GAP = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private Buffer gathered = Buffer.buffer();

    int size() {
        return gathered.length();
    }

    /** What was gathered, which begins anew. */
    Buffer take() {
        Buffer events = gathered;
        gathered = Buffer.buffer();
        return events;
    }

    /** Appends bytes that are framed already. */
    void addFramed(byte[] bytes, int from, int to) {
        gathered.appendBytes(bytes, from, to - from);
    }

    /** Appends a chunk as one event. */
    void add(byte[] json, int from, int to) {
        gathered.appendBytes(DATA);
        append(json, from, to);
        gathered.appendBytes(GAP);
    }

    /** The same without the member that stands from {@code cutFrom} to {@code cutTo}, and without its comma. */
    void addWithout(byte[] json, int from, int to, int cutFrom, int cutTo) {
        int before = cutFrom;
        while (isSpace(json[before - 1])) {
            before--;
        }
        int after = cutTo;
        if (json[before - 1] == ',') {
            before--;
        } else { // it was the first member
            while (isSpace(json[after])) {
                after++;
            }
            after += json[after] == ',' ? 1 : 0;
        }
        gathered.appendBytes(DATA);
        append(json, from, before);
        append(json, after, to);
        gathered.appendBytes(GAP);
    }

    private void append(byte[] json, int from, int to) {
        int begin = from;
        for (int i = from; i < to; i++) {
            // in JSON a bare line end is only white space; in an event it would end the field
            if (json[i] == '\n' || json[i] == '\r') {
                gathered.appendBytes(json, begin, i - begin).appendByte((byte) ' ');
                begin = i + 1;
            }
        }
        gathered.appendBytes(json, begin, to - begin);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }
}
