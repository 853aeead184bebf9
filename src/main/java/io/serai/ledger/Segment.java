package io.serai.ledger;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal: frames of a length, a checksum (CRC-32C, 4 bytes each, big-endian) and that many bytes. It is
 * written by one thread, at its end only, and read by another, which an interrupt can't harm: an interrupted
 * {@link FileChannel} would close for everybody.
 */
final class Segment {
    static final String SUFFIX = ".journal";
    private static final int HEAD = 8;
    /** Longer is no row, but a tear that happens to look like a length. */
    static final int LONGEST_ROW = 16 * 1024 * 1024;
    /** Bytes that are read at once. */
    private static final int PIECE = 64 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Path file;
    private final long number;
    /** Written by this run: everything before {@link #end} was a whole frame. */
    private final boolean ours;

    private final long createdNanos = System.nanoTime();
    /** Where the last whole frame ends; beyond is nothing, or half of what a full disk refused. */
    private volatile long end;
    /** Null when nothing is written to it any more. */
    private @Nullable FileChannel out;

    // the reading thread's
    private @Nullable RandomAccessFile in;
    /** A part of the file, from {@link #viewFrom}. */
    private ByteBuffer view = NOTHING;

    private long viewFrom;

    private Segment(Path file, long number, long end, @Nullable FileChannel out) {
        this.file = file;
        this.number = number;
        this.end = end;
        this.out = out;
        this.ours = out != null;
    }

    /** One of an earlier run, to be read. */
    static Segment found(Path file, long number) throws IOException {
        return new Segment(file, number, Files.size(file), null);
    }

    /** A new one, to be written. */
    static Segment create(Path folder, long number) throws IOException {
        Path file = folder.resolve("%016d".formatted(number) + SUFFIX);
        FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true); // a power cut must not take the file's name
        }
        return new Segment(file, number, 0, out);
    }

    long number() {
        return number;
    }

    Path file() {
        return file;
    }

    long end() {
        return end;
    }

    long ageNanos() {
        return System.nanoTime() - createdNanos;
    }

    boolean isOpen() {
        return out != null;
    }

    /**
     * Writes all or, as far as a reader can see, nothing.
     *
     * @throws IOException when it could not; the segment is closed then
     */
    void append(List<byte[]> rows) throws IOException {
        FileChannel channel = out;
        if (channel == null) {
            throw new IOException("closed");
        }
        int length = rows.stream().mapToInt(r -> HEAD + r.length).sum();
        ByteBuffer frames = ByteBuffer.allocate(length);
        for (byte[] row : rows) {
            frames.putInt(row.length).putInt(checksum(row)).put(row);
        }
        frames.flip();
        try {
            while (frames.hasRemaining()) {
                channel.write(frames);
            }
        } catch (IOException | RuntimeException | Error e) { // memory may end in the middle as a disk does
            try {
                channel.truncate(end);
            } catch (IOException half) {
                e.addSuppressed(half); // the tear is found by its checksum
            }
            close();
            throw e;
        }
        end += length;
    }

    /** Returns when everything that was appended is on the disk. */
    void force() throws IOException {
        FileChannel channel = out;
        if (channel != null) {
            channel.force(false);
        }
    }

    void close() {
        FileChannel channel = out;
        out = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // what was written is written
            }
        }
    }

    /** For the reading thread. @return the frame's content, or null when there is no whole one at the offset */
    byte @Nullable [] read(long offset) throws IOException {
        if (offset + HEAD > end || !view(offset, HEAD)) {
            return null;
        }
        int length = view.getInt();
        int sum = view.getInt();
        if (length <= 0 || length > LONGEST_ROW || offset + HEAD + length > end || !view(offset + HEAD, length)) {
            return null;
        }
        byte[] row = new byte[length];
        view.get(row);
        return checksum(row) == sum ? row : null;
    }

    /**
     * Has {@link #view} begin at the offset and hold so many bytes at least. The file is read in large pieces: rows are small,
     * and two calls of the system for each would cost more than the rest of reading it.
     *
     * @return false when the file is shorter than it ought to be
     */
    private boolean view(long offset, int bytes) throws IOException {
        long into = offset - viewFrom;
        if (into >= 0 && into + bytes <= view.limit()) {
            view.position((int) into);
            return true;
        }
        RandomAccessFile reader = reader();
        int length = (int) Math.min(Math.max(PIECE, bytes), end - offset);
        byte[] piece = view.capacity() >= length ? view.array() : new byte[length];
        reader.seek(offset);
        try {
            reader.readFully(piece, 0, length);
        } catch (EOFException e) {
            view = NOTHING;
            return false;
        }
        viewFrom = offset;
        view = ByteBuffer.wrap(piece, 0, length);
        return length >= bytes;
    }

    private RandomAccessFile reader() throws IOException {
        RandomAccessFile reader = in;
        if (reader == null) {
            reader = new RandomAccessFile(file.toFile(), "r");
            in = reader;
        }
        return reader;
    }

    /**
     * Where the next whole frame begins after one that can't be read, or else the end. JSON has no bytes that look like a
     * frame's head, and so few places have to be tried.
     */
    long next(long offset) throws IOException {
        long until = end;
        byte[] rest = new byte[(int) Math.max(0, Math.min(until, reader().length()) - offset)];
        reader().seek(offset);
        reader().readFully(rest);
        ByteBuffer frames = ByteBuffer.wrap(rest);
        for (int at = 1; at + HEAD < rest.length; at++) {
            int length = frames.getInt(at);
            if (length > 0 && length <= LONGEST_ROW && at + HEAD + length <= rest.length) {
                CRC32C sum = new CRC32C();
                sum.update(rest, at + HEAD, length);
                if ((int) sum.getValue() == frames.getInt(at + Integer.BYTES)) {
                    return offset + at;
                }
            }
        }
        return until;
    }

    /** Whether a frame of an earlier run, the last one, was never finished: its length says more than there is. */
    boolean isTorn(long offset) throws IOException {
        long left = Math.min(end, reader().length()) - offset;
        if (ours || left <= HEAD) {
            return !ours;
        }
        reader().seek(offset);
        int length = reader().readInt();
        return length <= 0 || HEAD + (long) length > left;
    }

    /** Forgets what lies beyond; only of an earlier run's, which nobody writes to. */
    void cutTo(long offset) {
        end = offset;
    }

    static long sizeOf(byte[] row) {
        return HEAD + row.length;
    }

    /** For the reading thread, when it needs nothing of it any more. */
    void closeReader() {
        RandomAccessFile reader = in;
        in = null;
        view = NOTHING;
        if (reader != null) {
            try {
                reader.close();
            } catch (IOException e) {
                // nothing was written through it
            }
        }
    }

    private static int checksum(byte[] row) {
        CRC32C sum = new CRC32C();
        sum.update(row, 0, row.length);
        return (int) sum.getValue();
    }
}
