package io.serai.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What models are told where the broker asks them itself: the files of {@code prompts/} in the operator's folder, else those
 * in the jar. A file is read when it is needed, so an edit takes effect at once.
 */
public final class Prompts {
    private static final Logger LOG = LoggerFactory.getLogger(Prompts.class);
    private static final String FOLDER = "prompts";
    private final @Nullable Path folder;

    /** @param folder the operator's {@code config/}; null: only what the jar ships */
    public Prompts(@Nullable Path folder) {
        this.folder = folder;
    }

    /**
     * The text of a prompt; that of the jar while the operator's file can't be read.
     *
     * @param file its name, such as {@code autoselect.md}; one of those that ship
     */
    public String text(String file) {
        Path own = folder == null ? null : folder.resolve(FOLDER).resolve(file);
        if (own != null && Files.exists(own)) {
            try {
                return Files.readString(own, StandardCharsets.UTF_8);
            } catch (IOException e) {
                LOG.warn("{} can't be read ({}); the shipped text is used", own, e.getClass().getSimpleName());
            }
        }
        return shipped(file);
    }

    private static String shipped(String file) {
        try (InputStream in = Prompts.class.getResourceAsStream("/config/" + FOLDER + "/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("no prompt " + file + " ships");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the shipped prompt " + file + " can't be read", e);
        }
    }
}
