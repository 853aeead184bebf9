package io.serai.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.serai.broker.LogWatch;
import io.serai.call.Call;
import io.serai.call.CallRecord;
import io.serai.call.Caller;
import io.serai.config.Settings;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that no row can be made of, and a thread that ends: what that does to the others. */
final class SpoiledRecordsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Journal.Position START = new Journal.Position(0, 0);
    /** A thread that does nothing and ends. */
    private static final ThreadFactory DEAD = work -> new Thread(() -> {});

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static Settings.Ledger settings(boolean refuse, int queue) {
        return new Settings.Ledger(
                true,
                true,
                refuse,
                Duration.ofMillis(50),
                200,
                queue,
                Duration.ofMinutes(1),
                Duration.ofDays(90),
                Duration.ofDays(3650),
                new Settings.Texts(false, 65_536, Duration.ofDays(7)));
    }

    private static Call call(String id) {
        return new Call(id, "/v1/chat/completions", Caller.unknown("127.0.0.1", true), null, "test");
    }

    /** A record whose attempts can't be listed. */
    private static CallRecord bad(String id, Supplier<CallRecord.Try> attempt) throws Exception {
        CallRecord good = call(id).soFar();
        List<CallRecord.Try> attempts = new AbstractList<>() {
            @Override
            public CallRecord.Try get(int index) {
                return attempt.get();
            }

            @Override
            public int size() {
                return 1;
            }
        };
        return Records.with(good, attempts);
    }

    private static List<String> ids(Journal journal) throws Exception {
        return journal.read(START, 100).stream()
                .map(entry -> new String(entry.row(), StandardCharsets.UTF_8))
                .map(row -> row.replaceAll(".*\"request_id\":\"(\\w+)\".*", "$1"))
                .toList();
    }

    @Test
    void aRecordThatCanNotBeWrittenLosesNoOther() throws Exception {
        try (LogWatch log = new LogWatch();
                Ledger ledger = new Ledger(settings(false, 100), new Journal(folder))) {
            ledger.keep(call("before").soFar(), null);
            ledger.keep(
                    bad("bad", () -> {
                        throw new IllegalStateException("no such attempt");
                    }),
                    null);
            ledger.keep(call("after").soFar(), null);
            await().until(() -> ids(ledger.journal()).contains("after"));
            assertThat(ids(ledger.journal())).containsExactly("before", "after");
            assertThat(ledger.spoiled().count()).isEqualTo(1);
            assertThat(ledger.state()).isEqualTo(Ledger.State.OK);
            assertThat(log.text()).contains("(bad) can't be put on record", "no such attempt");
        }
    }

    @Test
    void anErrorThatPassesLosesNothing() throws Exception {
        boolean[] thrown = {false};
        try (Ledger ledger = new Ledger(settings(false, 100), new Journal(folder))) {
            ledger.keep(
                    bad("short", () -> {
                        if (!thrown[0]) {
                            thrown[0] = true;
                            throw new StackOverflowError("for a moment");
                        }
                        return Records.attempt();
                    }),
                    null);
            ledger.keep(call("after").soFar(), null);
            await().until(() -> ids(ledger.journal()).contains("after"));
            assertThat(ids(ledger.journal())).containsExactly("short", "after");
            for (Journal.Entry entry : ledger.journal().read(START, 100)) {
                String attempts = JSON.readTree(entry.row()).path("attempts").asText("[]");
                assertThat(attempts).doesNotStartWith("[["); // nothing of the first try is left in it
                JSON.readTree(attempts);
            }
            assertThat(ledger.spoiled().count()).isZero();
        }
    }

    @Test
    void nobodyWaitsForARecordThatCanNotBeWritten() throws Exception {
        try (Ledger ledger = new Ledger(settings(false, 100), new Journal(folder))) {
            CompletableFuture<?> kept = ledger.seal(bad("sealed", () -> {
                throw new IllegalStateException("no such attempt");
            }));
            assertThat(kept).isNotNull().succeedsWithin(Duration.ofSeconds(60));
            assertThat(ledger.spoiled().count()).isEqualTo(1);
        }
    }

    /** Whoever takes them there may have ended, or hang. */
    @Test
    void rowsThatReachNoDatabaseAreToldThoughNothingFailed() throws Exception {
        try (Ledger ledger = new Ledger(settings(true, 100), new Journal(folder))) {
            ledger.keep(call("waiting").soFar(), null);
            assertThat(ledger.state()).isEqualTo(Ledger.State.OK);
            await().atMost(60, TimeUnit.SECONDS).until(() -> ledger.state() == Ledger.State.SPOOLING);
            assertThat(ledger.refuses()).isFalse();
            ledger.database(true);
            assertThat(ledger.state()).isEqualTo(Ledger.State.OK);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aThreadThatEndedIsToldAndTheOperatorChooses(boolean refuse) throws Exception {
        try (Ledger ledger = new Ledger(settings(refuse, 2), new Journal(folder), DEAD)) {
            await().atMost(60, TimeUnit.SECONDS).until(() -> ledger.state() == Ledger.State.STOPPED);
            assertThat(ledger.refuses()).isEqualTo(refuse);
            assertThat(ledger.seal(call("sealed"))).isNull();
            for (int i = 0; i < 5; i++) {
                ledger.keep(call("n" + i).soFar(), null);
            }
            assertThat(ledger.lost()).isEqualTo(3);
        }
        try (Journal journal = new Journal(folder)) { // what found room is written when the broker stops
            assertThat(ids(journal)).containsExactly("n0", "n1");
        }
    }

    /** There is room for the texts that wait, and not only for the first that ever came. */
    @Test
    void textsThatAreWrittenTakeNoRoom() throws Exception {
        Texts wordy = new Texts("x".repeat(5 * 1024 * 1024), null, false);
        try (Ledger ledger = new Ledger(settings(false, 100), new Journal(folder))) {
            Journal.Position at = START;
            for (int i = 0; i < 3; i++) {
                Journal.Position from = at;
                ledger.keep(call("n" + i).soFar(), wordy);
                await().until(() -> !ledger.journal().read(from, 1).isEmpty());
                Journal.Entry entry = ledger.journal().read(from, 1).getFirst();
                assertThat(entry.row()).as("row " + i).hasSizeGreaterThan(wordy.size());
                at = entry.after();
                await().until(() -> ledger.queued() == 0);
            }
        }
    }

    /** A disk that hangs fails no write: nobody says that the journal is down. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aQueueThatIsFullIsToldThoughNothingFailed(boolean refuse) throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        ThreadFactory hung = work -> new Thread(() -> {
            try {
                hangs.await();
            } catch (InterruptedException e) {
                return;
            }
            work.run();
        });
        try (Ledger ledger = new Ledger(settings(refuse, 2), new Journal(folder), hung)) {
            ledger.keep(call("first").soFar(), null);
            ledger.current(); // nobody else says so here, and after five seconds it would count
            assertThat(ledger.state()).isEqualTo(Ledger.State.OK);
            ledger.keep(call("second").soFar(), null);
            assertThat(ledger.state()).isEqualTo(Ledger.State.FAILING);
            assertThat(ledger.refuses()).isEqualTo(refuse);
            ledger.keep(call("third").soFar(), null);
            assertThat(ledger.lost()).isEqualTo(1);
            hangs.countDown();
            await().until(() -> {
                ledger.current();
                return ledger.state() == Ledger.State.OK;
            });
        }
    }

    /** Who asks how the ledger is does not wait for the disk that it hangs on. */
    @Test
    void whatWaitsIsCountedWhileItIsBeingWritten() throws Exception {
        try (Ledger ledger = new Ledger(settings(false, 100), new Journal(folder))) {
            Field field = Ledger.class.getDeclaredField("unwritten");
            field.setAccessible(true);
            Object unwritten = field.get(ledger);
            synchronized (unwritten) { // as the thread does while it writes
                CompletableFuture<Integer> queued = CompletableFuture.supplyAsync(ledger::queued);
                assertThat(queued).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(0);
            }
        }
    }

    /** As when memory is short just then: what was taken is written, and nobody waits for ever. */
    @Test
    void anErrorWhileRecordsAreAwaitedLosesNoneOfThem() throws Exception {
        CountDownLatch ready = new CountDownLatch(1);
        ThreadFactory later = work -> new Thread(() -> {
            try {
                ready.await();
            } catch (InterruptedException e) {
                return;
            }
            work.run();
        });
        try (Ledger ledger = new Ledger(settings(false, 100), new Journal(folder), later)) {
            Field queue = Ledger.class.getDeclaredField("queue");
            queue.setAccessible(true);
            queue.set(ledger, new ArrayBlockingQueue<Object>(100) {
                private boolean thrown;

                @Override
                public int drainTo(Collection<? super Object> to, int most) {
                    if (!thrown) {
                        thrown = true;
                        throw new OutOfMemoryError("for a moment");
                    }
                    return super.drainTo(to, most);
                }
            });
            CompletableFuture<?> kept = ledger.seal(call("sealed").soFar());
            ready.countDown();
            assertThat(kept).isNotNull().succeedsWithin(Duration.ofSeconds(60));
            assertThat(ids(ledger.journal())).containsExactly("sealed");
            assertThat(ledger.state()).isNotEqualTo(Ledger.State.STOPPED);
        }
    }
}
