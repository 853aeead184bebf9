package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.broker.LogWatch;
import io.serai.broker.TestBroker;
import io.serai.call.Call;
import io.serai.call.Caller;
import io.serai.config.Settings;
import io.serai.stub.StubUpstream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
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

    /** A disk on which nothing can be made safe: it takes what is written, and fails when that is asked of it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theAnswerWaitsUntilTheRecordWouldOutlastAPowerCut(@TempDir Path folder) throws Exception {
        Settings.Ledger settings = new Settings.Ledger(
                true,
                true,
                false,
                Duration.ofHours(1), // by itself nothing is forced before that
                200,
                100,
                Duration.ofMinutes(1),
                Duration.ofDays(90),
                Duration.ofDays(3650),
                new Settings.Texts(false, 65_536, Duration.ofDays(7)));
        Call call = new Call("sealed", "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "test");
        Journal journal = new Journal(folder);
        journal.append(List.of("{}".getBytes(StandardCharsets.US_ASCII)));
        writeTo(journal, FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE));
        try (LogWatch log = new LogWatch();
                Ledger ledger = new Ledger(settings, journal)) {
            assertThat(ledger.seal(call)).isNotNull().succeedsWithin(Duration.ofSeconds(60));
            assertThat(log.text()).contains("is not safe from a power cut");
        }
    }

    private static void writeTo(Journal journal, FileChannel channel) throws Exception {
        Field open = Journal.class.getDeclaredField("open");
        open.setAccessible(true);
        Field out = Segment.class.getDeclaredField("out");
        out.setAccessible(true);
        Object segment = open.get(journal);
        ((FileChannel) out.get(segment)).close();
        out.set(segment, channel);
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
