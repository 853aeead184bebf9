package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the settings typed and checks each; no message quotes a value. */
final class SettingsReader {
    private static final int MOST_A_MINUTE = 999_999_999;
    private static final List<String> CACHE_BACKENDS = List.of("memory", "redis", "sqlite", "mysql", "file");
    /** A lookup is over in a moment: more would wait for each other in the database. */
    private static final int CACHE_CONNECTIONS = 4;
    /** Characters; escaped, two such texts still fit into a row of the journal. */
    private static final int LONGEST_TEXT = 1_000_000;

    private final SettingValues values;

    SettingsReader(SettingValues values) {
        this.values = values;
    }

    Settings read() {
        String host = text("serai.host");
        boolean auth = flag("serai.auth.enabled");
        List<Settings.ClientKey> keys = new ClientKeysReader(values).read("serai.auth.keys");
        checkExposure(host, auth, keys);
        Settings.Breaker breaker = new Settings.Breaker(
                number("serai.breaker.window", 1, 100_000),
                number("serai.breaker.minimum", 1, 100_000),
                number("serai.breaker.failure-rate", 1, 100),
                duration("serai.breaker.open", 1));
        if (breaker.minimum() > breaker.window()) {
            values.problem(
                    values.of("serai.breaker.minimum"),
                    "must not be above serai.breaker.window: the breaker would never open");
        }
        return new Settings(
                host,
                number("serai.port", 0, 65535),
                auth ? keys : List.of(),
                adminToken(),
                bytes("serai.body.max-bytes"),
                duration("serai.body.timeout", 1),
                duration("serai.shutdown.grace", 0),
                origins(),
                Settings.Params.valueOf(
                        choice("serai.params", List.of("adapt", "strict")).toUpperCase(Locale.ROOT)),
                flag("serai.log.json"),
                flag("serai.response.routing-headers"),
                flag("serai.response.echo-model"),
                choice("serai.routing.strategy", List.of("cheapest", "best")),
                duration("serai.ollama.probe", 0),
                retry(),
                new Settings.Split(number("serai.split.parallel", 1, 1000), number("serai.split.max-parts", 2, 10_000)),
                duration("serai.error-cooldown", 1),
                breaker,
                new Settings.Stream(
                        duration("serai.stream.first-keepalive", 1),
                        duration("serai.stream.keepalive", 1),
                        buffer("serai.stream.buffer")),
                new Settings.Upstream(
                        number("serai.upstream.max-connections", 1, 1_000_000),
                        bytes("serai.upstream.max-answer-bytes")),
                new Settings.Models(durationOrOff("serai.models.refresh")),
                number("serai.anthropic.max-tokens", 1, 10_000_000),
                new Settings.Media(
                        bytes("serai.upload.max-bytes"),
                        bytes("serai.upload.max-total-bytes"),
                        text("serai.upload.folder"),
                        flag("serai.content-rewrite")),
                adaptiveRate(),
                batching(),
                new Settings.Server(duration("serai.server.head-timeout", 1), duration("serai.server.idle-timeout", 1)),
                new Settings.Hedging(
                        BigDecimal.valueOf(decimal("serai.hedging.max-usd-per-hour", 0, 1_000_000)),
                        duration("serai.hedging.fallback-after", 1),
                        duration("serai.hedging.grace", 1)),
                new Settings.Picking(
                        duration("serai.autoselect.timeout", 1),
                        decimal("serai.autoselect.confidence", 0, 1),
                        durationOrOff("serai.autoselect.affinity")),
                classify(),
                database(),
                ledger(),
                new Settings.Clients(
                        perMinute("serai.limits.per-address."), perMinute("serai.limits.per-key."), proxies()),
                responseCache(),
                cache(),
                new Settings.Metrics(flag("serai.metrics.routes")),
                redis(),
                new Settings.Condensing(
                        number("serai.condensation.target", 1, 100), duration("serai.condensation.timeout", 1)));
    }

    private Settings.Classify classify() {
        String prefix = "serai.classify.";
        return new Settings.Classify(
                kinds(kind -> flag(prefix + kind.spelling())),
                flag(prefix + "semantic"),
                decimal(prefix + "nsfw-threshold", 0.01, 1),
                decimal(prefix + "privacy-threshold", 0.01, 1),
                values.of(prefix + "model").text(),
                duration(prefix + "timeout", 1),
                whenFailing(choice(prefix + "when-failing", List.of("privacy", "nsfw", "both", "none"))));
    }

    private static Set<Sensitive> whenFailing(String said) {
        return kinds(kind -> said.equals("both") || said.equals(kind.spelling()));
    }

    private static Set<Sensitive> kinds(Predicate<Sensitive> which) {
        return Stream.of(Sensitive.values()).filter(which).collect(Collectors.toUnmodifiableSet());
    }

    private Settings.Redis redis() {
        SettingValues.Value url = values.of("serai.redis.url");
        Settings.RedisServer server = RedisUrl.read(url.text());
        if (server == null && !url.text().isEmpty()) {
            values.problem(
                    url,
                    "expected redis://user:password@host:6379/0 or rediss://..., what is special in the password as %40");
        }
        for (String key : List.of("serai.response-cache.backend", "serai.cache.type")) {
            if (server == null && values.of(key).text().equalsIgnoreCase("redis")) {
                values.problem(values.of(key), "needs serai.redis.url");
            }
        }
        return new Settings.Redis(
                server,
                text("serai.redis.prefix"),
                duration("serai.redis.timeout", 1),
                duration("serai.redis.pause", 1));
    }

    private Settings.Retry retry() {
        Settings.Retry read = new Settings.Retry(
                number("serai.retry.attempts", 1, 100),
                number("serai.retry.attempts-per-key", 1, 100),
                duration("serai.retry.max-wait", 0),
                duration("serai.retry.backoff-base", 1),
                duration("serai.retry.backoff-cap", 1));
        if (read.backoffBase().compareTo(read.backoffCap()) > 0) {
            values.problem(
                    values.of("serai.retry.backoff-base"),
                    "must not be above serai.retry.backoff-cap: it is the first wait, and the cap the longest");
        }
        return read;
    }

    private Settings.ResponseCache responseCache() {
        String prefix = "serai.response-cache.";
        boolean anyTemperature = values.of(prefix + "max-temperature").text().isEmpty();
        return new Settings.ResponseCache(
                flag(prefix + "enabled"),
                choice(prefix + "backend", CACHE_BACKENDS),
                duration(prefix + "ttl", 1),
                number(prefix + "max-entries", 1, 100_000_000),
                bytes(prefix + "max-bytes"),
                bytes(prefix + "max-answer-bytes"),
                anyTemperature ? null : decimal(prefix + "max-temperature", 0, 100),
                flag(prefix + "streams"),
                flag(prefix + "across-tenants"));
    }

    private Settings.Cache cache() {
        String prefix = "serai.cache.";
        SettingValues.Value keyPrefix = values.of(prefix + "key-prefix");
        boolean fits = keyPrefix.text().matches("[A-Za-z0-9:._-]{0,64}");
        if (!fits) {
            values.problem(keyPrefix, "expected up to 64 letters, digits, `:`, `.`, `_` and `-`");
        }
        Duration timeout = duration(prefix + "timeout", 1);
        return new Settings.Cache(
                choice(prefix + "type", CACHE_BACKENDS),
                fits ? keyPrefix.text() : "",
                timeout,
                duration(prefix + "retry", 1),
                duration(prefix + "upkeep", 1),
                text(prefix + "folder"),
                new Settings.Database("", "", null, text(prefix + "sqlite-path"), CACHE_CONNECTIONS, timeout),
                server(prefix, "", CACHE_CONNECTIONS, timeout),
                duration(prefix + "model-lists-ttl", 1),
                durationOrOff(prefix + "embeddings-ttl"));
    }

    private Settings.Database database() {
        String prefix = "serai.database.";
        return server(
                prefix, text(prefix + "path"), number(prefix + "connections", 2, 100), duration(prefix + "timeout", 1));
    }

    private Settings.Database server(String prefix, String path, int connections, Duration timeout) {
        SettingValues.Value url = values.of(prefix + "url");
        boolean known = url.text().isEmpty() || url.text().matches("jdbc:(mariadb|mysql)://.+");
        if (!known) {
            values.problem(url, "expected jdbc:mariadb://host:port/database, or nothing for SQLite");
        }
        SettingValues.Value password = values.of(prefix + "password");
        return new Settings.Database(
                known ? url.text() : "",
                values.of(prefix + "user").text(),
                password.text().isEmpty() ? null : new Secret(password.text()),
                path,
                connections,
                timeout);
    }

    private Settings.Ledger ledger() {
        return new Settings.Ledger(
                flag("serai.ledger.enabled"),
                choice("serai.ledger.sync", List.of("interval", "always")).equals("always"),
                choice("serai.ledger.when-full", List.of("serve", "refuse")).equals("refuse"),
                duration("serai.ledger.interval", 1),
                number("serai.ledger.batch-size", 1, 10_000),
                number("serai.ledger.queue", 1, 1_000_000),
                duration("serai.ledger.upkeep", 1),
                Duration.ofDays(number("serai.ledger.retention-days", 1, 36_500)),
                Duration.ofDays(number("serai.ledger.roll-up-days", 1, 36_500)),
                new Settings.Texts(
                        flag("serai.ledger.texts"),
                        number("serai.ledger.texts-longest", 1, LONGEST_TEXT),
                        Duration.ofDays(number("serai.ledger.texts-retention-days", 1, 36_500))));
    }

    private Settings.PerMinute perMinute(String prefix) {
        return new Settings.PerMinute(
                number(prefix + "requests-per-minute", 0, MOST_A_MINUTE),
                number(prefix + "tokens-per-minute", 0, MOST_A_MINUTE));
    }

    private List<Network> proxies() {
        SettingValues.Value value = values.of("serai.proxy.trusted");
        List<Network> networks = new ArrayList<>();
        for (String part : value.text().split(",")) {
            Network network = Network.of(part.strip());
            if (network != null) {
                networks.add(network);
            } else if (!part.isBlank()) {
                values.problem(
                        value, "expected addresses or ranges such as 10.0.0.0/8 or fd00::/8, with commas between");
            }
        }
        return List.copyOf(networks);
    }

    private Settings.AdaptiveRate adaptiveRate() {
        String prefix = "serai.adaptive-rate-limiting.";
        Settings.AdaptiveRate read = new Settings.AdaptiveRate(
                flag(prefix + "enabled"),
                duration(prefix + "initial-rate-limit", 0),
                decimal(prefix + "learning-rate", 0.001, 1),
                decimal(prefix + "headroom-percent", 0, 90),
                decimal(prefix + "recovery-rate", 0.001, 1),
                duration(prefix + "max-rate-limit", 1),
                duration(prefix + "min-rate-limit", 1),
                decimal(prefix + "backoff-base", 1, 100),
                duration(prefix + "base-backoff", 1),
                decimal(prefix + "jitter-factor", 0, 1),
                duration(prefix + "history-window", 1000),
                number(prefix + "consecutive-successes-for-recovery", 0, 100_000));
        if (read.minInterval().compareTo(read.maxInterval()) > 0) {
            values.problem(
                    values.of(prefix + "min-rate-limit"),
                    "must not be above " + prefix + "max-rate-limit: both are times between calls");
        }
        return read;
    }

    private Settings.Batching batching() {
        String prefix = "serai.batching.";
        Settings.Batching.Rule every = new Settings.Batching.Rule(
                flag(prefix + "enabled"),
                milliseconds(prefix + "window-ms", BatchingReader.LONGEST_MS),
                number(prefix + "max-batch-size", 1, BatchingReader.LARGEST));
        return new Settings.Batching(
                every,
                new BatchingReader(values).read(prefix + "provider-settings", every),
                flag(prefix + "across-tenants"),
                bytes(prefix + "stream-buffer"),
                duration(prefix + "slow-reader", 1));
    }

    private Duration milliseconds(String key, int max) {
        return Duration.ofMillis(number(key, 1, max));
    }

    /** Safe by default: an open port without keys lets anyone spend the operator's money. */
    private void checkExposure(String host, boolean auth, List<Settings.ClientKey> keys) {
        if (isLoopback(host)) {
            return;
        }
        SettingValues.Value said = values.of("serai.host");
        if (!auth) {
            values.problem(
                    said,
                    "is an address that others can reach, and serai.auth.enabled is false;"
                            + " bind to 127.0.0.1, or ask for keys");
        } else if (keys.isEmpty()) {
            values.problem(
                    said,
                    "is an address that others can reach, and no client key is set;"
                            + " set serai.auth.keys, or bind to 127.0.0.1");
        }
    }

    /** By its spelling: a name that a DNS server says is local can say something else a minute later. */
    static boolean isLoopback(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.equalsIgnoreCase("localhost")
                || bare.matches("127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}")
                || bare.matches("::1|(0{1,4}:){7}0{0,3}1");
    }

    private @Nullable Secret adminToken() {
        SettingValues.Value value = values.of("serai.admin.token");
        if (value.text().isEmpty()) {
            return null;
        }
        if (ProviderKeys.isPlaceholder(value.text())) {
            values.problem(value, "is a placeholder, which anyone can guess; set a token of your own, or none");
            return null;
        }
        return new Secret(value.text());
    }

    private List<String> origins() {
        SettingValues.Value value = values.of("serai.cors.origins");
        List<String> origins = Arrays.stream(value.text().split(","))
                .map(String::strip)
                .filter(o -> !o.isEmpty())
                .toList();
        if (!origins.stream().allMatch(o -> o.matches("\\*|[a-z][a-z0-9+.-]*://[^/\\s]+"))) {
            values.problem(
                    value,
                    "expected `*` or origins such as https://app.example.com, without a path, with commas between");
        }
        return origins;
    }

    private String text(String key) {
        SettingValues.Value value = values.of(key);
        return value.text().isEmpty() ? values.packed(key).text() : value.text();
    }

    private boolean flag(String key) {
        return choice(key, List.of("true", "false")).equals("true");
    }

    private String choice(String key, List<String> choices) {
        return typed(key, "expected " + String.join(" or ", choices), text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            return choices.contains(lower) ? Optional.of(lower) : Optional.empty();
        });
    }

    private int number(String key, int min, int max) {
        return typed(
                key,
                "expected a whole number from " + min + " to " + max,
                text -> text.matches("\\d{1,9}")
                        ? Optional.of(Integer.valueOf(text)).filter(n -> n >= min && n <= max)
                        : Optional.empty());
    }

    private double decimal(String key, double min, double max) {
        return typed(
                key,
                "expected a number from " + plain(min) + " to " + plain(max),
                text -> text.matches("\\d{1,9}(\\.\\d{1,9})?")
                        ? Optional.of(Double.valueOf(text)).filter(n -> n >= min && n <= max)
                        : Optional.empty());
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private Duration duration(String key, int minMs) {
        String atLeast = minMs > 0 ? "expected a time above 0" : "expected a time";
        return typed(
                key,
                atLeast + ": seconds (`30`), or `500ms`, `30s`, `2m`",
                text -> Quantity.duration(text).filter(d -> d.toMillis() >= minMs));
    }

    /** Zero where there is to be none. */
    private Duration durationOrOff(String key) {
        return typed(
                key,
                "expected `off`, or a time: seconds (`30`), or `30s`, `2m`, `4h`",
                text -> text.equalsIgnoreCase("off") ? Optional.of(Duration.ZERO) : Quantity.duration(text));
    }

    private static final long MOST_BYTES = 1L << 30;

    private long bytes(String key) {
        return typed(
                key,
                "expected a number of bytes above 0 and up to 1GiB, or `64KiB`, `32MiB`",
                text -> Quantity.bytes(text).filter(n -> n > 0 && n <= MOST_BYTES));
    }

    /** Of a buffer, of which there are thousands. */
    private int buffer(String key) {
        return typed(
                        key,
                        "expected 4KiB to 16MiB",
                        text -> Quantity.bytes(text).filter(n -> n >= 4 << 10 && n <= 16 << 20))
                .intValue();
    }

    /** The packed default where nothing or something wrong was said. */
    private <T> T typed(String key, String expected, Function<String, Optional<T>> parse) {
        SettingValues.Value value = values.of(key);
        Optional<T> typed = parse.apply(value.text());
        if (typed.isEmpty() && !value.text().isEmpty()) {
            values.problem(value, expected);
        }
        return typed.or(() -> parse.apply(values.packed(key).text()))
                .orElseThrow(() -> new IllegalStateException(key + ": the packed default is wrong"));
    }
}
