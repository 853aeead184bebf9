package io.serai.stream;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Chunks framed as server-sent events, gathered until someone takes them. One event loop. */
final class EventFrames {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GAP = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

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
        int begin = from;
        for (int i = from; i < to; i++) {
            // in JSON a bare line end is only white space; in an event it would end the field
            if (json[i] == '\n' || json[i] == '\r') {
                gathered.appendBytes(json, begin, i - begin).appendByte((byte) ' ');
                begin = i + 1;
            }
        }
        gathered.appendBytes(json, begin, to - begin).appendBytes(GAP);
    }

    /** The same, less the member {@code "usage": null}. In a JSON text a quoted name can't stand inside a string, where quotes are escaped. */
    void addWithoutUsage(byte[] json, int from, int to) {
        for (int i = to - USAGE.length; i >= from; i--) {
            if (Arrays.equals(json, i, i + USAGE.length, USAGE, 0, USAGE.length)) {
                int after = pastNull(json, i + USAGE.length, to);
                if (after > 0) {
                    int before = i;
                    while (before > from && json[before - 1] <= ' ' && json[before - 1] >= 0) {
                        before--;
                    }
                    if (before > from && json[before - 1] == ',') {
                        before--;
                    } else if (after < to && json[after] == ',') {
                        after++; // it was the first member
                    }
                    byte[] rest = new byte[before - from + to - after];
                    System.arraycopy(json, from, rest, 0, before - from);
                    System.arraycopy(json, after, rest, before - from, to - after);
                    add(rest, 0, rest.length);
                    return;
                }
            }
        }
        add(json, from, to);
    }

    /** Where the text goes on after {@code : null} and space, -1 when something else stands there. */
    private static int pastNull(byte[] json, int from, int to) {
        int at = pastSpace(json, from, to);
        if (at == to || json[at] != ':') {
            return -1;
        }
        at = pastSpace(json, at + 1, to);
        if (to - at < NULL.length || !Arrays.equals(json, at, at + NULL.length, NULL, 0, NULL.length)) {
            return -1;
        }
        return pastSpace(json, at + NULL.length, to);
    }

    private static int pastSpace(byte[] json, int from, int to) {
        int at = from;
        while (at < to && json[at] <= ' ' && json[at] >= 0) {
            at++;
        }
        return at;
    }
}
