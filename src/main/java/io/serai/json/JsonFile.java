package io.serai.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A JSON object that outlives the process, with a number for its format. Read and written whole; one writer at a time. */
public final class JsonFile {
    private final Path file;
    private final ObjectMapper json;
    private final int format;

    public JsonFile(Path file, ObjectMapper json, int format) {
        this.file = file;
        this.json = json;
        this.format = format;
    }

    /**
     * What was written last.
     *
     * @throws NoSuchFileException when nothing was
     * @throws IOException also for what is no JSON, and for another format
     */
    public JsonNode read() throws IOException {
        JsonNode root = json.readTree(Files.readAllBytes(file));
        if (root.path("format").asInt() != format) {
            throw new IOException("not of format " + format);
        }
        return root;
    }

    /** An object to fill and to {@link #write}. */
    public ObjectNode begin() {
        return json.createObjectNode().put("format", format);
    }

    /** All or nothing; whoever reads meanwhile finds the old one whole. */
    public void write(ObjectNode root) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path whole = Files.createTempFile(folder, file.getFileName().toString(), ".tmp");
        try {
            Files.write(whole, json.writeValueAsBytes(root));
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Its path, for messages. */
    @Override
    public String toString() {
        return file.toString();
    }
}
