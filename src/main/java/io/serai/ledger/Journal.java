package io.serai.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows on their way to the database, in files that are only ever appended to. One thread writes ({@link #append}, {@link
 * #force}), another reads ({@link #read}, {@link #release}); a file whose rows are all released is deleted, so that what is
 * there at a start is what the database may not have.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** A file that has grown so far is followed by another. */
    private static final long SEGMENT_BYTES = 8L * 1024 * 1024;
    /** A file with nothing left to read goes at this age, or at this size: few rows are then written twice after a crash. */
    private static final long OLD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final String ASIDE = "set-aside.jsonl";
    private static final byte[] NEW_LINE = {'\n'};

    private static final long WORTH_A_FILE = 256L * 1024;
    /** Of rows that are read at once, but for a longer one alone: with texts, rows may have a million characters each. */
    private static final long READ_BYTES = 4L * 1024 * 1024;

    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final ConcurrentNavigableMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private @Nullable Segment open;
    private long next;
    private volatile boolean rollWanted;

    /** A place between two rows. */
    record Position(long segment, long offset) implements Comparable<Position> {
        Position plus(long bytes) {
            return new Position(segment, offset + bytes);
        }

        @Override
        public int compareTo(Position other) {
            return segment == other.segment ? Long.compare(offset, other.offset) : Long.compare(segment, other.segment);
        }
    }

    /**
     * @param row null: something stands there that can't be read any more
     * @param at where it begins
     * @param after where the next one begins
     */
    record Entry(byte @Nullable [] row, Position at, Position after) {}

    /**
     * Finds what an earlier run has left.
     *
     * @throws IOException when the folder can't be used, or another broker uses it
     */
    Journal(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = lock();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.matches("\\d{16}\\" + Segment.SUFFIX)) {
                    long number = Long.parseLong(name.substring(0, 16));
                    segments.put(number, Segment.found(file, number));
                    next = number + 1;
                }
            }
        }
    }

    private FileLock lock() throws IOException {
        FileLock taken = null;
        try {
            taken = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            // another broker in this process
        }
        if (taken == null) {
            lockFile.close();
            throw new IOException("another broker writes to " + folder
                    + "; stop that one, or start this one with SERAI_LEDGER_ENABLED=false");
        }
        return taken;
    }

    /** Bytes that are not released yet, as far as whole files tell. */
    long bytes(Position read) {
        long bytes = 0;
        for (Segment segment : segments.tailMap(read.segment(), true).values()) {
            bytes += segment.end() - (segment.number() == read.segment() ? read.offset() : 0);
        }
        return bytes;
    }

    /** Where the oldest row is. */
    Position start() {
        Map.Entry<Long, Segment> first = segments.firstEntry();
        return new Position(first == null ? 0 : first.getKey(), 0);
    }

    /**
     * Adds the rows, all of them or none.
     *
     * @return where the first of them begins; they stand one after another
     * @throws IOException when they can't be written; the next call tries a new file
     */
    Position append(List<byte[]> rows) throws IOException {
        Segment segment = open;
        if (segment != null && (segment.end() >= SEGMENT_BYTES || rollWanted || !segment.isOpen())) {
            segment.force();
            segment.close();
            segment = null;
        }
        rollWanted = false;
        if (segment == null) {
            open = null;
            segment = Segment.create(folder, next++);
            segments.put(segment.number(), segment);
            open = segment;
        }
        Position first = new Position(segment.number(), segment.end());
        try {
            segment.append(rows);
        } finally {
            if (segment.end() == 0) { // else a full disk would have a file more at each try
                segments.remove(segment.number());
                Files.deleteIfExists(segment.file());
            }
        }
        return first;
    }

    /** Returns when every appended row would outlast a power cut. */
    void force() throws IOException {
        Segment segment = open;
        if (segment != null) {
            segment.force();
        }
    }

    /**
     * The rows from there on, at most so many, and of long ones fewer; what a crash has torn off is passed over, and what is
     * damaged is an entry ({@link #keep}).
     */
    List<Entry> read(Position from, int most) throws IOException {
        List<Entry> found = new ArrayList<>();
        long bytes = 0;
        Position at = from;
        for (Segment segment : segments.tailMap(from.segment(), true).values()) {
            if (segment.number() != at.segment()) {
                at = new Position(segment.number(), 0);
            }
            while (found.size() < most && at.offset() < segment.end()) {
                byte[] row = segment.read(at.offset());
                long next = row == null ? passOver(segment, at.offset()) : at.offset() + Segment.sizeOf(row);
                if (next == at.offset()) {
                    break;
                }
                bytes += row == null ? 0 : row.length;
                if (bytes > READ_BYTES && !found.isEmpty()) {
                    return found;
                }
                Position after = new Position(segment.number(), next);
                found.add(new Entry(row, at, after));
                at = after;
            }
            if (found.size() >= most) {
                break;
            }
        }
        return found;
    }

    /**
     * A broker that was killed may leave half a row at the end; a disk that fails may damage one anywhere.
     *
     * @return where it can be read again; the offset itself when there was nothing but half a row
     */
    private long passOver(Segment segment, long offset) throws IOException {
        long next = segment.next(offset);
        if (next == segment.end() && segment.isTorn(offset)) {
            LOG.warn("{} ends in {} bytes of a row that was never finished", segment.file(), next - offset);
            segment.cutTo(offset);
            return offset;
        }
        return next;
    }

    /** Copies the file in which something can't be read any more, for a person to look at; once, before the entry is released. */
    void keep(Entry damaged) throws IOException {
        Segment segment = segments.get(damaged.at().segment());
        if (segment == null) {
            return; // nothing is left to copy
        }
        Path kept = folder.resolve(segment.file().getFileName() + ".damaged");
        Files.copy(segment.file(), kept, StandardCopyOption.REPLACE_EXISTING);
        long offset = damaged.at().offset();
        long bytes = damaged.after().offset() - offset;
        LOG.error("{} bytes of {} at {} can't be read; {} keeps them", bytes, segment.file(), offset, kept);
    }

    /** Keeps a row that nobody takes, in a file that only a person reads, and that nothing deletes: without texts. */
    void setAside(byte[] row) throws IOException {
        Files.write(folder.resolve(ASIDE), row, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.write(folder.resolve(ASIDE), NEW_LINE, StandardOpenOption.APPEND);
    }

    /** Nothing before the position is needed any more. */
    void release(Position upTo) {
        for (Segment segment : segments.headMap(upTo.segment(), false).values()) {
            drop(segment);
        }
        Segment here = segments.get(upTo.segment());
        if (here != null && upTo.offset() == here.end()) {
            if (segments.higherKey(here.number()) != null) {
                drop(here);
            } else if (here.end() > WORTH_A_FILE || here.ageNanos() > OLD_NANOS) {
                rollWanted = true; // the next row goes to a new file, and this one can go
            }
        }
    }

    /** When nobody writes any more: files whose rows are all released leave nothing for the next start. */
    void clear(Position upTo) {
        for (Segment segment : segments.values()) {
            if (segment.number() < upTo.segment()
                    || segment.number() == upTo.segment() && segment.end() == upTo.offset()) {
                segment.close();
                drop(segment);
            }
        }
    }

    private void drop(Segment segment) {
        segment.closeReader();
        segments.remove(segment.number());
        try {
            Files.deleteIfExists(segment.file());
        } catch (IOException e) {
            LOG.warn("{} can't be deleted; its rows are written again after the next start, each once", segment.file());
        }
    }

    @Override
    public void close() {
        segments.values().forEach(segment -> {
            segment.close();
            segment.closeReader();
        });
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            LOG.debug("The journal's lock file did not close", e);
        }
    }
}
