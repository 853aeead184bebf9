package io.serai.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.serai.stream.SseReference.Event;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseParserTest {
    /** Everything at once: mark, both kinds of events, every line end, comments, empty fields, characters of 2 to 4 bytes. */
    private static final String SAMPLE =
            "\uFEFFevent: message_start\r\ndata: {\"a\":\"\u00E9\u20AC\uD83D\uDE80\"}\r\n\r\n"
                    + ": keepalive\r\n\r\n"
                    + "data:no space\rdata:  two spaces\rdata\r\r"
                    + "id: 7\nretry: 10\nevent: odd \u00FC\ndata: x\n: between\ndata: y\n\n\n"
                    + "event: forgotten\n\n"
                    + "data\n\n"
                    + "datax: no\nevents: no\ndat: no\nevent: first\nevent:content_block_delta\ndata: {}\r\n\n\r"
                    + "event: error\nevent\ndata: [DONE]\n\n"
                    + "event: ping\ndata: trailing";

    private static final List<Event> SAMPLE_EVENTS = List.of(
            Event.text("message_start", "{\"a\":\"\u00E9\u20AC\uD83D\uDE80\"}"),
            Event.text(null, "no space\n two spaces\n"),
            Event.text("odd \u00FC", "x\ny"),
            Event.text(null, ""),
            Event.text("content_block_delta", "{}"),
            Event.text(null, "[DONE]"),
            Event.text("ping", "trailing"));

    @Test
    void readsTheSampleWhole() {
        assertThat(parse(utf8(SAMPLE), SAMPLE.length() * 3)).isEqualTo(SAMPLE_EVENTS);
        assertThat(SseReference.parse(utf8(SAMPLE))).isEqualTo(SAMPLE_EVENTS);
    }

    @Test
    void readsTheSampleSplitAtEveryByte() {
        byte[] bytes = utf8(SAMPLE);
        for (int split = 0; split <= bytes.length; split++) {
            assertThat(parse(bytes, split)).as("split at %d", split).isEqualTo(SAMPLE_EVENTS);
        }
    }

    @Test
    void readsTheSampleSplitAtEveryTwoBytes() {
        byte[] bytes = utf8(SAMPLE);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                if (!parse(bytes, first, second).equals(SAMPLE_EVENTS)) {
                    assertThat(parse(bytes, first, second))
                            .as("split at %d, %d", first, second)
                            .isEqualTo(SAMPLE_EVENTS);
                }
            }
        }
    }

    @Test
    void readsTheSampleByteByByte() {
        byte[] bytes = utf8(SAMPLE);
        int[] everywhere = new int[bytes.length];
        Arrays.setAll(everywhere, i -> i);

        assertThat(parse(bytes, everywhere)).isEqualTo(SAMPLE_EVENTS);
    }

    @Test
    void takesAMarkForOneOnlyWhenItIsWholeAndFirst() {
        byte[] half = "\u00EF\u00BBdata: x\n\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] twice = utf8("\uFEFF\uFEFFdata: x\n\n");
        byte[] later = utf8("data: x\n\n\uFEFFdata: y\n\n");

        for (int split = 0; split < 6; split++) {
            assertThat(parse(half, split)).isEmpty();
            assertThat(parse(twice, split)).isEmpty();
            assertThat(parse(later, split)).containsExactly(Event.text(null, "x"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'data', 0",
        "'data:', 0",
        "'data:\n', 0",
        "'data: x', 1",
        "'data: x\n', 1",
        "'data: x\r', 1",
        "'data: x\nevent', 1",
        "'event: x', 0",
        "': data: x', 0",
    })
    void endsWithATrailingEventOnlyIfItHasData(String stream, int events) {
        assertThat(parse(utf8(stream))).hasSize(events);
    }

    @Test
    void isAsNewAfterTheEnd() {
        SseParser parser = new SseParser(100);
        List<Event> events = new ArrayList<>();
        byte[] first = utf8("event: a\ndata: cut\r");
        byte[] second = utf8("\uFEFFdata: next\n\n");

        parser.feed(first, 0, first.length, collect(events));
        parser.end(collect(events));
        parser.feed(second, 0, second.length, collect(events));
        parser.end(collect(events));

        assertThat(events).containsExactly(Event.text("a", "cut"), Event.text(null, "next"));
    }

    @Test
    void handsOutTheFedArrayWhenTheEventLiesWithinIt() {
        byte[] bytes = utf8("..event: ping\ndata: one\n\ndata: two\n\n..");
        List<int[]> slices = new ArrayList<>();

        new SseParser(100).feed(bytes, 2, bytes.length - 2, (type, data, from, to) -> {
            assertThat(data).isSameAs(bytes);
            slices.add(new int[] {from, to});
        });

        assertThat(slices).containsExactly(new int[] {20, 23}, new int[] {31, 34});
    }

    @Test
    void allocatesNothingForWholeEvents() {
        byte[] bytes = utf8("event: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\ndata: {}\r\n\r\n");
        SseParser parser = new SseParser(1000);
        int[] count = {0};
        SseParser.Handler handler = (type, data, from, to) -> count[0]++;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        parser.feed(bytes, 0, bytes.length, handler); // loads classes
        threads.getCurrentThreadAllocatedBytes();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            parser.feed(bytes, 0, bytes.length, handler);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(count[0]).isEqualTo(20_002);
        assertThat(allocated).isLessThan(10_000); // less than a byte a feed; the smallest object has 16
        assertThat(parser.heldBytes()).isZero();
    }

    @Test
    void makesNoNewStringForKnownTypesEvenWhenSplit() {
        List<String> types = new ArrayList<>();
        byte[] bytes = utf8("event: content_block_delta\ndata: {}\n\n");
        SseParser parser = new SseParser(100);

        parser.feed(bytes, 0, 12, (type, data, from, to) -> types.add(type));
        parser.feed(bytes, 12, bytes.length, (type, data, from, to) -> types.add(type));

        assertThat(types).hasSize(1);
        assertThat(types.get(0)).isSameAs("content_block_delta");
    }

    @Test
    void allowsAnEventOfExactlyTheLimit() {
        byte[] bytes = utf8("event: abcd\ndata: 123\ndata: 56\n\n"); // 4 + 6
        for (int split = 0; split <= bytes.length; split++) {
            assertThat(parse(10, bytes, split)).containsExactly(Event.text("abcd", "123\n56"));
            int at = split;
            assertThatThrownBy(() -> parse(9, bytes, at)).isInstanceOf(EventTooLargeException.class);
        }
    }

    @Test
    void refusesAnEventWithoutEndAndEveryFeedAfterIt() {
        SseParser parser = new SseParser(10_000);
        byte[] start = utf8("data: fine\n\ndata: ");
        byte[] more = utf8("x".repeat(999));
        byte[] next = utf8("\n\ndata: next\n\n");
        List<Event> events = new ArrayList<>();
        parser.feed(start, 0, start.length, collect(events));

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 11; i++) {
                        parser.feed(more, 0, more.length, collect(events));
                    }
                })
                .isInstanceOf(EventTooLargeException.class)
                .hasMessageContaining("10000");
        assertThatThrownBy(() -> parser.feed(next, 0, next.length, collect(events)))
                .isInstanceOf(EventTooLargeException.class);
        parser.end(collect(events));

        assertThat(events).containsExactly(Event.text(null, "fine"));
        assertThat(parser.heldBytes()).isZero();
    }

    @Test
    void keepsNothingOfCommentsAndUnknownFieldsHoweverLong() {
        SseParser parser = new SseParser(10);
        byte[] more = utf8("x".repeat(100_000));
        List<Event> events = new ArrayList<>();
        for (String field : List.of(": ", "id: ", "unknown")) {
            byte[] start = utf8(field);
            parser.feed(start, 0, start.length, collect(events));
            parser.feed(more, 0, more.length, collect(events));
            assertThat(parser.heldBytes()).isZero();
            parser.feed(utf8("\ndata: ok\n\n"), 0, 11, collect(events));
        }

        assertThat(events).hasSize(3).containsOnly(Event.text(null, "ok"));
    }

    @Test
    void givesALargeBufferBack() {
        SseParser parser = new SseParser(1_000_000);
        byte[] bytes = utf8("data: " + "x".repeat(500_000) + "\n\n");

        parser.feed(bytes, 0, 1000, (type, data, from, to) -> {});
        parser.feed(
                bytes,
                1000,
                bytes.length,
                (type, data, from, to) -> assertThat(to - from).isEqualTo(500_000));

        assertThat(parser.heldBytes()).isZero();
    }

    private static List<Event> parse(byte[] bytes, int... splits) {
        return parse(1_000_000, bytes, splits);
    }

    /** Feeds every piece in an array of its own that is overwritten afterwards, as network buffers are. */
    static List<Event> parse(int maxEventBytes, byte[] bytes, int... splits) {
        SseParser parser = new SseParser(maxEventBytes);
        List<Event> events = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= splits.length; i++) {
            int to = i < splits.length ? Math.min(splits[i], bytes.length) : bytes.length;
            byte[] piece = Arrays.copyOfRange(bytes, from, Math.max(from, to));
            parser.feed(piece, 0, piece.length, collect(events));
            Arrays.fill(piece, (byte) '#');
            from = Math.max(from, to);
        }
        parser.end(collect(events));
        return events;
    }

    static SseParser.Handler collect(List<Event> events) {
        return (type, bytes, from, to) -> events.add(Event.of(type, bytes, from, to));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
