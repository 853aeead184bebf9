package io.serai.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.stub.Script;
import io.serai.stub.Scripts;
import io.serai.stub.StreamScript;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Vendors' streams in their documented shapes, whole and cut everywhere: the client gets a correct ending or a clear error,
 * never a silent end, and never {@code [DONE]} behind half an answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CutStreamsTest {
    private Vendors vendors;

    @BeforeAll
    void start() throws Exception {
        vendors = Vendors.startForFailures();
    }

    @AfterAll
    void stop() throws Exception {
        vendors.close();
    }

    @TestFactory
    Stream<DynamicTest> everyStream() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Kind kind : Kinds.ALL) {
            try (Stream<Path> files = Files.list(Golden.folder("streams/" + kind.name()))) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".sse") || name.endsWith(".ndjson")) {
                        tests.add(DynamicTest.dynamicTest(kind.name() + " " + name, () -> cutEverywhere(kind, file)));
                    }
                }
            }
        }
        assertThat(tests).isNotEmpty();
        return tests.stream();
    }

    private void cutEverywhere(Kind kind, Path file) throws Exception {
        String name = file.getFileName().toString();
        namesItsSource(file);
        List<String> events = events(Golden.text(file), name.endsWith(".ndjson"));
        StreamScript stream = Scripts.events(events.toArray(String[]::new)).headers("content-type", kind.streamType());
        Heard whole = hear(kind, stream);
        assertThat(whole.failed()).as(whole.toString()).isEqualTo(name.contains(".error."));
        assertThat(whole.finished()).as(whole.toString()).isNotEqualTo(name.contains(".error."));
        for (int bytes : new int[] {1, 7}) {
            assertThat(hear(kind, stream.inPieces(bytes)).choices()).isEqualTo(whole.choices());
        }
        if (name.endsWith(".sse")) {
            assertThat(hear(kind, stream.lineEnd("\r\n")).choices()).isEqualTo(whole.choices());
        }
        for (int i = 0; i < events.size(); i++) {
            check(whole, kind, i + " events, then closed", stream.cutAfter(i));
            check(whole, kind, i + " events, then the end", stream.endAfter(i));
            check(whole, kind, i + " events, then reset", stream.resetAfter(i));
            check(whole, kind, i + " events and a half, then closed", stream.cutWithin(i));
            check(whole, kind, i + " events and a half, then the end", half(kind, events, i));
        }
    }

    /** A transfer that ends in good order, though its last event is half there. */
    private static Script half(Kind kind, List<String> events, int whole) {
        List<String> some = new ArrayList<>(events.subList(0, whole));
        some.add(events.get(whole).substring(0, events.get(whole).length() / 2));
        return Scripts.events(some.toArray(String[]::new)).headers("content-type", kind.streamType());
    }

    private void check(Heard whole, Kind kind, String how, Script script) throws Exception {
        Heard heard = hear(kind, script);
        if (heard.finished()) {
            assertThat(heard.choices()).as(how + " looks finished").isEqualTo(whole.choices());
        } else {
            assertThat(heard.failed()).as(how + " ends with neither: " + heard).isTrue();
        }
        heard.choices()
                .forEach((index, said) -> said.forEach((part, text) -> assertThat(
                                whole.choices().getOrDefault(index, Map.of()).getOrDefault(part, ""))
                        .as(how)
                        .startsWith(text)));
    }

    /**
     * What a client makes of an answer.
     *
     * @param choices by index: each text of the deltas by its name, pieces joined, and how it finished
     */
    private record Heard(Map<Integer, Map<String, String>> choices, boolean finished, boolean failed, String body) {}

    private Heard hear(Kind kind, Script script) throws Exception {
        vendors.answer(script);
        HttpResponse<String> reply = vendors.chat("{\"model\":\"" + kind.name() + "/m\",\"stream\":true,"
                + "\"stream_options\":{\"include_usage\":true},"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}");
        Map<Integer, Map<String, String>> choices = new LinkedHashMap<>();
        if (reply.statusCode() != 200) {
            JsonNode error = Golden.JSON.readTree(reply.body()).path("error");
            assertThat(error.path("message").asText()).as(reply.body()).isNotBlank();
            return new Heard(choices, false, true, reply.body());
        }
        List<String> data = Chunks.data(reply.body());
        assertThat(data).as("a head and nothing more").isNotEmpty();
        boolean failed = false;
        for (String one : data) {
            assertThat(failed).as("something behind an error: " + reply.body()).isFalse();
            if (!one.equals("[DONE]")) {
                JsonNode chunk = Golden.JSON.readTree(one);
                failed = !chunk.path("error").path("message").asText().isEmpty();
                chunk.path("choices").forEach(choice -> gather(choice, choices));
            }
        }
        return new Heard(choices, data.getLast().equals("[DONE]"), failed, reply.body());
    }

    private static void gather(JsonNode choice, Map<Integer, Map<String, String>> choices) {
        Map<String, String> said = choices.computeIfAbsent(choice.path("index").asInt(), i -> new LinkedHashMap<>());
        choice.path("delta").properties().forEach(field -> {
            if (field.getKey().equals("tool_calls")) {
                field.getValue()
                        .forEach(call -> said.merge(
                                "tool " + call.path("index").asInt(),
                                call.path("function").path("name").asText()
                                        + call.path("function")
                                                .path("arguments")
                                                .asText(),
                                String::concat));
            } else if (field.getValue().isTextual() && !field.getKey().equals("role")) {
                said.merge(field.getKey(), field.getValue().textValue(), String::concat);
            }
        });
        if (choice.path("finish_reason").isTextual()) {
            said.merge("finish", choice.path("finish_reason").asText(), String::concat);
        }
        said.values().removeIf(String::isEmpty);
    }

    /** Each event with what ends it. */
    private static List<String> events(String text, boolean lines) {
        List<String> events = new ArrayList<>();
        for (String event : text.split(lines ? "\n" : "\n\n")) {
            if (!event.isBlank()) {
                events.add(event + (lines ? "\n" : "\n\n"));
            }
        }
        return events;
    }

    /** In its first line, or where NDJSON has no place for it, in the folder's {@code README.md} beside its name. */
    private static void namesItsSource(Path file) {
        String first = Golden.text(file).lines().findFirst().orElse("");
        if (!first.startsWith(": https://")) {
            assertThat(Golden.text(file.resolveSibling("README.md")))
                    .containsPattern("`" + file.getFileName() + "`[^\n]*https://");
        }
    }
}
