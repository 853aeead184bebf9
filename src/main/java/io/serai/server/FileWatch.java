package io.serai.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that files have changed, by looking at them twice a second: the one way that works on every file system, through
 * replaced folders and symbolic links too. A change is reported when it has been still for one look.
 */
final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final long LOOK_MS = 500;

    private final List<Path> folders;
    private final Runnable changed;
    private final Thread thread;
    private String known;
    private volatile boolean over;

    /** Looks for the first time now: what changes after this is reported once the watch has started. */
    FileWatch(List<Path> folders, Runnable changed) {
        this.folders = folders;
        this.changed = changed;
        this.known = look();
        this.thread = Thread.ofPlatform().name("serai-files").daemon().unstarted(this::watch);
    }

    void start() {
        if (!folders.isEmpty()) {
            thread.start();
        }
    }

    private void watch() {
        String last = known;
        while (!over) {
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                return;
            }
            String now = look();
            if (now.equals(last) && !now.equals(known)) {
                known = now;
                try {
                    changed.run();
                } catch (RuntimeException e) {
                    LOG.error("Changed files could not be taken over", e);
                }
            }
            last = now;
        }
    }

    /** Every file with its time, size and identity; only kinds of files that a configuration is made of. */
    private String look() {
        TreeMap<String, String> files = new TreeMap<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> all = Files.walk(folder, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
                all.filter(f -> matters(folder.relativize(f))).forEach(f -> files.put(f.toString(), stamp(f)));
            } catch (IOException | RuntimeException e) {
                LOG.debug("{} can't be read at the moment", folder, e);
            }
        }
        return files.toString();
    }

    private static boolean matters(Path file) {
        String name = file.getFileName().toString();
        return !RouteFiles.hidden(file) && name.matches(".*\\.(yaml|yml|json|properties|md)");
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return a.isRegularFile() ? a.lastModifiedTime().toMillis() + "/" + a.size() + "/" + a.fileKey() : "";
        } catch (IOException e) {
            return "gone";
        }
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
    }
}
