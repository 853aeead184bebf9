package io.serai.stream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The specification's text turned into code line by line, with the whole stream at hand: slow and plainly right. */
final class SseReference {
    /** An event; the data as Latin 1, one character a byte, so that bytes which are no UTF-8 are compared too. */
    record Event(@Nullable String type, String data) {
        static Event of(@Nullable String type, byte[] bytes, int from, int to) {
            return new Event(type, new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        }

        /** With the data given as text. */
        static Event text(@Nullable String type, String data) {
            byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
            return of(type, bytes, 0, bytes.length);
        }
    }

    private SseReference() {}

    static List<Event> parse(byte[] stream) {
        String text = new String(stream, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u00EF\u00BB\u00BF")) {
            text = text.substring(3);
        }
        String[] lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", -1);
        List<Event> events = new ArrayList<>();
        List<String> data = new ArrayList<>();
        String type = "";
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            boolean last = i == lines.length - 1; // what follows the last line end: unfinished, or nothing at all
            if (line.isEmpty() && !last) {
                if (!data.isEmpty()) {
                    events.add(new Event(type.isEmpty() ? null : utf8(type), String.join("\n", data)));
                }
                data.clear();
                type = "";
                continue;
            }
            int colon = line.indexOf(':');
            String name = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            if (value.startsWith(" ")) {
                value = value.substring(1);
            }
            if (name.equals("data")) {
                data.add(value);
            } else if (name.equals("event")) {
                type = value;
            }
        }
        if (!String.join("\n", data).isEmpty()) {
            events.add(new Event(type.isEmpty() ? null : utf8(type), String.join("\n", data)));
        }
        return events;
    }

    private static String utf8(String latin1) {
        return new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
