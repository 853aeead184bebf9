package io.serai.stream;

import java.util.Arrays;

/**
 * Newline-delimited JSON, such as Ollama's: each line that is not blank is an event without a type. Lines end with
 * {@code \n}; a {@code \r} before it is white space to JSON. A line that lies whole in one feed is handed out as a slice of it.
 */
public final class LineDecoder implements EventDecoder {
    private static final byte[] NOTHING = {};

    private final int maxEventBytes;
    private byte[] rest = NOTHING;
    private int size;
    private boolean failed;

    /** @param maxEventBytes the longest line, in bytes; at least 1 */
    public LineDecoder(int maxEventBytes) {
        if (maxEventBytes < 1) {
            throw new IllegalArgumentException("maxEventBytes must be at least 1, is " + maxEventBytes);
        }
        this.maxEventBytes = maxEventBytes;
    }

    @Override
    public void feed(byte[] bytes, int from, int to, Handler handler) {
        int begin = from;
        for (int at = from; at < to; at++) {
            if (bytes[at] == '\n') {
                check(at - begin);
                if (size > 0) {
                    keep(bytes, begin, at);
                    byte[] line = rest;
                    int length = size;
                    rest = NOTHING;
                    size = 0;
                    emit(line, 0, length, handler);
                } else {
                    emit(bytes, begin, at, handler);
                }
                begin = at + 1;
            }
        }
        check(to - begin);
        keep(bytes, begin, to);
    }

    @Override
    public void end(Handler handler) {
        byte[] line = rest;
        int length = size;
        rest = NOTHING;
        size = 0;
        if (!failed) {
            emit(line, 0, length, handler);
        }
    }

    private void check(int more) {
        if (failed || size + (long) more > maxEventBytes) {
            failed = true;
            throw new EventTooLargeException(maxEventBytes);
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        int more = to - from;
        if (more == 0) {
            return;
        }
        if (size + more > rest.length) {
            rest = Arrays.copyOf(rest, (int) Math.min(maxEventBytes, Math.max(size + (long) more, rest.length * 2L)));
        }
        System.arraycopy(bytes, from, rest, size, more);
        size += more;
    }

    private static void emit(byte[] bytes, int from, int to, Handler handler) {
        for (int i = from; i < to; i++) {
            if (bytes[i] > ' ' || bytes[i] < 0) {
                handler.event(null, bytes, from, to);
                return;
            }
        }
    }
}
