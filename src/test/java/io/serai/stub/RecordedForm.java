package io.serai.stub;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request's multipart body, taken apart as strictly as RFC 7578 has it. */
public record RecordedForm(List<Part> parts) {
    private static final Pattern DISPOSITION = Pattern.compile(
            "Content-Disposition: form-data; name=\"([^\"]*)\"(?:; filename=\"([^\"]*)\")?(?:\r\nContent-Type: (.*))?");

    /** @param filename null for a field */
    public record Part(
            String name,
            @Nullable String filename,
            @Nullable String contentType,
            byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    public static RecordedForm of(RecordedRequest request) {
        String type = String.valueOf(request.header("content-type"));
        if (!type.startsWith("multipart/form-data; boundary=")) {
            throw new AssertionError("no form: " + type);
        }
        String boundary = "--" + type.substring(type.indexOf('=') + 1);
        String body = new String(request.body(), StandardCharsets.ISO_8859_1); // a character a byte
        if (!body.startsWith(boundary + "\r\n") || !body.endsWith("\r\n" + boundary + "--\r\n")) {
            throw new AssertionError("the form has no proper beginning or end");
        }
        List<Part> parts = new ArrayList<>();
        String inner = body.substring(boundary.length() + 2, body.length() - boundary.length() - 6);
        for (String part : inner.split(Pattern.quote("\r\n" + boundary + "\r\n"), -1)) {
            int gap = part.indexOf("\r\n\r\n");
            String head =
                    new String(part.substring(0, gap).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            Matcher matcher = DISPOSITION.matcher(head);
            if (!matcher.matches()) {
                throw new AssertionError("a part's head is wrong: " + head);
            }
            parts.add(new Part(
                    matcher.group(1),
                    matcher.group(2),
                    matcher.group(3),
                    part.substring(gap + 4).getBytes(StandardCharsets.ISO_8859_1)));
        }
        return new RecordedForm(parts);
    }

    /** {@code name=text} of each field in order, {@code name:filename} of each file. */
    public List<String> summary() {
        return parts.stream()
                .map(p -> p.filename() == null ? p.name() + "=" + p.text() : p.name() + ":" + p.filename())
                .toList();
    }

    public Part part(String name) {
        return parts.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no part " + name));
    }
}
