package io.serai.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the file backend's routes. A file begins with a line of JSON that says what it holds, {@code {prefix, kind, path,
 * provider, model}}; the rest is the cache's. camel-file writes it whole or not at all.
 */
final class Folder {
    private static final String WRITING = ".tmp";
    /** Older than that, whoever was writing it is dead. */
    private static final Duration ABANDONED = Duration.ofMinutes(10);
    /** More than the beginning of any entry. */
    private static final int BEGINNING = 4096;

    private final Path folder;
    private final ObjectMapper json;

    Folder(Path folder, ObjectMapper json) {
        this.folder = folder;
        this.json = json;
    }

    /** By the names that the routes use. */
    Map<String, Processor> names() {
        return Map.of(
                "fileOpen", this::read,
                "fileName", this::name,
                "fileClear", this::clear,
                "fileSize", this::size,
                "filePurge", this::purge);
    }

    /** Below the folder; a kind and a hash hold no character that means anything to a file system. */
    private static String name(CacheKey key) {
        return key.kind() + "/" + key.hash().substring(0, 2) + "/" + key.hash();
    }

    private void read(Exchange exchange) throws IOException {
        CacheKey key = exchange.getMessage().getBody(CacheKey.class);
        byte[] file;
        try {
            file = Files.readAllBytes(folder.resolve(name(key)));
        } catch (NoSuchFileException e) {
            exchange.getMessage().setBody(null);
            return;
        }
        int line = lineEnd(file);
        boolean ours =
                line > 0 && key.prefix().equals(label(file, line).path("prefix").asText());
        exchange.getMessage().setBody(ours ? Arrays.copyOfRange(file, line + 1, file.length) : null);
    }

    /** The body becomes the file's content, and the header says its name. */
    private void name(Exchange exchange) throws IOException {
        CacheEntry entry = exchange.getMessage().getBody(CacheEntry.class);
        ObjectNode label = json.createObjectNode()
                .put("prefix", entry.key().prefix())
                .put("kind", entry.getKind())
                .put("path", entry.path())
                .put("provider", entry.provider())
                .put("model", entry.model());
        ByteArrayOutputStream file = new ByteArrayOutputStream(entry.getSize() + 256);
        file.write(json.writeValueAsBytes(label));
        file.write('\n');
        file.write(entry.bytes());
        exchange.getMessage().setHeader(Exchange.FILE_NAME, name(entry.key()));
        exchange.getMessage().setBody(file.toByteArray());
    }

    private static int lineEnd(byte[] file) {
        int at = 0;
        while (at < file.length && file[at] != '\n') {
            at++;
        }
        return at < file.length ? at : -1;
    }

    private JsonNode label(byte[] file, int line) {
        try {
            return json.readTree(file, 0, line);
        } catch (IOException e) {
            return json.missingNode(); // torn, or no file of ours
        }
    }

    /**
     * What a file's beginning says.
     *
     * @param label missing when it is none of ours
     * @param expiresAt milliseconds since 1970, 0 when it does not say
     */
    private record Kept(Path file, JsonNode label, long expiresAt, long storedAt, long bytes) {}

    private void clear(Exchange exchange) throws IOException {
        CacheScope scope = exchange.getMessage().getBody(CacheScope.class);
        long gone = 0;
        for (Kept kept : all()) {
            JsonNode label = kept.label();
            boolean covered = label.path("prefix").asText().equals(scope.prefix())
                    && scope.covers(
                            label.path("kind").asText(),
                            label.path("path").asText(),
                            label.path("provider").asText(),
                            label.path("model").asText());
            if (covered && Files.deleteIfExists(kept.file())) {
                gone++;
            }
        }
        exchange.getMessage().setBody(gone);
    }

    private void size(Exchange exchange) throws IOException {
        List<Kept> all = all();
        exchange.getMessage()
                .setBody(new CacheSize(
                        all.size(), all.stream().mapToLong(Kept::bytes).sum()));
    }

    /** Files of other brokers in the same folder stay, but for those that nobody could read. */
    private void purge(Exchange exchange) throws IOException {
        CacheBounds bounds = exchange.getMessage().getBody(CacheBounds.class);
        List<Kept> left = new ArrayList<>();
        for (Kept kept : all()) {
            boolean others = kept.label().isObject()
                    && !kept.label().path("prefix").asText().equals(bounds.prefix());
            if (kept.expiresAt() <= bounds.now() && !others) {
                Files.deleteIfExists(kept.file());
            } else if (!others) {
                left.add(kept);
            }
        }
        left.sort(Comparator.comparingLong(Kept::storedAt).reversed());
        long entries = 0;
        long bytes = 0;
        long evicted = 0;
        for (Kept kept : left) {
            entries++;
            bytes += kept.bytes();
            if ((entries > bounds.maxEntries() || bytes > bounds.maxBytes()) && Files.deleteIfExists(kept.file())) {
                evicted++;
            }
        }
        exchange.getMessage().setBody(evicted);
    }

    private List<Kept> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Kept> all = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Kept kept = attributes.isRegularFile() ? kept(file) : null;
                if (kept != null) {
                    all.add(kept);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException why) throws IOException {
                if (why instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // another was faster
                }
                throw why;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException why) throws IOException {
                return why == null ? FileVisitResult.CONTINUE : visitFileFailed(visited, why);
            }
        });
        return all;
    }

    private @Nullable Kept kept(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long modified = Files.getLastModifiedTime(file).toMillis();
            if (file.toString().endsWith(WRITING)) {
                boolean dead = System.currentTimeMillis() - modified > ABANDONED.toMillis();
                return dead ? new Kept(file, json.missingNode(), 0, modified, 0) : null;
            }
            byte[] beginning = in.readNBytes(BEGINNING);
            int line = lineEnd(beginning);
            long expiresAt = line < 0 ? 0 : Parcel.expiry(Arrays.copyOfRange(beginning, line + 1, beginning.length));
            JsonNode label = line < 0 ? json.missingNode() : label(beginning, line);
            return new Kept(file, label, expiresAt, modified, Files.size(file));
        } catch (NoSuchFileException e) {
            return null; // another was faster
        }
    }
}
