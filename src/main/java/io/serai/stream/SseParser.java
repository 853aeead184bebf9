package io.serai.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Incremental parser of server-sent events (WHATWG HTML, 9.2.6), fed with bytes as they come off the network.
 *
 * <p>Lines end with {@code \n}, {@code \r\n} or {@code \r}; {@code data} lines of one event are joined by {@code \n};
 * comments, {@code id}, {@code retry} and unknown fields are skipped without being kept; a byte order mark at the start is
 * skipped. Where the bytes are split, even within a line end or a character, makes no difference to the events.
 *
 * <p>An event with one data line that lies whole in one feed is handed out as a slice of the fed array: no copy, no
 * allocation. Anything else is gathered in a buffer of at most {@code maxEventBytes}.
 *
 * <p>The type of an event is its {@code event} field; null means {@code message}.
 */
public final class SseParser implements EventDecoder {
    private enum State {
        BYTE_ORDER_MARK,
        LINE_START,
        NAME,
        VALUE_START,
        DATA,
        TYPE,
        SKIP,
        FAILED
    }

    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] DATA = ascii("data");
    private static final byte[] EVENT = ascii("event");
    private static final byte[] NEW_LINE = {'\n'};
    private static final byte[] NOTHING = {};

    /** A buffer beyond this is given back after its event: one large event must not cost a long stream its size. Bytes. */
    private static final int KEPT_BUFFER = 16 * 1024;

    private final int maxEventBytes;

    private State state = State.BYTE_ORDER_MARK;
    private boolean afterCr; // a CR was the last byte; an LF right after it belongs to the same line end
    private int matched; // bytes of the mark or of the field's name recognized so far
    private byte[] name = DATA; // the field the line's first byte promises: DATA or EVENT

    private boolean hasData; // a data line has begun
    private boolean gathered; // the event's data is in buffer, not in the fed array
    private byte[] buffer = NOTHING;
    private int size; // bytes of data in buffer
    private int sliceFrom; // unless gathered: where the one data line is in the fed array
    private int sliceTo;

    private @Nullable String type;
    private byte[] typeBuffer = NOTHING;
    private int typeSize; // bytes of the type, wherever they are
    private boolean typeGathered; // the type under way began in an earlier feed

    /** @param maxEventBytes the most that an event may hold: its data as handed out, plus its type, in bytes; at least 1 */
    public SseParser(int maxEventBytes) {
        if (maxEventBytes < 1) {
            throw new IllegalArgumentException("maxEventBytes must be at least 1, is " + maxEventBytes);
        }
        this.maxEventBytes = maxEventBytes;
    }

    /**
     * Takes the bytes in {@code [from, to)} and hands out every event they complete.
     *
     * @throws EventTooLargeException when an event, finished or not, exceeds the limit; and for every feed after that
     */
    @Override
    public void feed(byte[] bytes, int from, int to, Handler handler) {
        int at = from;
        while (at < to) {
            byte c = bytes[at];
            if (afterCr) {
                afterCr = false;
                if (c == '\n') {
                    at++;
                    continue;
                }
            }
            switch (state) {
                case BYTE_ORDER_MARK -> {
                    if (c == MARK[matched]) {
                        at++;
                        if (++matched == MARK.length) {
                            state = State.LINE_START;
                        }
                    } else {
                        // One or two bytes of a mark are the start of an unknown field's name.
                        state = matched == 0 ? State.LINE_START : State.SKIP;
                    }
                }
                case LINE_START -> {
                    if (isLineEnd(c)) {
                        dispatch(bytes, handler);
                        at++;
                        afterCr = c == '\r';
                    } else if (c == 'd' && startsWithData(bytes, at, to)) {
                        at += bytes[at + 5] == ' ' ? 6 : 5;
                        beginData(bytes);
                    } else if (c == 'd' || c == 'e') {
                        name = c == 'd' ? DATA : EVENT;
                        matched = 0;
                        state = State.NAME;
                    } else {
                        state = State.SKIP;
                    }
                }
                case NAME -> {
                    if (matched < name.length) {
                        if (c == name[matched]) {
                            matched++;
                            at++;
                        } else {
                            state = State.SKIP;
                        }
                    } else if (c == ':') {
                        at++;
                        state = State.VALUE_START;
                    } else if (isLineEnd(c)) {
                        beginValue(bytes); // a name alone is a field with an empty value
                    } else {
                        state = State.SKIP;
                    }
                }
                case VALUE_START -> {
                    if (c == ' ') {
                        at++;
                    }
                    beginValue(bytes);
                }
                case DATA -> {
                    int end = lineEnd(bytes, at, to);
                    if (end < to) {
                        endData(bytes, at, end);
                    } else {
                        gather(bytes, at, end);
                    }
                    at = endLine(bytes, end, to);
                }
                case TYPE -> {
                    int end = lineEnd(bytes, at, to);
                    if (end < to) {
                        endType(bytes, at, end);
                    } else {
                        gatherType(bytes, at, end);
                    }
                    at = endLine(bytes, end, to);
                }
                case SKIP -> at = endLine(bytes, lineEnd(bytes, at, to), to);
                case FAILED -> throw new EventTooLargeException(maxEventBytes);
            }
        }
        if (hasData && !gathered && state != State.DATA) {
            gather(bytes, sliceFrom, sliceTo); // the fed array is the caller's again
        }
    }

    /**
     * Says that the stream is over, as if the missing line ends had come: hands out a trailing event unless its data is
     * empty. The data may be cut short, which only its reader can tell. Afterwards the parser is as new.
     */
    @Override
    public void end(Handler handler) {
        if (state != State.FAILED) {
            switch (state) {
                case NAME -> {
                    if (matched == name.length) {
                        beginValue(NOTHING);
                    }
                }
                case VALUE_START -> beginValue(NOTHING);
                default -> {}
            }
            if (state == State.DATA) {
                endData(NOTHING, 0, 0);
            } else if (state == State.TYPE) {
                endType(NOTHING, 0, 0);
            }
            if (gathered && size > 0) { // feed() leaves no slice behind
                dispatch(NOTHING, handler);
            }
        }
        clear();
        afterCr = false;
        matched = 0;
        state = State.BYTE_ORDER_MARK;
    }

    /** Bytes of memory the parser holds on to, for tests. */
    int heldBytes() {
        return buffer.length + typeBuffer.length;
    }

    private void dispatch(byte[] fed, Handler handler) {
        if (!hasData) {
            clear();
            return;
        }
        String eventType = type;
        byte[] bytes = gathered ? buffer : fed;
        int from = gathered ? 0 : sliceFrom;
        int to = gathered ? size : sliceTo;
        clear(); // first, so that an event whose handler throws is not handed out again
        handler.event(eventType, bytes, from, to);
    }

    private void clear() {
        hasData = false;
        gathered = false;
        size = 0;
        sliceFrom = 0;
        sliceTo = 0;
        type = null;
        typeSize = 0;
        typeGathered = false;
        if (buffer.length > KEPT_BUFFER) {
            buffer = NOTHING;
        }
        if (typeBuffer.length > KEPT_BUFFER) {
            typeBuffer = NOTHING;
        }
    }

    private void beginValue(byte[] fed) {
        if (name == DATA) {
            beginData(fed);
        } else {
            type = null;
            typeSize = 0;
            typeGathered = false;
            state = State.TYPE;
        }
    }

    private void beginData(byte[] fed) {
        if (hasData) { // a second line: both go to the buffer
            if (!gathered) {
                gather(fed, sliceFrom, sliceTo);
            }
            gather(NEW_LINE, 0, 1);
        }
        hasData = true;
        state = State.DATA;
    }

    private void endData(byte[] fed, int from, int to) {
        if (gathered) {
            gather(fed, from, to);
        } else {
            require(to - from);
            sliceFrom = from;
            sliceTo = to;
        }
    }

    private void gather(byte[] fed, int from, int to) {
        int length = to - from;
        require((long) size + length);
        buffer = withRoom(buffer, size, length);
        System.arraycopy(fed, from, buffer, size, length);
        size += length;
        gathered = true;
    }

    private void endType(byte[] fed, int from, int to) {
        if (typeGathered) {
            gatherType(fed, from, to);
            type = SseEventTypes.name(typeBuffer, 0, typeSize);
        } else {
            typeSize = to - from;
            require(dataSize());
            type = SseEventTypes.name(fed, from, to);
        }
    }

    private void gatherType(byte[] fed, int from, int to) {
        int length = to - from;
        require((long) dataSize() + length);
        typeBuffer = withRoom(typeBuffer, typeSize, length);
        System.arraycopy(fed, from, typeBuffer, typeSize, length);
        typeSize += length;
        typeGathered = true;
    }

    private int dataSize() {
        return gathered ? size : sliceTo - sliceFrom;
    }

    /** Checks the limit for that much data beside the type. */
    private void require(long dataBytes) {
        if (dataBytes + typeSize > maxEventBytes) {
            clear();
            buffer = NOTHING;
            typeBuffer = NOTHING;
            state = State.FAILED;
            throw new EventTooLargeException(maxEventBytes);
        }
    }

    private byte[] withRoom(byte[] array, int used, int more) {
        int needed = used + more;
        if (needed <= array.length) {
            return array;
        }
        long doubled = Math.max(256L, 2L * array.length);
        return Arrays.copyOf(array, (int) Math.min(maxEventBytes, Math.max(needed, doubled)));
    }

    /** Goes past the line end at {@code end}, if it is there, and into the state that follows. */
    private int endLine(byte[] bytes, int end, int to) {
        if (end == to) {
            return to;
        }
        afterCr = bytes[end] == '\r';
        state = State.LINE_START;
        return end + 1;
    }

    private static int lineEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !isLineEnd(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isLineEnd(byte c) {
        return c == '\n' || c == '\r';
    }

    /** Whether {@code data:} and at least one byte more are there: the common line, recognized at once. */
    private static boolean startsWithData(byte[] bytes, int at, int to) {
        return to - at > 5
                && bytes[at + 1] == 'a'
                && bytes[at + 2] == 't'
                && bytes[at + 3] == 'a'
                && bytes[at + 4] == ':';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
