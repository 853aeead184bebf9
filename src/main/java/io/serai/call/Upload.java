package io.serai.call;

import java.nio.file.Path;
import java.util.List;

/**
 * A form that a client sent, with its files. The files lie in the broker's own folder until the call is complete.
 *
 * @param parts in the order in which they came
 */
public record Upload(List<Part> parts) {

    public sealed interface Part {
        String name();
    }

    /** A field's text. */
    public record Field(String name, String value) implements Part {}

    /**
     * A file.
     *
     * @param filename as the client called it; it names nothing on this machine
     * @param path where its bytes are
     */
    public record File(String name, String filename, String contentType, Path path, long bytes) implements Part {}

    /** The files of that name, with or without the brackets that stand for a list. */
    public List<File> files(String name) {
        return parts.stream()
                .filter(p ->
                        p instanceof File && (p.name().equals(name) || p.name().equals(name + "[]")))
                .map(File.class::cast)
                .toList();
    }
}
