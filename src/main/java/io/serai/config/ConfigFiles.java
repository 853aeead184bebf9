package io.serai.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the files: the operator's in the folder, the shipped ones on the class path below {@code config/}. */
final class ConfigFiles {
    private final @Nullable Path folder;
    private final Shipped shipped;
    private final Findings findings;

    ConfigFiles(@Nullable Path folder, Shipped shipped, Findings findings) {
        this.folder = folder;
        this.shipped = shipped;
        this.findings = findings;
        if (folder != null && !Files.isDirectory(folder)) {
            findings.problem(folder.toString(), 0, "", "is not a folder; the configuration is read from there");
        }
    }

    /** Where shipped files come from. */
    interface Shipped {
        /** The text, null when there is no such file. */
        @Nullable
        String text(String name);

        /** What the jar holds. */
        Shipped CLASS_PATH = name -> {
            try (InputStream in = ConfigFiles.class.getResourceAsStream("/config/" + name)) {
                return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalStateException("config/" + name + " on the class path can't be read", e);
            }
        };
    }

    /** @param name as messages call it */
    record Text(String name, String text) {}

    boolean has(String name) {
        return folder != null && Files.exists(folder.resolve(name));
    }

    /** The operator's; empty when there is none, or, after a report, when it can't be read. */
    Optional<Text> operators(String name) {
        if (folder == null || !has(name)) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
            return Optional.of(new Text(name, text.startsWith("\uFEFF") ? text.substring(1) : text));
        } catch (CharacterCodingException e) {
            findings.problem(name, 0, "", "is not UTF-8");
        } catch (IOException e) {
            findings.problem(name, 0, "", "can't be read (" + e.getClass().getSimpleName() + ")");
        }
        return Optional.empty();
    }

    Optional<Text> shipped(String name) {
        return Optional.ofNullable(shipped.text(name)).map(text -> new Text(name + " (shipped)", text));
    }
}
