package io.serai.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.stream.SseReference.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** What holds for every stream, however it is written and split. */
class SseParserPropertiesTest {
    record Sent(@Nullable String type, String data) {}

    @Property(tries = 2000)
    void givesTheEventsThatWereSentHoweverWrittenAndSplit(@ForAll("events") List<Sent> sent, @ForAll Random random) {
        byte[] stream = render(sent, random);
        List<Event> expected =
                sent.stream().map(one -> Event.text(one.type(), one.data())).toList();

        assertThat(SseReference.parse(stream)).isEqualTo(expected);
        assertThat(SseParserTest.parse(1_000_000, stream)).isEqualTo(expected);
        assertThat(SseParserTest.parse(1_000_000, stream, splits(stream.length, random)))
                .isEqualTo(expected);
    }

    @Property(tries = 5000)
    void agreesWithTheReferenceOnRubbish(@ForAll("rubbish") byte[] stream, @ForAll Random random) {
        List<Event> expected = SseReference.parse(stream);

        assertThat(SseParserTest.parse(1_000_000, stream, splits(stream.length, random)))
                .isEqualTo(expected);
    }

    @Property(tries = 5000)
    void failsOnRubbishOnlyByTheLimitAndHoldsNoMoreThanIt(@ForAll("rubbish") byte[] stream, @ForAll Random random) {
        int limit = 1 + random.nextInt(12);

        Outcome whole = run(limit, stream, new int[0]);
        Outcome split = run(limit, stream, splits(stream.length, random));

        assertThat(split).isEqualTo(whole);
        List<Event> all = SseReference.parse(stream);
        assertThat(whole.events())
                .isEqualTo(whole.tooLarge() ? all.subList(0, whole.events().size()) : all);
    }

    record Outcome(List<Event> events, boolean tooLarge) {}

    private static Outcome run(int limit, byte[] stream, int[] splits) {
        SseParser parser = new SseParser(limit);
        List<Event> events = new ArrayList<>();
        SseParser.Handler handler = SseParserTest.collect(events);
        boolean tooLarge = false;
        try {
            int from = 0;
            for (int i = 0; i <= splits.length; i++) {
                int to = i < splits.length ? splits[i] : stream.length;
                parser.feed(stream, from, to, handler);
                assertThat(parser.heldBytes()).isLessThanOrEqualTo(2 * limit); // data and type
                from = to;
            }
            parser.end(handler);
        } catch (EventTooLargeException e) {
            tooLarge = true;
        }
        assertThat(parser.heldBytes()).isLessThanOrEqualTo(2 * limit);
        return new Outcome(events, tooLarge);
    }

    @Provide
    Arbitrary<List<Sent>> events() {
        Arbitrary<String> line = Arbitraries.strings()
                .withChars(" :{}\"abcdeit\u00E9\u20AC\uFEFF\u2028")
                .ofMaxLength(12)
                .list()
                .ofMaxSize(3)
                .map(parts -> String.join("\uD83D\uDE80", parts)); // a rocket: four bytes, two chars
        Arbitrary<String> data = line.list().ofMinSize(1).ofMaxSize(4).map(lines -> String.join("\n", lines));
        Arbitrary<String> type = Arbitraries.of(
                        "message_start", "content_block_delta", "error", "ping", "own", "\u00FC \uD83D\uDE80")
                .injectNull(0.4);
        return Combinators.combine(type, data).as(Sent::new).list().ofMaxSize(6);
    }

    /** Pieces of streams in any order, and any bytes between them: pure noise would hardly ever make an event. */
    @Provide
    Arbitrary<byte[]> rubbish() {
        Arbitrary<byte[]> piece = Arbitraries.of(
                        "data",
                        "event",
                        ":",
                        " ",
                        "\n",
                        "\r",
                        "\r\n",
                        "\n\n",
                        "\uFEFF",
                        "data: x",
                        "event: ping",
                        "id: 1",
                        "\u20AC",
                        "dat")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(3);
        return Arbitraries.frequencyOf(Tuple.of(6, piece), Tuple.of(1, noise))
                .list()
                .ofMaxSize(40)
                .map(SseParserPropertiesTest::join);
    }

    private static byte[] join(List<byte[]> pieces) {
        byte[] all = new byte[pieces.stream().mapToInt(piece -> piece.length).sum()];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }

    private static byte[] render(List<Sent> events, Random random) {
        StringBuilder out = new StringBuilder(random.nextInt(4) == 0 ? "\uFEFF" : "");
        for (Sent event : events) {
            noise(out, random);
            boolean typeLast = random.nextBoolean();
            if (event.type() != null && !typeLast) {
                field(out, "event", event.type(), random);
            }
            for (String line : event.data().split("\n", -1)) {
                field(out, "data", line, random);
                noise(out, random);
            }
            if (event.type() != null && typeLast) {
                field(out, "event", event.type(), random);
            }
            end(out, random);
            while (random.nextInt(4) == 0) {
                end(out, random);
            }
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void field(StringBuilder out, String name, String value, Random random) {
        out.append(name);
        if (value.isEmpty() && random.nextInt(3) == 0) {
            end(out, random);
            return;
        }
        boolean space = value.startsWith(" ") || random.nextBoolean(); // a space of the value's own needs one before it
        out.append(space ? ": " : ":").append(value);
        end(out, random);
    }

    private static void noise(StringBuilder out, Random random) {
        if (random.nextInt(3) == 0) {
            out.append(List.of(": keepalive", ":", "id: 3", "retry: 100", "datum: x", "eventual")
                    .get(random.nextInt(6)));
            end(out, random);
        }
    }

    private static void end(StringBuilder out, Random random) {
        String end = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
        if (end.equals("\n") && !out.isEmpty() && out.charAt(out.length() - 1) == '\r') {
            end = "\r\n"; // an LF right after a CR would be the same line end
        }
        out.append(end);
    }

    private static int[] splits(int length, Random random) {
        int[] splits = new int[random.nextInt(1 + Math.min(length, 12))];
        Arrays.setAll(splits, i -> random.nextInt(length + 1));
        Arrays.sort(splits);
        return splits;
    }
}
