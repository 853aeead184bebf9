package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final String HASH =
            "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"; // of "secret"

    @TempDir
    Path path;

    TestFolder folder;

    @BeforeEach
    void folder() {
        folder = new TestFolder(path);
    }

    private TestFolder properties(String... lines) {
        return folder.file("application.properties", String.join("\n", lines));
    }

    @Test
    void everySettingHasItsPackedDefault() {
        assertThat(folder.load().settings())
                .isEqualTo(new Settings(
                        "127.0.0.1",
                        3385,
                        List.of(),
                        null,
                        33554432,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(30),
                        List.of(),
                        Settings.Params.ADAPT,
                        false,
                        true,
                        false,
                        "cheapest",
                        Duration.ofSeconds(30),
                        new Settings.Retry(6, 2, Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofSeconds(5)),
                        new Settings.Split(4, 64),
                        Duration.ofSeconds(300),
                        new Settings.Breaker(20, 10, 50, Duration.ofSeconds(30)),
                        new Settings.Stream(Duration.ofSeconds(20), Duration.ofSeconds(12), 8 * 1024),
                        new Settings.Upstream(4096, 67108864),
                        new Settings.Models(Duration.ofHours(4)),
                        16384,
                        new Settings.Media(104857600, 1L << 30, "data/uploads", false),
                        new Settings.AdaptiveRate(
                                true,
                                Duration.ZERO,
                                0.1,
                                10,
                                0.05,
                                Duration.ofSeconds(60),
                                Duration.ofMillis(10),
                                2,
                                Duration.ofSeconds(1),
                                0.25,
                                Duration.ofHours(1),
                                10),
                        new Settings.Batching(
                                new Settings.Batching.Rule(false, Duration.ofMillis(100), 8),
                                Map.of(),
                                false,
                                1 << 20,
                                Duration.ofSeconds(5)),
                        new Settings.Server(Duration.ofSeconds(30), Duration.ofMinutes(3)),
                        new Settings.Hedging(
                                java.math.BigDecimal.valueOf(1.0), Duration.ofSeconds(10), Duration.ofSeconds(30)),
                        new Settings.Picking(Duration.ofSeconds(2), 0.05, Duration.ofHours(1)),
                        new Settings.Classify(
                                Set.of(), false, 0.5, 0.5, "", Duration.ofSeconds(2), Set.of(Sensitive.PRIVACY)),
                        new Settings.Database("", "", null, "data/serai.db", 4, Duration.ofSeconds(30)),
                        new Settings.Ledger(
                                true,
                                false,
                                false,
                                Duration.ofMillis(200),
                                200,
                                10_000,
                                Duration.ofMinutes(1),
                                Duration.ofDays(90),
                                Duration.ofDays(3650),
                                new Settings.Texts(false, 65_536, Duration.ofDays(7))),
                        new Settings.Clients(Settings.PerMinute.NONE, Settings.PerMinute.NONE, List.of()),
                        new Settings.ResponseCache(
                                false, "memory", Duration.ofMinutes(10), 1000, 64 << 20, 4 << 20, null, true, false),
                        new Settings.Cache(
                                "sqlite",
                                "serai:",
                                Duration.ofMillis(250),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(1),
                                "data/cache",
                                new Settings.Database("", "", null, "data/cache.db", 4, Duration.ofMillis(250)),
                                new Settings.Database("", "", null, "", 4, Duration.ofMillis(250)),
                                Duration.ofHours(4),
                                Duration.ofDays(30)),
                        new Settings.Metrics(false),
                        new Settings.Redis(null, "serai:", Duration.ofMillis(50), Duration.ofSeconds(5)),
                        new Settings.Condensing(60, Duration.ofSeconds(60))));
    }

    @ParameterizedTest
    @CsvSource({
        "redis://cache.local, cache.local, 6379, false, 0, , ",
        "redis://10.0.0.1:7000/3, 10.0.0.1, 7000, false, 3, , ",
        "rediss://[::1]:6380/, ::1, 6380, true, 0, , ",
        "redis://:p%40ss+w@h, h, 6379, false, 0, , p@ss+w",
        "redis://secret@h, h, 6379, false, 0, , secret",
        "redis://me:secret:two@h/1, h, 6379, false, 1, me, secret:two",
    })
    void theAddressOfRedisIsTakenApart(
            String url, String host, int port, boolean tls, int database, String user, String password) {
        Settings.Redis read =
                properties("serai.redis.url=" + url).load().settings().redis();
        assertThat(read.server())
                .isEqualTo(new Settings.RedisServer(
                        host, port, tls, database, user, password == null ? null : new Secret(password)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:6379", "http://h", "redis:///0", "redis://h/x", "redis://h/0?timeout=1", "redis://a b"
            })
    void whatIsNoAddressOfRedisIsRefused(String url) {
        assertThat(properties("serai.redis.url=" + url).failure().getMessage())
                .contains("expected redis://user:password@host:6379/0")
                .doesNotContain(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serai.response-cache.backend", "serai.cache.type"})
    void whatIsToBeKeptInRedisNeedsOne(String key) {
        assertThat(properties(key + "=redis").failure().getMessage()).contains(key, "needs serai.redis.url");
        assertThat(properties(key + "=redis", "serai.redis.url=redis://h")
                        .load()
                        .settings()
                        .redis()
                        .server())
                .isNotNull();
    }

    @Test
    void everyShippedKeyHasALineOfExplanation() {
        String shipped = ConfigFiles.Shipped.CLASS_PATH.text("application.properties");
        String before = "";
        for (String line : shipped.split("\n")) {
            if (!line.isBlank() && !line.startsWith("#")) {
                assertThat(before).as(line).startsWith("# ");
            }
            before = line;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, true, 1",
        "false, true, true, 2",
        "false, false, true, 3",
        "false, false, false, 3385",
    })
    void commandLineBeatsEnvironmentBeatsFileBeatsDefault(boolean option, boolean variable, boolean file, int port) {
        if (file) {
            properties("serai.port=3");
        }
        if (variable) {
            folder.env("PORT", "2");
        }
        if (option) {
            folder.option("serai.port", "1");
        }
        assertThat(folder.load().settings().port()).isEqualTo(port);
    }

    @Test
    void aVariableIsMatchedToItsKeyWhateverTheDotsAndHyphens() {
        Settings settings = folder.env("SERAI_BODY_MAX_BYTES", "1MiB")
                .env("SERAI_RETRY_ATTEMPTS_PER_KEY", "1")
                .env("SERAI_PORT", "7")
                .env("PORT", "8")
                .env("ADMIN_TOKEN", "t")
                .load()
                .settings();

        assertThat(settings.bodyMaxBytes()).isEqualTo(1 << 20);
        assertThat(settings.retry().attemptsPerKey()).isEqualTo(1);
        assertThat(settings.port()).isEqualTo(7);
        assertThat(settings.adminToken().reveal()).isEqualTo("t");
    }

    @Test
    void theVariablesThatKubernetesSetsForAServiceCalledSeraiAreNoSettings() {
        Snapshot snapshot = folder.env("SERAI_PORT", "tcp://10.0.0.1:3385")
                .env("SERAI_PORT_3385_TCP", "tcp://10.0.0.1:3385")
                .env("SERAI_SERVICE_HOST", "10.0.0.1")
                .env("SERAI_CONFIG", "x")
                .env("SERAI_HEAP", "512m")
                .env("SERAI_JAVA_OPTS", "-Xlog:gc")
                .load();

        assertThat(snapshot.settings().port()).isEqualTo(3385);
        assertThat(snapshot.warnings()).singleElement().asString().contains("SERAI_PORT");
    }

    @Test
    void aVariableThatNamesNoSettingIsWarnedAbout() {
        assertThat(folder.env("SERAI_LOG_JSN", "true").load().warnings())
                .containsExactly("environment SERAI_LOG_JSN: names no setting; did you mean `SERAI_LOG_JSON`?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            serai.port=65536                    | a whole number from 0 to 65535
            serai.port=-1                       | a whole number from 0 to 65535
            serai.shutdown.grace=soon           | expected a time
            serai.stream.keepalive=0            | expected a time above 0
            serai.body.max-bytes=0              | bytes above 0
            serai.body.max-bytes=99999999999GiB | bytes above 0
            serai.params=lenient                | expected adapt or strict
            serai.log.json=yes                  | expected true or false
            serai.breaker.failure-rate=101      | from 1 to 100
            serai.breaker.minimum=21            | never open
            serai.retry.backoff-base=6          | not be above serai.retry.backoff-cap
            serai.cors.origins=app.example.com  | expected `*` or origins
            serai.auth.keys=sha256:abc          | 64 hex digits
            serai.auth.keys=YOUR_API_KEY        | placeholder
            serai.admin.token=your-admin-token  | placeholder
            serai.admin.token={{env:NOWHERE}}   | the environment has no NOWHERE
            serai.shutdwn.grace=1               | did you mean `serai.shutdown.grace`?
            serai.tls.port=600                  | not in this version
            serai.response-cache.backend=disk   | expected memory or redis or sqlite or mysql or file
            serai.cache.key-prefix=a b          | up to 64 letters
            serai.database.url=jdbc:x           | expected jdbc:mariadb://
            serai.limits.per-key.x=1            | unknown key
            """)
    void aWrongSettingIsOneProblemAtItsLine(String line, String what) {
        assertThat(properties("# a comment", line).problems()).singleElement().satisfies(p -> {
            assertThat(p.file()).isEqualTo("application.properties");
            assertThat(p.line()).isEqualTo(2);
            assertThat(p.message()).contains(what);
        });
    }

    @Test
    void aKeyThatStandsTwiceIsAnError() {
        assertThat(properties("serai.port=1", "! x", "serai.port : 2").errors())
                .containsExactly("application.properties:3 serai.port: stands twice, first in line 1");
    }

    @Test
    void continuedLinesAndCommentsKeepTheLineNumbersRight() {
        assertThat(properties(
                                "serai.cors.origins=https://a.example,\\",
                                "   https://b.example",
                                "# ends with \\",
                                "serai.x=1")
                        .errors())
                .containsExactly("application.properties:4 serai.x: unknown key");
    }

    @Test
    void anUnknownOptionIsAnError() {
        assertThat(folder.option("serai.prot", "1").errors())
                .containsExactly("command line serai.prot: unknown key; did you mean `serai.port`?");
    }

    @Test
    void camelsOwnPropertiesAreLeftAsTheyAre() {
        Snapshot snapshot = properties("camel.main.name={{env:NOWHERE}}", "my.own=1")
                .option("camel.main.name", "x")
                .load();

        assertThat(snapshot.camel()).containsEntry("camel.main.name", "x").containsEntry("my.own", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST", "0:0:0:0:0:0:0:1"})
    void aLoopbackAddressNeedsNoKey(String host) {
        assertThat(folder.env("HOST", host).load().settings().host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "10.0.0.1",
                "127.0.0.1.example.com",
                "127.0.0.256",
                "localhost.example.com",
                "example.com"
            })
    void anotherAddressWithoutKeysIsRefusedWithWhatToDo(String host) {
        assertThat(folder.env("HOST", host).errors())
                .containsExactly(
                        "environment HOST: is an address that others can reach, and no client key is set; set serai.auth.keys, or bind to 127.0.0.1");
    }

    @Test
    void anotherAddressWithKeysIsFine() {
        assertThat(folder.env("HOST", "0.0.0.0")
                        .env("SERAI_AUTH_KEYS", "k")
                        .load()
                        .settings()
                        .keys())
                .hasSize(1);
    }

    @Test
    void keysDoNotHelpWhenTheyAreNotAskedFor() {
        assertThat(folder.env("HOST", "0.0.0.0")
                        .env("SERAI_AUTH_KEYS", "k")
                        .option("serai.auth.enabled", "false")
                        .errors())
                .singleElement()
                .asString()
                .contains("serai.auth.enabled is false");
    }

    @Test
    void withoutAuthenticationTheKeysAreIgnored() {
        assertThat(folder.env("SERAI_AUTH_KEYS", "k")
                        .option("serai.auth.enabled", "false")
                        .load()
                        .settings()
                        .keys())
                .isEmpty();
    }

    @Test
    void aPlainKeyAndItsHashAreTheSameKey() {
        List<Settings.ClientKey> keys = properties(
                        "serai.auth.keys = secret , sha256:" + HASH.toUpperCase() + ", other,")
                .load()
                .settings()
                .keys();

        assertThat(keys).hasSize(2);
        assertThat(keys.get(0).label())
                .isEqualTo(new Secret("secret").fingerprint())
                .isEqualTo(HASH.substring(0, 12));
        assertThat(keys.get(0).sha256()).hasSize(32);
    }

    @Test
    void anEmptyValueMeansTheDefault() {
        assertThat(properties("serai.port=", "serai.host=").load().settings().port())
                .isEqualTo(3385);
    }

    @ParameterizedTest
    @CsvSource({"30, 30000", "30s, 30000", "500ms, 500", "2m, 120000", "1.5s, 1500", "1h, 3600000"})
    void timesHaveUnits(String text, long ms) {
        assertThat(properties("serai.shutdown.grace=" + text).load().settings().shutdownGrace())
                .hasMillis(ms);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "32MiB, 33554432", "64 KiB, 65536", "1MB, 1000000", "1.5kib, 1536"})
    void sizesHaveUnits(String text, long bytes) {
        assertThat(properties("serai.body.max-bytes=" + text).load().settings().bodyMaxBytes())
                .isEqualTo(bytes);
    }

    @Test
    void theAdaptiveKeysLoadInBothSpellings() {
        properties(
                "serai.adaptive-rate-limiting.base_backoff=1.5",
                "serai.adaptive-rate-limiting.backoff_base=3",
                "serai.adaptive-rate-limiting.jitter_factor=0.1",
                "serai.adaptive-rate-limiting.history_window=100",
                "serai.adaptive-rate-limiting.min-rate-limit=0.1");

        Settings.AdaptiveRate adaptive = folder.load().settings().adaptiveRate();

        assertThat(adaptive.baseBackoff()).isEqualTo(Duration.ofMillis(1500));
        assertThat(adaptive.backoffBase()).isEqualTo(3);
        assertThat(adaptive.jitterFactor()).isEqualTo(0.1);
        assertThat(adaptive.historyWindow()).isEqualTo(Duration.ofSeconds(100));
        assertThat(adaptive.minInterval()).isEqualTo(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "learning-rate=0",
                "headroom-percent=91",
                "jitter-factor=2",
                "min-rate-limit=61",
                "recovery-rate=-1"
            })
    void anAdaptiveKeyOutOfItsBoundsIsAnError(String line) {
        assertThat(properties("serai.adaptive-rate-limiting." + line).errors()).hasSize(1);
    }
}
