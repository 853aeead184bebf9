package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.TestBroker;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code serai.ledger.sync=always}: who has the end of an answer finds its record in the journal, at once. */
final class SealTest {
    /** Without the wait most of the records come later than their answers, but not each of them. */
    private static final int REQUESTS = 40;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRecordIsInTheJournalBeforeTheAnswerEnds(boolean stream) throws Exception {
        try (StubUpstream stub = new StubUpstream();
                TestBroker broker = TestBroker.with()
                        .provider("acme", stub)
                        .set("serai.ledger.enabled", "true")
                        .set("serai.ledger.sync", "always")
                        .start()) {
            for (int i = 0; i < REQUESTS; i++) {
                String id = "sealed-" + i + "-";
                broker.post(
                        "/v1/chat/completions", TestBroker.body("acme/m", "\"stream\":" + stream), "x-request-id", id);
                assertThat(journal(broker.home().resolve("data/ledger"))).contains(id);
            }
        }
    }

    private static String journal(Path folder) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }
}
