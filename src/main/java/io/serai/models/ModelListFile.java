package io.serai.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.json.JsonFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code data/model-lists.json}: what {@link ModelLists} knows, for the next start. It holds no secret: providers stand in it by
 * a hash. A file that can't be read is as good as none.
 */
public final class ModelListFile {
    private static final Logger LOG = LoggerFactory.getLogger(ModelListFile.class);
    private static final int FORMAT = 1;
    /** A provider that was not seen for so long is forgotten. */
    private static final Duration LONGEST = Duration.ofDays(30);

    private final @Nullable JsonFile file;
    private final ModelLists lists;
    private final Thread reader;
    private volatile long saved;
    private boolean warned;

    /**
     * Reads the file in the background: a start does not wait for it.
     *
     * @param folder null: nothing is kept
     */
    public ModelListFile(@Nullable Path folder, ObjectMapper json, ModelLists lists) {
        this.file = folder == null ? null : new JsonFile(folder.resolve("model-lists.json"), json, FORMAT);
        this.lists = lists;
        this.reader = Thread.ofVirtual().name("serai-model-lists").start(this::read);
    }

    /** Returns when the file has been read. */
    public void awaitRead() throws InterruptedException {
        reader.join();
    }

    private void read() {
        if (file == null) {
            return;
        }
        try {
            JsonNode root = file.read();
            Map<String, ModelLists.Kept> kept = new LinkedHashMap<>();
            root.path("providers").properties().forEach(e -> kept.put(e.getKey(), KeptJson.read(e.getValue())));
            lists.recall(kept);
            saved = lists.version();
        } catch (NoSuchFileException e) {
            LOG.debug("No model lists are kept yet");
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            LOG.warn("{} can't be read and is ignored ({})", file, e.getClass().getSimpleName());
        }
    }

    /** Writes what has changed since the last time, all or nothing. */
    public synchronized void save() {
        long version = lists.version();
        if (file == null || version == saved) {
            return;
        }
        ObjectNode root = file.begin();
        ObjectNode providers = root.putObject("providers");
        Instant oldest = Instant.now().minus(LONGEST);
        lists.kept().forEach((id, kept) -> {
            if (kept.fetchedAt() == null
                    ? !kept.lessons().isEmpty()
                    : kept.fetchedAt().isAfter(oldest)) {
                providers.set(id, KeptJson.write(kept));
            }
        });
        try {
            file.write(root);
            saved = version;
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                LOG.warn("{} can't be written, so the next start fetches every list ({})", file, e.toString());
            }
        }
    }
}
