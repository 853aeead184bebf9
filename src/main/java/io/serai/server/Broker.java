package io.serai.server;

import io.serai.config.ConfigException;
import io.serai.config.ConfigLoader;
import io.serai.config.ConfigProblem;
import io.serai.config.ConfigSource;
import io.serai.config.Settings;
import io.serai.door.ErrorBody;
import io.serai.door.ShowHealth;
import io.serai.log.Logging;
import io.vertx.core.DeploymentOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker as a whole: starts with a configuration, serves, takes over changed files, and stops without dropping a stream. */
public final class Broker implements AutoCloseable, ShowHealth.BrokerState, HttpFront.Traffic {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /** Longest wait at the end for a database that takes rows. */
    private static final Duration SETTLE = Duration.ofSeconds(3);

    private final ConfigSource source;
    private final @Nullable Path routes;
    private final Runtime runtime;
    private final GenerationLoader loader;
    private final Discovery discovery;
    private final AtomicReference<Generation> current;
    private final AtomicInteger port;
    private final AtomicInteger numbers = new AtomicInteger(1);
    private final FileWatch watch;
    private final Set<Generation> retired = ConcurrentHashMap.newKeySet();
    private String deployment = "";
    private volatile List<String> configErrors = List.of();
    private Set<String> found = Set.of();
    private volatile boolean draining;
    private boolean closed;

    private Broker(ConfigSource source, @Nullable Path routes, List<Path> watched, @Nullable Path data)
            throws ConfigException, StartFailedException {
        this.source = source;
        this.routes = routes;
        Settings settings = new ConfigLoader().load(source).settings();
        this.port = new AtomicInteger(settings.port());
        Logging.json(settings.logJson());
        this.runtime = runtime(settings, data, true);
        this.discovery = new Discovery(runtime.json());
        this.loader = new GenerationLoader(runtime, this, discovery);
        this.watch = new FileWatch(watched, this::reload);
        try {
            Generation first = loader.load(1, source, routes, Generation.Stopped.NONE);
            this.current = new AtomicReference<>(first);
            runtime.keepVectors(first);
            serve(first, settings);
        } catch (ConfigException | StartFailedException | RuntimeException e) {
            runtime.close();
            throw e;
        }
        LOG.info("Serai listens on http://{}:{}", settings.host(), port.get());
        current().snapshot().warnings().forEach(LOG::warn);
        BrokerBean.register(view());
        watch.start();
        discovery.whenChanged(this::takeFound);
    }

    /**
     * Starts a broker.
     *
     * @param routes the operator's route files; null: only those in the jar
     * @param watched folders whose changes are taken over while the broker runs
     * @throws ConfigException when the configuration can't be used; nothing is left running
     * @throws StartFailedException when the port can't be bound
     */
    public static Broker start(ConfigSource source, @Nullable Path routes, List<Path> watched)
            throws ConfigException, StartFailedException {
        return start(source, routes, watched, null);
    }

    /**
     * Starts a broker that remembers.
     *
     * @param data the folder for what outlives a restart; null: nothing does
     * @see #start(ConfigSource, Path, List)
     */
    public static Broker start(ConfigSource source, @Nullable Path routes, List<Path> watched, @Nullable Path data)
            throws ConfigException, StartFailedException {
        return new Broker(source, routes, watched, data);
    }

    /** Loads and starts a whole generation beside nothing, and throws it away. Returns its warnings. */
    public static List<String> validate(ConfigSource source, @Nullable Path routes)
            throws ConfigException, StartFailedException {
        Settings settings = new ConfigLoader().load(source).settings();
        try (Runtime runtime = runtime(settings, null, false)) {
            Generation generation = new GenerationLoader(runtime, new NoBroker(), null)
                    .load(0, source, routes, Generation.Stopped.NONE);
            List<String> warnings = generation.snapshot().warnings();
            generation.stop();
            return warnings;
        }
    }

    private static Runtime runtime(Settings settings, @Nullable Path data, boolean serving)
            throws StartFailedException {
        try {
            return new Runtime(settings, data, serving);
        } catch (IOException e) {
            throw new StartFailedException("Can't keep a ledger: " + e.getMessage(), e);
        }
    }

    /** The one that new requests enter. */
    Generation current() {
        return current.get();
    }

    private void serve(Generation first, Settings settings) throws StartFailedException {
        ErrorBody errors = new ErrorBody(runtime.json(), settings.routingHeaders());
        HttpFront.shape(first.router(), errors);
        int fronts = Math.max(2, java.lang.Runtime.getRuntime().availableProcessors());
        try {
            deployment = runtime.vertx()
                    .deployVerticle(
                            () -> new HttpFront(this, errors, settings.host(), settings.port(), port),
                            new DeploymentOptions().setInstances(fronts))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            first.stop();
            throw new StartFailedException(
                    "Can't listen on " + settings.host() + ":" + port.get() + ": " + reason(e)
                            + ". Choose another with --port, or stop what listens there.",
                    e);
        }
    }

    private static String reason(Throwable e) {
        return String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
    }

    /** What JMX shows of it. */
    public BrokerMXBean view() {
        return new BrokerView(this, runtime);
    }

    /** The port that is listened on. */
    public int port() {
        return port.get();
    }

    /**
     * Takes over the files as they are now. What is wrong with them is logged and shown in {@code /health}; the last good
     * configuration goes on then.
     *
     * @return whether the files are now in use
     */
    public synchronized boolean reload() {
        if (closed) {
            return false;
        }
        long began = System.nanoTime();
        Generation old = current.get();
        int number = numbers.incrementAndGet();
        try {
            found = discovery.answering();
            Generation next = loader.load(number, source.withAnswering(found), routes, old.stoppedByHand());
            HttpFront.shape(
                    next.router(),
                    new ErrorBody(runtime.json(), next.snapshot().settings().routingHeaders()));
            warnOfFixed(old.snapshot().settings(), next.snapshot().settings());
            Logging.json(next.snapshot().settings().logJson());
            current.set(next);
            runtime.keepVectors(next);
            next.keepStopped(old.stoppedByHand()); // someone may have stopped one while this was loading
            retired.add(old);
            old.retire(() -> retired.remove(old));
            configErrors = List.of();
            LOG.info(
                    "Generation {} is in use, loaded in {} ms",
                    number,
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
            next.snapshot().warnings().forEach(LOG::warn);
            return true;
        } catch (ConfigException e) {
            List<String> errors =
                    e.problems().stream().map(ConfigProblem::toString).toList();
            if (!errors.equals(configErrors)) {
                LOG.error(
                        "The changed configuration can't be used; generation {} goes on:\n{}",
                        old.number(),
                        e.getMessage());
            }
            configErrors = errors;
            return false;
        }
    }

    /** Brings in what was found, or takes out what has gone; a reload for another reason may have done so meanwhile. */
    private synchronized void takeFound() {
        if (!discovery.answering().equals(found)) {
            reload();
        }
    }

    private static void warnOfFixed(Settings before, Settings after) {
        if (!before.host().equals(after.host()) || before.port() != after.port()) {
            LOG.warn("A changed serai.host or serai.port takes effect with the next start");
        }
        if (!before.media().uploadFolder().equals(after.media().uploadFolder())
                || before.media().uploadMaxTotalBytes() != after.media().uploadMaxTotalBytes()) {
            LOG.warn("A changed serai.upload.folder or serai.upload.max-total-bytes takes effect with the next start");
        }
        if (!before.database().equals(after.database())) {
            LOG.warn("A changed serai.database.* takes effect with the next start");
        }
        if (!before.ledger().equals(after.ledger())) {
            LOG.warn("Of serai.ledger.*, only interval, upkeep, texts and the days take effect before the next start");
        }
        if (!before.redis().equals(after.redis())) {
            LOG.warn("A changed serai.redis.* takes effect with the next start");
        }
        if (before.upstream().maxConnections() != after.upstream().maxConnections()) {
            LOG.warn("A changed serai.upstream.max-connections takes effect with the next start");
        }
    }

    @Override
    public Generation enter() {
        while (true) {
            Generation generation = current.get();
            if (generation.enter()) {
                return generation;
            }
        }
    }

    @Override
    public Settings.Server server() {
        return current().snapshot().settings().server();
    }

    @Override
    public long generation() {
        return current().number();
    }

    @Override
    public Instant startedAt() {
        return runtime.startedAt();
    }

    @Override
    public boolean draining() {
        return draining;
    }

    @Override
    public List<String> configErrors() {
        return configErrors;
    }

    /** Refuses new requests, waits for running ones as long as the grace allows, and stops. */
    @Override
    public void close() {
        Generation last;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            draining = true;
            watch.close();
            last = current.get();
        }
        Duration grace = last.snapshot().settings().shutdownGrace();
        long deadline = System.nanoTime() + grace.toNanos();
        LOG.info("Stopping; {} requests are running and have {} ms", inside(), grace.toMillis());
        while (inside() > 0 && System.nanoTime() < deadline) {
            pause();
        }
        if (inside() > 0) {
            LOG.warn("{} requests did not end within {} ms and are cut off", inside(), grace.toMillis());
        }
        // the clients' connections first: routes whose client is gone end by themselves
        runtime.vertx()
                .undeploy(deployment)
                .otherwiseEmpty()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        List.copyOf(retired).forEach(Generation::cut);
        last.awaitRecords();
        settleLedger();
        last.cut();
        BrokerBean.unregister();
        runtime.close();
        LOG.info("Stopped");
    }

    /** Gives the database what it will take; the rest is in the journal for the next start. */
    private void settleLedger() {
        try {
            runtime.books().settle(SETTLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Requests that are running, in replaced generations too. */
    int inside() {
        return current.get().inside()
                + retired.stream().mapToInt(Generation::inside).sum();
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The state of a generation that nobody will ask. */
    private static final class NoBroker implements ShowHealth.BrokerState {
        @Override
        public long generation() {
            return 0;
        }

        @Override
        public Instant startedAt() {
            return Instant.EPOCH;
        }

        @Override
        public boolean draining() {
            return false;
        }

        @Override
        public List<String> configErrors() {
            return List.of();
        }
    }
}
