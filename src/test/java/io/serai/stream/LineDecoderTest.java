package io.serai.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineDecoderTest {
    private static final String LINES = "{\"a\":1}\n\n{\"ü\":\"\\n\"}\r\n  \n{\"last\":true}";

    @Test
    void whereTheBytesAreSplitMakesNoDifference() {
        byte[] bytes = LINES.getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            List<String> events = new ArrayList<>();
            LineDecoder decoder = new LineDecoder(100);
            for (int at = 0; at < bytes.length; at += size) {
                byte[] part = java.util.Arrays.copyOfRange(bytes, at, Math.min(at + size, bytes.length));
                decoder.feed(part, 0, part.length, (type, data, from, to) -> events.add(text(data, from, to)));
                java.util.Arrays.fill(part, (byte) 'x');
            }
            decoder.end((type, data, from, to) -> events.add(text(data, from, to)));
            assertThat(events)
                    .as("pieces of " + size)
                    .containsExactly("{\"a\":1}", "{\"ü\":\"\\n\"}", "{\"last\":true}");
        }
    }

    @Test
    void aLineWithoutEndIsNotGatheredForEver() {
        LineDecoder decoder = new LineDecoder(64);
        byte[] part = "x".repeat(40).getBytes(StandardCharsets.UTF_8);
        decoder.feed(part, 0, part.length, (type, data, from, to) -> {});
        assertThatThrownBy(() -> decoder.feed(part, 0, part.length, (type, data, from, to) -> {}))
                .isInstanceOf(EventTooLargeException.class);
        assertThatThrownBy(() -> decoder.feed(part, 0, 1, (type, data, from, to) -> {}))
                .isInstanceOf(EventTooLargeException.class);
    }

    private static String text(byte[] data, int from, int to) {
        return new String(data, from, to - from, StandardCharsets.UTF_8).strip();
    }
}
