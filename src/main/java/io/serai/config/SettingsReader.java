package io.serai.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
    private final TypedSettings typed;

    SettingsReader(SettingValues values) {
        this.values = values;
        this.typed = new TypedSettings(values);
    }

    Settings read() {
        String host = typed.text("serai.host");
        boolean auth = typed.flag("serai.auth.enabled");
        List<Settings.ClientKey> keys = new ClientKeysReader(values).read("serai.auth.keys");
        checkExposure(host, auth, keys);
        Settings.Breaker breaker = new Settings.Breaker(
                typed.number("serai.breaker.window", 1, 100_000),
                typed.number("serai.breaker.minimum", 1, 100_000),
                typed.number("serai.breaker.failure-rate", 1, 100),
                typed.duration("serai.breaker.open", 1));
        if (breaker.minimum() > breaker.window()) {
            values.problem(
                    values.of("serai.breaker.minimum"),
                    "must not be above serai.breaker.window: the breaker would never open");
        }
        return new Settings(
                host,
                typed.number("serai.port", 0, 65535),
                auth ? keys : List.of(),
                adminToken(),
                typed.bytes("serai.body.max-bytes"),
                typed.duration("serai.body.timeout", 1),
                typed.duration("serai.shutdown.grace", 0),
                origins(),
                Settings.Params.valueOf(
                        typed.choice("serai.params", List.of("adapt", "strict")).toUpperCase(Locale.ROOT)),
                typed.flag("serai.log.json"),
                typed.flag("serai.response.routing-headers"),
                typed.flag("serai.response.echo-model"),
                typed.choice("serai.routing.strategy", List.of("cheapest", "best")),
                typed.duration("serai.ollama.probe", 0),
                retry(),
                new Settings.Split(
                        typed.number("serai.split.parallel", 1, 1000),
                        typed.number("serai.split.max-parts", 2, 10_000)),
                typed.duration("serai.error-cooldown", 0),
                breaker,
                new Settings.Stream(
                        typed.duration("serai.stream.first-keepalive", 1),
                        typed.duration("serai.stream.keepalive", 1),
                        typed.buffer("serai.stream.buffer")),
                new Settings.Upstream(
                        typed.number("serai.upstream.max-connections", 1, 1_000_000),
                        typed.bytes("serai.upstream.max-answer-bytes")),
                new Settings.Models(typed.durationOrOff("serai.models.refresh")),
                typed.number("serai.anthropic.max-tokens", 1, 10_000_000),
                new Settings.Media(
                        typed.bytes("serai.upload.max-bytes"),
                        typed.bytes("serai.upload.max-total-bytes"),
                        typed.text("serai.upload.folder"),
                        typed.flag("serai.content-rewrite")),
                adaptiveRate(),
                batching(),
                new Settings.Server(
                        typed.duration("serai.server.head-timeout", 1), typed.duration("serai.server.idle-timeout", 1)),
                new Settings.Hedging(
                        BigDecimal.valueOf(typed.decimal("serai.hedging.max-usd-per-hour", 0, 1_000_000)),
                        typed.duration("serai.hedging.fallback-after", 1),
                        typed.duration("serai.hedging.grace", 1)),
                new Settings.Picking(
                        typed.duration("serai.autoselect.timeout", 1),
                        typed.decimal("serai.autoselect.confidence", 0, 1),
                        typed.durationOrOff("serai.autoselect.affinity")),
                classify(),
                database(),
                ledger(),
                new Settings.Clients(
                        perMinute("serai.limits.per-address."), perMinute("serai.limits.per-key."), proxies()),
                responseCache(),
                cache(),
                new Settings.Metrics(typed.flag("serai.metrics.routes")),
                redis(),
                new Settings.Condensing(
                        typed.number("serai.condensation.target", 1, 100),
                        typed.duration("serai.condensation.timeout", 1)));
    }

    private Settings.Classify classify() {
        String prefix = "serai.classify.";
        return new Settings.Classify(
                kinds(kind -> typed.flag(prefix + kind.spelling())),
                typed.flag(prefix + "semantic"),
                typed.decimal(prefix + "nsfw-threshold", 0.01, 1),
                typed.decimal(prefix + "privacy-threshold", 0.01, 1),
                values.of(prefix + "model").text(),
                typed.duration(prefix + "timeout", 1),
                whenFailing(typed.choice(prefix + "when-failing", List.of("privacy", "nsfw", "both", "none"))));
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
                typed.text("serai.redis.prefix"),
                typed.duration("serai.redis.timeout", 1),
                typed.duration("serai.redis.pause", 1));
    }

    private Settings.Retry retry() {
        Settings.Retry read = new Settings.Retry(
                typed.number("serai.retry.attempts", 1, 100),
                typed.number("serai.retry.attempts-per-key", 1, 100),
                typed.duration("serai.retry.max-wait", 0),
                typed.duration("serai.retry.backoff-base", 1),
                typed.duration("serai.retry.backoff-cap", 1));
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
                typed.flag(prefix + "enabled"),
                typed.choice(prefix + "backend", CACHE_BACKENDS),
                typed.duration(prefix + "ttl", 1),
                typed.number(prefix + "max-entries", 1, 100_000_000),
                typed.bytes(prefix + "max-bytes"),
                typed.bytes(prefix + "max-answer-bytes"),
                anyTemperature ? null : typed.decimal(prefix + "max-temperature", 0, 100),
                typed.flag(prefix + "streams"),
                typed.flag(prefix + "across-tenants"));
    }

    private Settings.Cache cache() {
        String prefix = "serai.cache.";
        SettingValues.Value keyPrefix = values.of(prefix + "key-prefix");
        boolean fits = keyPrefix.text().matches("[A-Za-z0-9:._-]{0,64}");
        if (!fits) {
            values.problem(keyPrefix, "expected up to 64 letters, digits, `:`, `.`, `_` and `-`");
        }
        Duration timeout = typed.duration(prefix + "timeout", 1);
        return new Settings.Cache(
                typed.choice(prefix + "type", CACHE_BACKENDS),
                fits ? keyPrefix.text() : "",
                timeout,
                typed.duration(prefix + "retry", 1),
                typed.duration(prefix + "upkeep", 1),
                typed.text(prefix + "folder"),
                new Settings.Database("", "", null, typed.text(prefix + "sqlite-path"), CACHE_CONNECTIONS, timeout),
                server(prefix, "", CACHE_CONNECTIONS, timeout),
                typed.duration(prefix + "model-lists-ttl", 1),
                typed.durationOrOff(prefix + "embeddings-ttl"));
    }

    private Settings.Database database() {
        String prefix = "serai.database.";
        return server(
                prefix,
                typed.text(prefix + "path"),
                typed.number(prefix + "connections", 2, 100),
                typed.duration(prefix + "timeout", 1));
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
                typed.flag("serai.ledger.enabled"),
                typed.choice("serai.ledger.sync", List.of("interval", "always")).equals("always"),
                typed.choice("serai.ledger.when-full", List.of("serve", "refuse"))
                        .equals("refuse"),
                typed.duration("serai.ledger.interval", 1),
                typed.number("serai.ledger.batch-size", 1, 10_000),
                typed.number("serai.ledger.queue", 1, 1_000_000),
                typed.duration("serai.ledger.upkeep", 1),
                Duration.ofDays(typed.number("serai.ledger.retention-days", 1, 36_500)),
                Duration.ofDays(typed.number("serai.ledger.roll-up-days", 1, 36_500)),
                new Settings.Texts(
                        typed.flag("serai.ledger.texts"),
                        typed.number("serai.ledger.texts-longest", 1, LONGEST_TEXT),
                        Duration.ofDays(typed.number("serai.ledger.texts-retention-days", 1, 36_500))));
    }

    private Settings.PerMinute perMinute(String prefix) {
        return new Settings.PerMinute(
                typed.number(prefix + "requests-per-minute", 0, MOST_A_MINUTE),
                typed.number(prefix + "tokens-per-minute", 0, MOST_A_MINUTE));
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
                typed.flag(prefix + "enabled"),
                typed.duration(prefix + "initial-rate-limit", 0),
                typed.decimal(prefix + "learning-rate", 0.001, 1),
                typed.decimal(prefix + "headroom-percent", 0, 90),
                typed.decimal(prefix + "recovery-rate", 0.001, 1),
                typed.duration(prefix + "max-rate-limit", 1),
                typed.duration(prefix + "min-rate-limit", 1),
                typed.decimal(prefix + "backoff-base", 1, 100),
                typed.duration(prefix + "base-backoff", 1),
                typed.decimal(prefix + "jitter-factor", 0, 1),
                typed.duration(prefix + "history-window", 1000),
                typed.number(prefix + "consecutive-successes-for-recovery", 0, 100_000));
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
                typed.flag(prefix + "enabled"),
                milliseconds(prefix + "window-ms", BatchingReader.LONGEST_MS),
                typed.number(prefix + "max-batch-size", 1, BatchingReader.LARGEST));
        return new Settings.Batching(
                every,
                new BatchingReader(values).read(prefix + "provider-settings", every),
                typed.flag(prefix + "across-tenants"),
                typed.bytes(prefix + "stream-buffer"),
                typed.duration(prefix + "slow-reader", 1));
    }

    private Duration milliseconds(String key, int max) {
        return Duration.ofMillis(typed.number(key, 1, max));
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
}
