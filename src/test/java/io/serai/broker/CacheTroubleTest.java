package io.serai.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.serai.ledger.MariaDb;
import io.serai.stub.StubUpstream;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of requests when the cache fails: nothing that a client could tell. */
final class CacheTroubleTest {
    private static final Duration SOON = CacheWatch.SOON;
    private StubUpstream stub;
    private TestBroker.Setup setup;
    private TestBroker broker;

    @BeforeEach
    void prepare() throws Exception {
        stub = new StubUpstream();
        setup = setup();
    }

    private TestBroker.Setup setup() throws Exception {
        return TestBroker.with()
                .set("serai.response-cache.enabled", "true")
                .set("serai.cache.upkeep", "100ms")
                .set("serai.cache.retry", "1s")
                .provider("acme", stub);
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
        stub.close();
    }

    private void start(String backend) throws Exception {
        broker = setup.set("serai.response-cache.backend", backend).start();
    }

    private boolean isHit(String what) throws Exception {
        HttpResponse<String> answer =
                broker.post("/v1/chat/completions", TestBroker.body("acme/m").replace("Hello", what));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.headers().firstValue("x-serai-cache").orElse("").equals("hit");
    }

    private JsonNode stats(String backend) throws Exception {
        return CacheWatch.stats(broker, backend);
    }

    private void awaitHit(String what) {
        CacheWatch.awaitHit(broker, () -> isHit(what));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "sqlite"})
    void whatIsOnTheDiskOutlivesTheBroker(String backend) throws Exception {
        Path kept = Files.createTempDirectory("serai-cache");
        try {
            setup = keepingIn(kept);
            start(backend);
            awaitHit("one");
            broker.close();
            setup = keepingIn(kept);
            start(backend);
            // the database is opened behind the start: a request before that is a miss
            await().atMost(SOON).until(() -> stats(backend).path("entries").asLong() == 1);
            int before = stub.requests().size();

            awaitHit("one");

            assertThat(stub.requests()).hasSize(before);
        } finally {
            delete(kept);
        }
    }

    /** They may be asked in its place, and would give what the operator has cleared. */
    @Test
    void whatStandInsHoldFromAnEarlierRunIsClearedToo() throws Exception {
        Path kept = Files.createTempDirectory("serai-cache");
        try {
            for (String before : List.of("sqlite", "file")) {
                setup = keepingIn(kept);
                start(before);
                awaitHit("one");
                assertThat(stats(before).path("entries").asLong()).isOne();
                broker.close();
            }
            try (ServerSocket silent = new ServerSocket(0)) {
                setup = keepingIn(kept).set("serai.cache.timeout", "3s");
                setup.set("serai.cache.url", "jdbc:mariadb://127.0.0.1:" + silent.getLocalPort() + "/cache");
                setup.set("serai.cache.user", "root");
                start("mysql");
                await().atMost(SOON)
                        .until(() -> stats("sqlite").path("entries").asLong() == 1
                                && stats("file").path("entries").asLong() == 1);

                HttpResponse<String> answer = broker.post("/api/cache/clear", "{}");

                assertThat(answer.statusCode()).isEqualTo(503); // for mysql
                assertThat(answer.body()).contains("Cleared 2 entries").contains("do not answer: mysql.");
                assertThat(stats("sqlite").path("entries").asLong()).isZero();
                assertThat(stats("file").path("entries").asLong()).isZero();
            }
        } finally {
            delete(kept);
        }
    }

    /** Also where it is model lists that it would stand in for: a clear asks it without waiting for its start. */
    @Test
    void aStandInOfAnEarlierRunIsOpenedAtTheStart() throws Exception {
        Path kept = Files.createTempDirectory("serai-cache");
        try {
            setup = keepingIn(kept);
            start("sqlite");
            awaitHit("one");
            broker.close();
            try (ServerSocket silent = new ServerSocket(0)) {
                setup = keepingIn(kept).set("serai.cache.timeout", "1s").set("serai.cache.type", "mysql");
                setup.set("serai.cache.url", "jdbc:mariadb://127.0.0.1:" + silent.getLocalPort() + "/cache");
                setup.set("serai.cache.user", "root");
                setup.set("serai.cache.upkeep", "1h"); // which would open it too
                start("memory");

                await().atMost(SOON).until(() -> Files.exists(kept.resolve("cache.db-wal")));
            }
        } finally {
            delete(kept);
        }
    }

    @Test
    void aStandInThatHoldsNothingIsNotMade() throws Exception {
        start("sqlite");
        awaitHit("one");

        assertThat(broker.post("/api/cache/clear", "{}").body()).isEqualTo("{\"cleared\":1}");

        assertThat(setup.home().resolve("data/cache")).doesNotExist();
        assertThat(stats("file").isMissingNode()).isTrue();
    }

    private TestBroker.Setup keepingIn(Path folder) throws Exception {
        return setup().set("serai.cache.folder", folder.resolve("entries").toString())
                .set("serai.cache.sqlite-path", folder.resolve("cache.db").toString());
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(java.util.Comparator.reverseOrder())
                    .forEach(f -> f.toFile().delete());
        }
    }

    @Test
    void aTornFileIsAMiss() throws Exception {
        start("file");
        awaitHit("torn");
        Path file;
        try (Stream<Path> files = Files.walk(setup.home().resolve("data/cache"))) {
            file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        List<byte[]> tears = List.of(
                new byte[0],
                Arrays.copyOf(whole, 20),
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, whole.length - 1),
                flipped(whole, whole.length / 2),
                "no file of ours\nat all".getBytes());

        for (byte[] torn : tears) {
            await().atMost(SOON)
                    .until(
                            () -> { // the one that was just kept is shared for a moment longer
                                Files.write(file, torn);
                                return !isHit("torn");
                            });
            awaitHit("torn"); // written anew
        }
        assertThat(stats("file").path("errors").asLong()).isZero();
    }

    /** As one that another program put there, or a Serai whose answers look different. */
    @Test
    void whatIsWholeButNoAnswerIsAMiss() throws Exception {
        start("file");
        awaitHit("strange");
        Path file;
        try (Stream<Path> files = Files.walk(setup.home().resolve("data/cache"))) {
            file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] answer = "\0\4acme\0\4acme\0\1m\0\1m".getBytes(StandardCharsets.ISO_8859_1);
        List<byte[]> contents = List.of(
                new byte[3],
                Arrays.copyOf(answer, answer.length + 18), // counts, no price, and nothing after them
                saying(answer, "{]"),
                saying(answer, "{}"),
                saying(answer, "[]"),
                saying(answer, "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}"));

        JsonNode before = stats("file");
        for (byte[] content : contents) {
            await().atMost(SOON)
                    .until(
                            () -> { // the one that was just kept is shared for a moment longer
                                replace(file, holding(content, whole));
                                return !isHit("strange");
                            });
            awaitHit("strange"); // written anew
        }
        JsonNode after = stats("file");
        long errors = after.path("errors").asLong() - before.path("errors").asLong();
        assertThat(errors).isGreaterThanOrEqualTo(contents.size());
        assertThat(after.path("misses").asLong() - before.path("misses").asLong())
                .isEqualTo(errors);
    }

    /** At once: what is half written would be purged. */
    private void replace(Path file, byte[] content) throws Exception {
        Path beside = Files.write(setup.home().resolve("beside"), content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] saying(byte[] answer, String body) {
        return ByteBuffer.allocate(answer.length + 18 + body.length())
                .put(answer)
                .put(new byte[18])
                .put(body.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    /** A file with that line and those times, with a checksum that is right. */
    private static byte[] holding(byte[] content, byte[] file) {
        int begin = 1 + new String(file, StandardCharsets.ISO_8859_1).indexOf('\n');
        int head = 24;
        ByteBuffer out = ByteBuffer.allocate(begin + head + content.length + Integer.BYTES)
                .put(file, 0, begin + head)
                .put(begin + 3, (byte) 0) // not compressed
                .putInt(begin + head - Integer.BYTES, content.length)
                .put(content);
        CRC32C checksum = new CRC32C();
        checksum.update(out.array(), begin, head + content.length);
        return out.putInt((int) checksum.getValue()).array();
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        return changed;
    }

    @Test
    void aFolderThatCanNotBeWrittenIsAMiss() throws Exception {
        setup.file("data/occupied", "This is no folder");
        setup.set("serai.cache.folder", "data/occupied/cache");
        start("file");

        for (int i = 0; i < 3; i++) {
            // until an answer is kept, or known not to be, whoever asks the same shares it
            await().atMost(SOON).until(() -> !isHit("one"));
        }

        assertThat(stub.requests()).hasSizeGreaterThanOrEqualTo(3);
        await().atMost(SOON).until(() -> stats("file").path("errors").asLong() > 0);
        assertThat(broker.get("/metrics").body()).containsPattern("serai_cache_errors_total\\{backend=\"file\"} [1-9]");
    }

    @Test
    void aLockedDatabaseIsAMissAndFilesStandInForIt() throws Exception {
        setup.set("serai.cache.timeout", "250ms");
        start("sqlite");
        awaitHit("before");
        try (Connection connection =
                DriverManager.getConnection("jdbc:sqlite:" + setup.home().resolve("data/cache.db"))) {
            connection.createStatement().execute("begin exclusive");

            assertThat(isHit("new")).isFalse();
            await().atMost(SOON).until(() -> stats("sqlite").path("errors").asLong() > 0);
            awaitHit("new");
            await().atMost(SOON).until(() -> stats("file").path("entries").asLong() > 0);
            connection.createStatement().execute("rollback");
        }
        awaitHit("before"); // it is asked again after a while
    }

    @Test
    void aServerThatIsNotThereIsAMissAndSqliteStandsInForIt() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) { // it takes connections and never says a word
            setup.set("serai.cache.url", "jdbc:mariadb://127.0.0.1:" + silent.getLocalPort() + "/cache");
            setup.set("serai.cache.user", "root");
            setup.set("serai.cache.timeout", "250ms");
            broker = setup.set("serai.response-cache.backend", "mysql").start();

            long began = System.nanoTime();
            assertThat(isHit("one")).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            awaitHit("one");

            assertThat(stats("mysql").path("errors").asLong()).isPositive();
            assertThat(stats("sqlite").path("hits").asLong()
                            + stats("file").path("hits").asLong())
                    .isPositive();
            assertThat(broker.post("/api/cache/clear", "{}").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void aServerThatFallsSilentWhileItIsUsedCostsNoRequest() throws Exception {
        String url = MariaDb.shared().newDatabase();
        try (CutWire wire = new CutWire(Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1")))) {
            setup.set("serai.cache.url", url.replaceAll(":\\d+/", ":" + wire.port() + "/"));
            setup.set("serai.cache.user", "root");
            setup.set("serai.cache.timeout", "1s");
            broker = setup.set("serai.response-cache.backend", "mysql").start();
            await().atMost(SOON)
                    .until(() -> isHit("one") && stats("mysql").path("hits").asLong() > 0);

            wire.hang();

            IntStream.range(0, 3).forEach(i -> awaitHit("after " + i));
            assertThat(stats("mysql").path("errors").asLong()).isPositive();
        }
    }
}
