package io.serai.call;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Parts as a {@code multipart/form-data} body (RFC 7578, names escaped as browsers do). Files are read when the body is sent,
 * a piece at a time, and it can be sent again.
 */
public final class Multipart {
    private final String boundary = "serai-" + UUID.randomUUID();
    private final List<Segment> segments = new ArrayList<>();

    /** A stretch of the body. */
    public sealed interface Segment {
        long bytes();
    }

    public record Text(byte[] text) implements Segment {
        @Override
        public long bytes() {
            return text.length;
        }
    }

    public record Content(Path path, long bytes) implements Segment {}

    public Multipart(List<Upload.Part> parts) {
        for (Upload.Part part : parts) {
            String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + escaped(part.name()) + "\"";
            switch (part) {
                case Upload.Field field -> text(head + "\r\n\r\n" + field.value() + "\r\n");
                case Upload.File file -> {
                    text(head + "; filename=\"" + escaped(file.filename()) + "\"\r\nContent-Type: "
                            + file.contentType().replaceAll("[^\\x20-\\x7e]", "") + "\r\n\r\n");
                    segments.add(new Content(file.path(), file.bytes()));
                    text("\r\n");
                }
            }
        }
        text("--" + boundary + "--\r\n");
    }

    private void text(String text) {
        segments.add(new Text(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String escaped(String name) {
        return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
    }

    public String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    public List<Segment> segments() {
        return segments;
    }

    public long bytes() {
        return segments.stream().mapToLong(Segment::bytes).sum();
    }

    public void writeTo(OutputStream out) throws IOException {
        for (Segment segment : segments) {
            switch (segment) {
                case Text text -> out.write(text.text());
                case Content content -> Files.copy(content.path(), out);
            }
        }
    }
}
