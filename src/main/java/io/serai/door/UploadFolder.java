package io.serai.door;

import io.serai.call.ApiError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that uploads lie in: {@code run-<id>/} for each process, locked by {@code run-<id>.lock} while it lives, and in it
 * a folder for each request. What a killed process left is deleted at the next start, which knows it by the lock that nobody
 * holds. Nothing is made before the first upload.
 */
public final class UploadFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UploadFolder.class);
    private static final String RUN = "run-";
    private static final String LOCK = ".lock";
    /** Held while a process looks at the others' locks or makes its own. */
    private static final String GATE = "gate" + LOCK;
    /** A file's lock belongs to the process: within one, brokers wait for each other here. */
    private static final Object IN_PROCESS = new Object();

    private final Path root;
    private final BodyBudget room;
    private final AtomicLong numbers = new AtomicLong();
    private @Nullable Path own;
    private @Nullable FileChannel lock;

    /**
     * @param maxTotalBytes of all uploads at once
     */
    public UploadFolder(Path root, long maxTotalBytes) {
        this.root = root;
        this.room = BodyBudget.ofDisk(maxTotalBytes);
        sweep();
    }

    /** How much of the disk is taken. */
    BodyBudget room() {
        return room;
    }

    /** A new, empty folder for one request. 503 when the disk gives none. */
    Path open() {
        try {
            return Files.createDirectory(own().resolve(Long.toString(numbers.incrementAndGet())));
        } catch (IOException e) {
            LOG.warn("There is no place for an upload: {}", e.toString());
            throw ApiError.noRoom("The broker has no place to put an upload. Its log says why.");
        }
    }

    /** Deletes one request's folder. */
    void discard(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            LOG.warn("An upload could not be deleted; the next start will try again: {}", e.toString());
        }
    }

    private synchronized Path own() throws IOException {
        Path folder = own;
        if (folder == null) {
            String name = RUN + UUID.randomUUID();
            Files.createDirectories(root);
            synchronized (IN_PROCESS) {
                try (FileChannel gate = gate();
                        FileLock held = gate.lock()) {
                    FileChannel mine = channel(root.resolve(name + LOCK));
                    mine.lock();
                    lock = mine;
                    folder = Files.createDirectory(root.resolve(name));
                }
            }
            own = folder;
        }
        return folder;
    }

    private void sweep() {
        if (!Files.isDirectory(root)) {
            return;
        }
        synchronized (IN_PROCESS) {
            try (FileChannel gate = gate();
                    FileLock held = gate.lock();
                    Stream<Path> entries = Files.list(root)) {
                List<Path> runs = entries.filter(
                                p -> p.getFileName().toString().startsWith(RUN) && Files.isDirectory(p))
                        .toList();
                for (Path run : runs) {
                    sweep(run);
                }
            } catch (IOException e) {
                LOG.warn("What an earlier run left of uploads can't be deleted: {}", e.toString());
            }
        }
    }

    private static void sweep(Path run) throws IOException {
        Path file = run.resolveSibling(run.getFileName() + LOCK);
        try (FileChannel channel = channel(file)) {
            FileLock free = channel.tryLock();
            if (free != null) {
                delete(run);
                Files.deleteIfExists(file);
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} is another broker's of this process", run);
        }
    }

    private FileChannel gate() throws IOException {
        return channel(root.resolve(GATE));
    }

    private static FileChannel channel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public synchronized void close() {
        Path folder = own;
        FileChannel held = lock;
        if (folder == null || held == null) {
            return;
        }
        discard(folder);
        try {
            held.close();
            Files.deleteIfExists(folder.resolveSibling(folder.getFileName() + LOCK));
        } catch (IOException e) {
            LOG.debug("The lock of the uploads stays", e);
        }
        own = null;
    }
}
