package io.serai.cache;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a backend: its bytes say when they were made and when they expire, and prove that they are whole. More than
 * 1 KiB is compressed.
 *
 * @param backend it came from
 * @param storedAt milliseconds since 1970
 * @param expiresAt milliseconds since 1970
 * @param content as it was given to be kept
 */
public record Parcel(String backend, long storedAt, long expiresAt, byte[] content) {
    private static final int COMPRESSED_FROM = 1024;
    /** The layout: mark, version and flags, both times, the content's length, the content, a checksum of all before it. */
    private static final byte[] MARK = {'S', 'e'};

    private static final byte VERSION = 1;
    private static final byte DEFLATED = 1;
    private static final int HEAD = MARK.length + 2 + 2 * Long.BYTES + Integer.BYTES;
    private static final int EXPIRES_AT = MARK.length + 2 + Long.BYTES;

    /** The bytes for a backend. */
    static byte[] wrap(byte[] content, long storedAt, long expiresAt) {
        byte[] packed = content.length > COMPRESSED_FROM ? deflate(content) : content;
        boolean smaller = packed.length < content.length;
        byte[] inside = smaller ? packed : content;
        ByteBuffer out = ByteBuffer.allocate(HEAD + inside.length + Integer.BYTES)
                .put(MARK)
                .put(VERSION)
                .put(smaller ? DEFLATED : 0)
                .putLong(storedAt)
                .putLong(expiresAt)
                .putInt(content.length)
                .put(inside);
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /** Null for what is torn, of another version, or expired. */
    static @Nullable Parcel open(String backend, byte[] bytes, long now) {
        int end = bytes.length - Integer.BYTES;
        if (end < HEAD || bytes[0] != MARK[0] || bytes[1] != MARK[1] || bytes[2] != VERSION) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(end) != checksum(bytes, end)) {
            return null;
        }
        in.position(MARK.length + 2);
        long storedAt = in.getLong();
        long expiresAt = in.getLong();
        int length = in.getInt();
        if (expiresAt <= now) {
            return null;
        }
        byte[] content =
                bytes[3] == DEFLATED ? inflate(bytes, HEAD, end, length) : Arrays.copyOfRange(bytes, HEAD, end);
        return content == null || content.length != length ? null : new Parcel(backend, storedAt, expiresAt, content);
    }

    /** When bytes that begin like these expire, milliseconds since 1970; 0 when they are none of ours. */
    static long expiry(byte[] beginning) {
        boolean ours = beginning.length >= HEAD
                && beginning[0] == MARK[0]
                && beginning[1] == MARK[1]
                && beginning[2] == VERSION;
        return ours ? ByteBuffer.wrap(beginning).getLong(EXPIRES_AT) : 0;
    }

    private static int checksum(byte[] bytes, int to) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, to);
        return (int) checksum.getValue();
    }

    private static byte[] deflate(byte[] content) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(content);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 2);
            byte[] piece = new byte[8192];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte @Nullable [] inflate(byte[] bytes, int from, int to, int length) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(bytes, from, to - from);
            byte[] content = new byte[length];
            return inflater.inflate(content) == length ? content : null;
        } catch (DataFormatException e) {
            return null; // its checksum was right, so it was written wrong
        } finally {
            inflater.end();
        }
    }
}
