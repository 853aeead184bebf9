package io.serai.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.serai.autoselect.Choices;
import io.serai.autoselect.Tasks;
import io.serai.batch.Savings;
import io.serai.cache.Stores;
import io.serai.classify.Detectors;
import io.serai.condense.Summaries;
import io.serai.config.Settings;
import io.serai.config.Snapshot;
import io.serai.context.Tokenizers;
import io.serai.door.BodyBudget;
import io.serai.door.ContentTable;
import io.serai.door.UploadFolder;
import io.serai.embedding.Meanings;
import io.serai.embedding.Sentences;
import io.serai.embedding.VectorStore;
import io.serai.ledger.Books;
import io.serai.limits.AdaptiveRates;
import io.serai.limits.ClientBuckets;
import io.serai.limits.ClientLimits;
import io.serai.limits.TokenWindows;
import io.serai.metrics.Meters;
import io.serai.models.ContextUse;
import io.serai.models.ModelListFile;
import io.serai.models.ModelLists;
import io.serai.ops.JolokiaAgent;
import io.serai.provider.StreamClients;
import io.serai.provider.UpstreamConnections;
import io.serai.provider.google.CacheKeeper;
import io.serai.provider.google.CachedContents;
import io.serai.redis.Redis;
import io.serai.redis.RedisMeters;
import io.serai.redis.SharedBuckets;
import io.serai.routing.Directory;
import io.serai.routing.Disabled;
import io.serai.routing.ExtraSpend;
import io.serai.routing.Health;
import io.serai.routing.Latencies;
import io.serai.routing.Shares;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.impl.VertxBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What outlives a generation: threads, connections to providers, and what is known of their health.
 */
final class Runtime implements AutoCloseable {
    /** Of an answer's head; a provider that sends more is broken. */
    private static final int MAX_HEAD_BYTES = 64 * 1024;

    private static final int LOOPS = Math.max(2, java.lang.Runtime.getRuntime().availableProcessors());

    private final Instant startedAt = Instant.now();
    private final ObjectMapper json = createJson();
    private final Vertx vertx = createVertx();
    private final HashedWheelTimer timers =
            new HashedWheelTimer(new DefaultThreadFactory("serai-timers", true), 50, TimeUnit.MILLISECONDS);
    private final Health health = new Health(System::nanoTime);
    private final Map<String, Shares> shares = new ConcurrentHashMap<>();
    private final Redis redis;
    private final SharedBuckets clients;
    private final Latencies latencies = new Latencies();
    private final ExtraSpend extraSpend = new ExtraSpend(System::nanoTime);
    private final ExecutorService branches = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("branch-", 0).factory());
    private final Savings savings = new Savings();
    private final AdaptiveRates rates;
    private final TokenWindows tokens = new TokenWindows(System::nanoTime);
    private final StreamClients streams;
    private final UpstreamConnections connections;
    private final BodyBudget bodies =
            BodyBudget.ofHeap(java.lang.Runtime.getRuntime().maxMemory());
    private final JolokiaAgent jolokia = new JolokiaAgent();
    private final ModelLists models = new ModelLists(Clock.systemUTC());
    private final ModelListFile modelFile;
    private final ContextUse contextUse;
    private final Disabled disabled;
    private final UploadFolder uploads;
    private final boolean serving;
    private final CachedContents geminiCaches = new CachedContents(json, System::nanoTime);
    private final CacheKeeper cacheKeeper = new CacheKeeper(json, geminiCaches);
    private final ContentTable contents = new ContentTable(System::nanoTime);
    private final HttpClient contentClient;
    private final Sentences sentences = new Sentences();
    private final Meanings meanings = new Meanings(sentences);
    private final Tasks tasks = new Tasks(meanings);
    private final Summaries summaries = new Summaries();
    private final Detectors detectors = new Detectors(meanings);
    private final Choices choices = new Choices(System::nanoTime);
    private final Tokenizers tokenizers = new Tokenizers();
    private final Books books;
    private final Meters meters;
    private final Stores caches;

    /**
     * @param data the folder for what outlives a restart; null: nothing does
     * @param serving false: only to see whether a configuration loads; providers are not asked for anything then
     * @throws IOException when the ledger's journal can't be opened
     */
    Runtime(Settings settings, @Nullable Path data, boolean serving) throws IOException {
        this.serving = serving;
        books = Books.open(settings, data);
        // to see whether a configuration loads nobody is asked for anything
        redis = Redis.of(serving ? settings.redis() : settings.redis().alone(), timers);
        clients = new SharedBuckets(redis, new ClientBuckets(System::nanoTime));
        meters = new Meters(books, savings, extraSpend);
        meters.include(new RedisMeters(redis, clients));
        caches = new Stores(data == null ? null : data.toAbsolutePath().getParent(), meters::watch);
        meters.watch(caches.models());
        rates = new AdaptiveRates(settings.adaptiveRate(), System::nanoTime);
        modelFile = new ModelListFile(data, json, models);
        contextUse = new ContextUse(data, json);
        disabled = new Disabled(data, json);
        Settings.Upstream limits = settings.upstream();
        uploads = new UploadFolder(
                Path.of(System.getProperty("serai.home", ""))
                        .resolve(settings.media().uploadFolder()),
                settings.media().uploadMaxTotalBytes());
        streams = new StreamClients(
                vertx,
                new HttpClientOptions()
                        .setKeepAlive(true)
                        .setTcpNoDelay(true)
                        .setMaxHeaderSize(MAX_HEAD_BYTES)
                        .setDecompressionSupported(false),
                limits.maxConnections(),
                LOOPS,
                settings.stream().buffer());
        contentClient = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setMaxHeaderSize(MAX_HEAD_BYTES))
                .with(new PoolOptions()
                        .setHttp1MaxSize(limits.maxConnections())) // Vert.x's five would wait for slow readers
                // the request is told, and the client by it; Vert.x would say it once more at ERROR
                .withConnectHandler(connection -> connection.exceptionHandler(e -> {}))
                .build();
        connections = new UpstreamConnections(limits.maxConnections());
    }

    /** Every field that a client sent is kept, big numbers exactly. */
    private static ObjectMapper createJson() {
        return JsonMapper.builder(JsonFactory.builder()
                        .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                        // by thread is the default: a virtual one would keep 30 KB for one call, as long as its stream
                        // lasts
                        .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                        // bodies and answers are bounded as a whole
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(Integer.MAX_VALUE)
                                .build())
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /** Vert.x with virtual threads for workers: twenty slow answers would otherwise block everyone. */
    private static Vertx createVertx() {
        VertxOptions options = new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(LOOPS)
                // virtual threads park for as long as an answer takes
                .setMaxWorkerExecuteTime(Duration.ofDays(1).toNanos());
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        VertxBuilder builder = new VertxBuilder(options)
                .executorServiceFactory((threads, concurrency, max) -> Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("call-", 0).factory()))
                .init();
        return builder.findTransport(BoundedTransport.of(builder.findTransport()))
                .vertx();
    }

    Instant startedAt() {
        return startedAt;
    }

    ObjectMapper json() {
        return json;
    }

    Vertx vertx() {
        return vertx;
    }

    HashedWheelTimer timers() {
        return timers;
    }

    Health health() {
        return health;
    }

    /** The turns of a rotation, by its name. */
    Shares shares(String rotation) {
        return shares.computeIfAbsent(rotation, r -> new Shares());
    }

    AdaptiveRates rates() {
        return rates;
    }

    TokenWindows tokens() {
        return tokens;
    }

    /** What clients have used of their limits. */
    ClientLimits clients() {
        return clients;
    }

    Redis redis() {
        return redis;
    }

    Latencies latencies() {
        return latencies;
    }

    ExtraSpend extraSpend() {
        return extraSpend;
    }

    /** A virtual thread for each branch of a call: one that waits for its answer keeps no other from going. */
    ExecutorService branches() {
        return branches;
    }

    /** What requests that travelled together have saved. */
    Savings savings() {
        return savings;
    }

    BodyBudget bodies() {
        return bodies;
    }

    UploadFolder uploads() {
        return uploads;
    }

    ContentTable contents() {
        return contents;
    }

    HttpClient contentClient() {
        return contentClient;
    }

    Sentences sentences() {
        return sentences;
    }

    Meanings meanings() {
        return meanings;
    }

    Detectors detectors() {
        return detectors;
    }

    /** From now on embeddings are looked for, and kept, by the routes of this generation. */
    void keepVectors(Generation generation) {
        Settings.Cache cache = generation.snapshot().settings().cache();
        meanings.keepIn(
                cache.embeddingsTtl().isZero()
                        ? VectorStore.NONE
                        : new KeptVectors(generation.context(), branches, cache));
    }

    /** Now that it serves, what counting needs is read, where the configuration will have requests counted. */
    void prepareCounting(Snapshot snapshot) {
        if (Directory.limitsTokens(snapshot)) {
            tokenizers.prepare(Directory.modelNames(snapshot));
        }
    }

    Tasks tasks() {
        return tasks;
    }

    Summaries summaries() {
        return summaries;
    }

    Tokenizers tokenizers() {
        return tokenizers;
    }

    Choices choices() {
        return choices;
    }

    StreamClients streams() {
        return streams;
    }

    UpstreamConnections connections() {
        return connections;
    }

    JolokiaAgent jolokia() {
        return jolokia;
    }

    ModelLists models() {
        return models;
    }

    ModelListFile modelFile() {
        return modelFile;
    }

    ContextUse contextUse() {
        return contextUse;
    }

    Disabled disabled() {
        return disabled;
    }

    Books books() {
        return books;
    }

    Meters meters() {
        return meters;
    }

    /** What is kept of answers, and by whom. */
    Stores caches() {
        return caches;
    }

    boolean serving() {
        return serving;
    }

    CachedContents geminiCaches() {
        return geminiCaches;
    }

    CacheKeeper cacheKeeper() {
        return cacheKeeper;
    }

    @Override
    public void close() {
        modelFile.save();
        contextUse.save();
        sentences.close();
        cacheKeeper.close();
        jolokia.close();
        redis.close();
        timers.stop();
        branches.shutdownNow();
        connections.shutdown();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        uploads.close();
        caches.close();
        books.close();
    }
}
