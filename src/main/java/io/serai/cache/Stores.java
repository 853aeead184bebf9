package io.serai.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.call.RecordingRoom;
import io.serai.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All of the cache that outlives a generation: what is in memory, the connections to databases, and what was counted. Databases
 * are opened when they are needed.
 */
public final class Stores implements AutoCloseable {
    private final @Nullable Path home;
    private final Backends backends;
    private final Memory memory;
    private final ModelCounts models = new ModelCounts();
    private final Clearings clearings = new Clearings();
    private final Map<Object, LazyDatabase> databases = new HashMap<>();
    private @Nullable RecordingRoom room;
    private long roomFor;
    private long mostOfOne;

    /**
     * @param home what relative paths of files are below; null: there is no place for files
     * @param newcomer is told of each backend when it is first used
     */
    public Stores(@Nullable Path home, BiConsumer<String, BackendCounts> newcomer) {
        this.home = home;
        this.backends = new Backends(System::nanoTime, newcomer);
        this.memory = new Memory(backends.counts(Backends.MEMORY));
    }

    public Backends backends() {
        return backends;
    }

    public ModelCounts models() {
        return models;
    }

    public Clearings clearings() {
        return clearings;
    }

    /** How much the streams of a generation may take that are kept beside until they are complete. */
    synchronized RecordingRoom room(Settings.ResponseCache settings) {
        RecordingRoom known = room;
        if (known == null || roomFor != settings.maxBytes() || mostOfOne != settings.maxAnswerBytes()) {
            roomFor = settings.maxBytes();
            mostOfOne = settings.maxAnswerBytes();
            known = new RecordingRoom(roomFor, mostOfOne);
            room = known;
        }
        return known;
    }

    /**
     * What a generation's routes name, by the names.
     *
     * @param any whether any answer is kept
     */
    Map<String, Object> names(Settings settings, ObjectMapper json, boolean any) {
        memory.bound(settings.responseCache());
        Settings.Cache cache = settings.cache();
        Map<String, Object> names = new LinkedHashMap<>(memory.names());
        names.putAll(Tables.names());
        names.putAll(new Folder(folder(settings), json).names());
        names.put("cacheSqlite", database(cache.sqlite(), settings, any));
        names.put("cacheMysql", database(mysql(settings), settings, any));
        return names;
    }

    /** The folder of the file backend, absolute where there is a home. */
    public Path folder(Settings settings) {
        return Objects.requireNonNullElse(home, Path.of(""))
                .resolve(settings.cache().folder());
    }

    /** Whether a backend has a place on the disk, where there may be something of an earlier run. */
    boolean isOnDisk(String backend, Settings settings) {
        return home != null
                && switch (backend) {
                    case Backends.SQLITE ->
                        Files.exists(home.resolve(settings.cache().sqlite().path()));
                    case Backends.FILE -> Files.isDirectory(folder(settings));
                    default -> false;
                };
    }

    /** Its own server, or else the ledger's. */
    private static Settings.Database mysql(Settings settings) {
        Settings.Database own = settings.cache().mysql();
        Settings.Database ledgers = settings.database();
        return own.url().isEmpty()
                ? new Settings.Database(
                        ledgers.url(), ledgers.user(), ledgers.password(), "", own.connections(), own.timeout())
                : own;
    }

    /** Opens at once what will be asked first, and a stand-in that has a file of an earlier run: it will be cleared. */
    private synchronized LazyDatabase database(Settings.Database which, Settings settings, boolean any) {
        LazyDatabase database = databases.computeIfAbsent(
                List.of(which, settings.cache().timeout()),
                k -> new LazyDatabase(which, home, settings.cache().timeout()));
        String wanted = which.url().isEmpty() ? Backends.SQLITE : Backends.MYSQL;
        boolean answers = any && settings.responseCache().backend().equals(wanted);
        boolean standsIn = Stream.of(
                        settings.responseCache().backend(), settings.cache().type())
                .anyMatch(configured -> Backends.line(configured).contains(wanted) && isOnDisk(wanted, settings));
        if (answers || settings.cache().type().equals(wanted) || standsIn) {
            database.open();
        }
        return database;
    }

    @Override
    public synchronized void close() {
        databases.values().forEach(LazyDatabase::close);
    }
}
