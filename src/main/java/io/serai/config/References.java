package io.serai.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces <code>{{env:NAME}}</code>, <code>{{env:NAME:default}}</code> and <code>{{file:PATH}}</code> in values. A path is
 * relative to the configuration's folder.
 */
final class References {
    private static final Pattern REFERENCE = Pattern.compile("\\{\\{\\s*([A-Za-z]+):([^{}]*)}}");

    /** A secret is short; this keeps a wrong path from filling the memory. */
    private static final int MAX_FILE_BYTES = 65536;

    private final @Nullable Path folder;
    private final Map<String, String> environment;

    References(@Nullable Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    static boolean isIn(String text) {
        return text.contains("{{") && REFERENCE.matcher(text).find();
    }

    /** @throws Dangling when a reference names nothing; its message says which, never what a value is */
    String resolve(String text) throws Dangling {
        if (!text.contains("{{")) {
            return text;
        }
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            String target = matcher.group(2).strip();
            String value =
                    switch (matcher.group(1)) {
                        case "env" -> variable(target);
                        case "file" -> content(target);
                        default -> throw new Dangling("`{{" + matcher.group(1)
                                + ":...}}` is not a reference; there are {{env:NAME}}, {{env:NAME:default}} and {{file:PATH}}");
                    };
            matcher.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(out).toString();
    }

    private String variable(String target) throws Dangling {
        int colon = target.indexOf(':');
        String name = (colon < 0 ? target : target.substring(0, colon)).strip();
        String value = environment.getOrDefault(name, "");
        if (!value.isBlank()) {
            return value.strip();
        }
        if (colon < 0) {
            throw new Dangling("{{env:" + name + "}}: the environment has no " + name
                    + " (or an empty one); set it, or write {{env:" + name + ":default}}");
        }
        return target.substring(colon + 1);
    }

    private String content(String target) throws Dangling {
        String shown = "{{file:" + target + "}}: ";
        try {
            Path path = Path.of(target);
            Path file = folder == null ? path : folder.resolve(path);
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            }
            if (bytes.length > MAX_FILE_BYTES) {
                throw new Dangling(shown + "the file is larger than " + MAX_FILE_BYTES + " bytes");
            }
            String value = new String(bytes, StandardCharsets.UTF_8).strip();
            if (value.isEmpty()) {
                throw new Dangling(shown + "the file is empty");
            }
            return value;
        } catch (InvalidPathException e) {
            throw new Dangling(shown + "not a path");
        } catch (IOException e) {
            throw new Dangling(shown + "the file can't be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** A reference to nothing. */
    static final class Dangling extends Exception {
        private static final long serialVersionUID = 1L;

        Dangling(String message) {
            super(message);
        }
    }
}
