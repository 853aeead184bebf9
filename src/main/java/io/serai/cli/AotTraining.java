package io.serai.cli;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the AOT cache (JDK 25) that the next start loads: a child JVM runs the command {@code train} once, in the background
 * and at low priority, and writes down what it loaded and linked.
 *
 * <p>The child's standard input is a pipe that nothing is written to. {@code train} ends when it closes, and so with this
 * process, even one that was killed.
 * Whatever fails costs nothing but the faster start, so it is logged and forgotten.
 */
public final class AotTraining implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AotTraining.class);
    /** A training takes about ten seconds on two cores; longer than this is a child that hangs. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path java;
    private final List<String> jvmFlags;
    private final Path jar;
    private final Path cache;
    private final Path unfinished;
    private @Nullable Process child;
    private boolean closed;

    /**
     * @param java the launcher of the JVM that will use the cache
     * @param jvmFlags its flags: a cache made with others is not used
     * @param jar what it runs
     * @param cache the file to make
     */
    public AotTraining(Path java, List<String> jvmFlags, Path jar, Path cache) {
        this.java = java;
        this.jvmFlags = List.copyOf(jvmFlags);
        this.jar = jar;
        this.cache = cache;
        this.unfinished = cache.resolveSibling(
                fileName(cache) + "." + ProcessHandle.current().pid() + ".tmp");
    }

    /** What this process was started with, if the launcher asks for a cache ({@code serai.aot.cache}). */
    public static Optional<AotTraining> ofThisProcess() {
        String cache = System.getProperty("serai.aot.cache");
        if (cache == null) {
            return Optional.empty();
        }
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-Dserai.aot.cache="))
                .toList();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return Optional.of(
                new AotTraining(java, flags, Path.of(System.getProperty("java.class.path")), Path.of(cache)));
    }

    /** Starts the child and returns. */
    public synchronized void start() {
        if (closed || child != null) {
            return;
        }
        try {
            Path folder = cache.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            deleteAbandoned();
            Process started = launch();
            child = started;
            Thread.ofPlatform().name("aot-training").daemon().start(() -> await(started));
        } catch (IOException | RuntimeException e) {
            LOG.debug("no AOT cache: {}", e.toString());
        }
    }

    /** Ends a training that still runs. Safe to call at any time, from any thread. */
    @Override
    public synchronized void close() {
        closed = true;
        if (child != null) {
            end(child);
        }
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(jvmFlags);
        command.add("-XX:AOTCacheOutput=" + unfinished);
        command.addAll(List.of("-jar", jar.toString(), "train"));
        List<String> polite = new ArrayList<>(List.of("nice", "-n", "19"));
        polite.addAll(command);
        try {
            return start(polite);
        } catch (IOException e) {
            return start(command); // no such program here
        }
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    private void await(Process process) {
        Thread killer = new Thread(() -> end(process), "aot-training-end");
        try {
            Runtime.getRuntime().addShutdownHook(killer);
            Instant begun = Instant.now();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.debug("no AOT cache: the training did not end");
            } else if (process.exitValue() != 0 || !Files.exists(unfinished)) {
                LOG.debug("no AOT cache: the training ended with {}", process.exitValue());
            } else {
                Files.move(unfinished, cache, StandardCopyOption.ATOMIC_MOVE);
                deleteOlder();
                LOG.info(
                        "the next start will be faster: made {} in {} s",
                        cache,
                        Duration.between(begun, Instant.now()).toSeconds());
            }
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IOException | IllegalStateException e) { // the latter: this process is ending
            LOG.debug("no AOT cache: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end(process);
        }
    }

    private void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly); // the JVM makes the file in a child of its own
        process.destroyForcibly();
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deleteWhere(name -> name.startsWith(fileName(unfinished)), Instant.MAX);
    }

    /** Those of earlier builds: the launcher puts the same words before the last dash for one installation. */
    private void deleteOlder() {
        String name = fileName(cache);
        String installation = name.substring(0, name.lastIndexOf('-') + 1);
        if (!installation.isEmpty()) {
            deleteWhere(n -> n.startsWith(installation) && n.endsWith(".aot") && !n.equals(name), Instant.MAX);
        }
    }

    /** What a process left that was killed while it trained. */
    private void deleteAbandoned() {
        deleteWhere(
                name -> name.contains(".aot.") && name.contains(".tmp"),
                Instant.now().minus(LIMIT.multipliedBy(2)));
    }

    private void deleteWhere(Predicate<String> name, Instant before) {
        Path folder = cache.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (name.test(fileName(file))
                        && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.debug("could not tidy {}: {}", folder, e.toString());
        }
    }

    private static String fileName(Path path) {
        String text = path.toString();
        return text.substring(text.lastIndexOf(File.separatorChar) + 1);
    }
}
