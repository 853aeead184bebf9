package io.serai.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.stub.RecordedRequest;
import io.serai.stub.Scripts;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Every request in every kind's language, and every kind's answer in OpenAI's, plain and streamed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MatrixTest {
    private Vendors vendors;

    @BeforeAll
    void start() throws Exception {
        vendors = Vendors.start();
    }

    @AfterAll
    void stop() throws Exception {
        vendors.close();
    }

    @Test
    void everyKindHasACellForEveryRequestAndNoOther() {
        Set<String> requests = Golden.names(Golden.folder("matrix/requests"));
        for (Kind kind : Kinds.ALL) {
            Set<String> cells = Golden.names(Golden.folder("matrix/" + kind.name()));
            assertThat(without(requests, cells))
                    .as("cells that " + kind.name() + " lacks")
                    .isEmpty();
            assertThat(without(cells, requests))
                    .as("cells of " + kind.name() + " without a request")
                    .isEmpty();
        }
    }

    private static Set<String> without(Set<String> these, Set<String> those) {
        Set<String> rest = new TreeSet<>(these);
        rest.removeAll(those);
        return rest;
    }

    @TestFactory
    Stream<DynamicTest> cells() {
        Path requests = Golden.folder("matrix/requests");
        List<DynamicTest> tests = new ArrayList<>();
        for (Kind kind : Kinds.ALL) {
            Path folder = Golden.folder("matrix/" + kind.name());
            Set<String> names = Golden.names(requests);
            names.retainAll(Golden.names(folder)); // the others fail in a test of their own
            for (String name : names) {
                String title = kind.name() + " " + name;
                tests.add(DynamicTest.dynamicTest(title + " plain", () -> plain(cell(kind, requests, folder, name))));
                tests.add(DynamicTest.dynamicTest(
                        title + " streamed", () -> streamed(cell(kind, requests, folder, name))));
            }
        }
        return tests.stream();
    }

    private static Cell cell(Kind kind, Path requests, Path folder, String name) {
        return new Cell(kind, name, Golden.read(requests, name), Golden.read(folder, name));
    }

    private void plain(Cell cell) throws Exception {
        vendors.answer(
                cell.refused()
                        ? Scripts.status(500, "{}")
                        : Scripts.status(cell.status(), cell.answer().toString()));
        HttpResponse<String> reply = ask(cell, false);
        if (cell.refused()) {
            refused(cell, reply);
            return;
        }
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        same("the client's reply", cell.reply(), Golden.JSON.readTree(reply.body()));
        facts(cell, reply);
    }

    private void streamed(Cell cell) throws Exception {
        vendors.answer(
                cell.refused()
                        ? Scripts.status(500, "{}")
                        : Scripts.events(cell.events())
                                .headers("content-type", cell.kind().streamType()));
        HttpResponse<String> reply = ask(cell, true);
        if (cell.refused()) {
            refused(cell, reply);
            return;
        }
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.headers().firstValue("content-type").orElse("")).startsWith(Kind.SSE);
        List<JsonNode> chunks = Chunks.of(reply.body());
        List<JsonNode> wanted = cell.chunks();
        for (int i = 0; i < Math.max(wanted.size(), chunks.size()); i++) {
            if (i >= wanted.size() || i >= chunks.size()) {
                fail("expected %d chunks, but were %d:\n%s", wanted.size(), chunks.size(), reply.body());
            }
            same("chunk " + i, wanted.get(i), chunks.get(i));
        }
        rolesFirst(chunks);
        facts(cell, reply);
    }

    /** Sends it, and compares what the vendor got. */
    private HttpResponse<String> ask(Cell cell, boolean streamed) throws Exception {
        int before = vendors.chats(cell.kind()).size();
        HttpResponse<String> reply = vendors.chat(cell.body(streamed).toString());
        List<RecordedRequest> chats =
                vendors.chats(cell.kind()).stream().skip(before).toList();
        if (!cell.asked()) {
            assertThat(chats).as("the vendor is not asked").isEmpty();
            return reply;
        }
        assertThat(chats).as(reply.body()).hasSize(cell.attempts());
        RecordedRequest last = chats.getLast();
        assertThat(last.target()).isEqualTo(cell.kind().target(streamed, cell.model()));
        same("the vendor's request", cell.upstream(streamed), last.json());
        return reply;
    }

    private static void refused(Cell cell, HttpResponse<String> reply) throws Exception {
        assertThat(reply.statusCode())
                .as(reply.body())
                .isEqualTo(cell.refusal().path("status").asInt());
        JsonNode error = Golden.JSON.readTree(reply.body()).path("error");
        cell.refusal()
                .path("error")
                .properties()
                .forEach(e -> same("error." + e.getKey(), e.getValue(), error.path(e.getKey())));
        assertThat(error.path("message").asText()).isNotBlank();
    }

    private static void same(String what, JsonNode expected, JsonNode actual) {
        List<String> differences = Golden.differences(expected, actual);
        if (!differences.isEmpty()) {
            fail("%s:\n%s", what, String.join("\n", differences));
        }
    }

    private static void facts(Cell cell, HttpResponse<String> reply) {
        Set<String> adapted = new TreeSet<>();
        reply.headers()
                .firstValue("x-serai-params-adapted")
                .ifPresent(names -> adapted.addAll(List.of(names.split(","))));
        assertThat(adapted).isEqualTo(cell.adapted());
        assertThat(reply.headers().firstValue("x-serai-attempts")).hasValue(Integer.toString(cell.attempts()));
    }

    /** Each choice begins with a chunk that says its role. */
    private static void rolesFirst(List<JsonNode> chunks) {
        Set<Integer> begun = new HashSet<>();
        for (JsonNode chunk : chunks) {
            for (JsonNode choice : chunk.path("choices")) {
                if (begun.add(choice.path("index").asInt())) {
                    assertThat(choice.path("delta").path("role").asText())
                            .as("the role in the choice's first chunk, " + chunk)
                            .isEqualTo("assistant");
                }
            }
        }
    }
}
