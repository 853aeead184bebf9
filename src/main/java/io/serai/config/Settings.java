package io.serai.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code application.properties}, typed. The shipped file holds the defaults and a line on each key.
 *
 * @param keys client keys; empty: no key is asked for
 * @param bodyMaxBytes of a request
 * @param bodyTimeout how long the next part of a body may take
 * @param autoStrategy what {@code auto} means: cheapest or best
 * @param errorCooldown how long an instance rests after three failures in a row, where nothing else is said
 * @param params what to do with a parameter that a provider refuses
 * @param anthropicMaxTokens of an answer, where neither the client nor anyone who knows the model names a limit
 * @param ollamaProbe from one look for an Ollama that needs no entry to the next; zero: nobody looks
 */
public record Settings(
        String host,
        int port,
        List<ClientKey> keys,
        @Nullable Secret adminToken,
        long bodyMaxBytes,
        Duration bodyTimeout,
        Duration shutdownGrace,
        List<String> corsOrigins,
        Params params,
        boolean logJson,
        boolean routingHeaders,
        boolean echoModel,
        String autoStrategy,
        Duration ollamaProbe,
        Retry retry,
        Split split,
        Duration errorCooldown,
        Breaker breaker,
        Stream stream,
        Upstream upstream,
        Models models,
        int anthropicMaxTokens,
        Media media,
        AdaptiveRate adaptiveRate,
        Batching batching,
        Server server,
        Hedging hedging,
        Picking autoselect,
        Classify classify,
        Database database,
        Ledger ledger,
        Clients clients,
        ResponseCache responseCache,
        Cache cache,
        Metrics metrics,
        Redis redis,
        Condensing condensation) {

    public enum Params {
        /** Leave it out, and say so in {@code x-serai-params-adapted}. */
        ADAPT,
        /** Refuse the request with 400, naming the parameter. */
        STRICT
    }

    /**
     * A client key as configured: plain or as its SHA-256.
     *
     * @param sha256 of the key, 32 bytes
     */
    public record ClientKey(String label, byte[] sha256) {
        @Override
        public String toString() {
            return label;
        }
    }

    /**
     * How far one request may go.
     *
     * @param attempts in all
     * @param attemptsPerKey on one key
     * @param maxWait the sum of all waits
     * @param backoffBase the first wait where nobody names one; each further one is twice as long
     * @param backoffCap the longest such wait
     */
    public record Retry(
            int attempts, int attemptsPerKey, Duration maxWait, Duration backoffBase, Duration backoffCap) {}

    /**
     * How conversations are condensed where their model's limits ask for it.
     *
     * @param target percent of the context that they are to come to
     * @param timeout of a model that sums up or prunes
     */
    public record Condensing(int target, Duration timeout) {}

    /**
     * How a request above {@code max_request_tokens} is split.
     *
     * @param parallel parts of one request that are on their way at once
     * @param maxParts more are refused
     */
    public record Split(int parallel, int maxParts) {}

    /**
     * The circuit breaker of each instance.
     *
     * @param window calls looked at
     * @param minimum calls before it may open
     * @param failureRate percent at which it opens
     * @param open how long it stays open
     */
    public record Breaker(int window, int minimum, int failureRate, Duration open) {}

    /**
     * @param firstKeepalive silence before the first keepalive, which opens the response
     * @param keepalive silence between later ones
     * @param buffer bytes of one stream that wait for a slow client: so many for the client, so many from the provider
     */
    public record Stream(Duration firstKeepalive, Duration keepalive, int buffer) {}

    /**
     * @param maxConnections at once to one provider endpoint, plain and streamed each
     * @param maxAnswerBytes of a plain answer
     */
    public record Upstream(int maxConnections, long maxAnswerBytes) {}

    /**
     * @param refresh how often each provider's list of models is fetched; zero: never
     */
    public record Models(Duration refresh) {}

    /**
     * @param uploadMaxBytes of one form with files
     * @param uploadMaxTotalBytes of all that are under way
     * @param uploadFolder where their files lie meanwhile; below the broker's home unless it is absolute
     * @param contentRewrite whether addresses of providers in answers become the broker's own
     */
    public record Media(long uploadMaxBytes, long uploadMaxTotalBytes, String uploadFolder, boolean contentRewrite) {}

    /**
     * How the rate that an instance accepts is learned; docs/explanation/adaptive-rate-limiting.md says what each number does.
     *
     * @param enabled false: only the configured spacing of calls holds
     * @param initialInterval between calls before anything is learned; zero: no pacing
     * @param learningRate by what share a minute the pace climbs above the learned ceiling
     * @param headroomPercent how far under the ceiling the pace falls after a refusal
     * @param recoveryRate by what share of the ceiling a minute the pace climbs back
     * @param maxInterval the longest learned interval and the longest backoff
     * @param minInterval the shortest learned interval
     * @param backoffBase by what each further refusal multiplies the backoff
     * @param baseBackoff the backoff after the first refusal
     * @param jitterFactor the random share by which a backoff is longer or shorter
     * @param historyWindow what the figures look back on, and the idle time after which a learned rate is doubted
     * @param successesForRecovery accepted calls in a row before the pace climbs
     */
    public record AdaptiveRate(
            boolean enabled,
            Duration initialInterval,
            double learningRate,
            double headroomPercent,
            double recoveryRate,
            Duration maxInterval,
            Duration minInterval,
            double backoffBase,
            Duration baseBackoff,
            double jitterFactor,
            Duration historyWindow,
            int successesForRecovery) {}

    /**
     * Which requests travel together; docs/how-to/batch-requests.md says how.
     *
     * @param every what holds for a provider without a rule of its own
     * @param providers by id
     * @param acrossTenants whether requests of different keys may
     * @param streamBuffer bytes that one reader of a shared stream may be behind
     * @param slowReader how long it may hold the others up by being further behind
     */
    public record Batching(
            Rule every, Map<String, Rule> providers, boolean acrossTenants, long streamBuffer, Duration slowReader) {
        /**
         * @param window how long after the first one others may join
         * @param maxSize chats at most that share a request, and inputs of embeddings that are merged into one
         */
        public record Rule(boolean enabled, Duration window, int maxSize) {}

        public Rule of(String provider) {
            return providers.getOrDefault(provider, every);
        }

        /** Whether any provider's requests do. */
        public boolean any() {
            return every.enabled() || providers.values().stream().anyMatch(Rule::enabled);
        }
    }

    /**
     * How long a connection may say nothing while no request of it is being answered.
     *
     * @param headTimeout from its opening to the end of the first request's head
     * @param idleTimeout from an answer to the end of the next request's head
     */
    public record Server(Duration headTimeout, Duration idleTimeout) {}

    /**
     * How sensitive prompts are found.
     *
     * @param kinds that every prompt is searched for
     * @param semantic what {@code classify_semantic} of an autoselect is where it does not say
     * @param nsfwThreshold the score from which on a prompt is that, 0 to 1
     * @param privacyThreshold the same
     * @param model the model path that is asked instead of the detectors; empty: none is
     * @param timeout how long it may take
     * @param whenFailing the kinds that a prompt is taken to be when it could not be searched for them
     */
    public record Classify(
            Set<Sensitive> kinds,
            boolean semantic,
            double nsfwThreshold,
            double privacyThreshold,
            String model,
            Duration timeout,
            Set<Sensitive> whenFailing) {
        public double threshold(Sensitive kind) {
            return switch (kind) {
                case NSFW -> nsfwThreshold;
                case PRIVACY -> privacyThreshold;
            };
        }
    }

    /**
     * How autoselects pick.
     *
     * @param timeout of the model that is asked
     * @param confidence from 0 to 1, below which what was picked by meaning does not count
     * @param affinity how long a conversation stays with its model after its last request; zero: it does not
     */
    public record Picking(Duration timeout, double confidence, Duration affinity) {}

    /**
     * The rotations that ask several models at once.
     *
     * @param maxUsdPerHour what asking more than one may cost in an hour, all rotations together; 0: nothing
     * @param fallbackAfter of silence before {@code hedge} asks a second one, where too little is known of the first
     * @param grace that those who were called off have to end, before the call is put on record without their end
     */
    public record Hedging(java.math.BigDecimal maxUsdPerHour, Duration fallbackAfter, Duration grace) {}

    /**
     * Where the ledger is kept.
     *
     * @param url JDBC's, of MariaDB or MySQL; empty: the SQLite file
     * @param password null without one
     * @param path of the SQLite file, below the broker's home unless it is absolute
     * @param connections at once
     * @param timeout how long a server may take for an answer, before the connection counts as broken
     */
    public record Database(
            String url, String user, @Nullable Secret password, String path, int connections, Duration timeout) {}

    /**
     * What becomes of the records of requests.
     *
     * @param enabled false: they go to the log only
     * @param always whether an answer's end waits until its record is on the disk
     * @param refuse whether requests are refused while neither journal nor database takes records
     * @param interval at the latest after this the journal is on the disk, and rows go to the database
     * @param batchSize rows in one transaction
     * @param queue records in memory
     * @param upkeep how often old rows are looked for, and hours that are over
     * @param retention how long rows are kept
     * @param rollUpRetention how long the sums by the hour and the day are kept
     * @param texts what is kept of prompts and answers
     */
    public record Ledger(
            boolean enabled,
            boolean always,
            boolean refuse,
            Duration interval,
            int batchSize,
            int queue,
            Duration upkeep,
            Duration retention,
            Duration rollUpRetention,
            Texts texts) {}

    /**
     * The texts of prompts and answers.
     *
     * @param kept false: none is stored anywhere
     * @param longest characters of a prompt, and of an answer; the rest is left out
     * @param retention how long they are kept
     */
    public record Texts(boolean kept, int longest, Duration retention) {}

    /** @param routes whether each route's exchanges are timed */
    public record Metrics(boolean routes) {}

    /**
     * What each client may use.
     *
     * @param perKey of serai.auth.keys, each
     * @param trusted proxies, which are believed when they say whom they ask for
     */
    public record Clients(PerMinute perAddress, PerMinute perKey, List<Network> trusted) {}

    /**
     * What brokers share.
     *
     * @param server null: nothing is shared
     * @param prefix of every key
     * @param timeout what one request waits for it, all in all
     * @param pause for which it is left alone when it fails
     */
    public record Redis(@Nullable RedisServer server, String prefix, Duration timeout, Duration pause) {
        /** Nothing shared. */
        public Redis alone() {
            return new Redis(null, prefix, timeout, pause);
        }
    }

    /**
     * @param database 0 unless said otherwise
     * @param user null: Redis' own default
     * @param password null without one
     */
    public record RedisServer(
            String host,
            int port,
            boolean tls,
            int database,
            @Nullable String user,
            @Nullable Secret password) {}

    /** @param requests in a minute, 0: without limit; so are the tokens, input and output */
    public record PerMinute(int requests, int tokens) {
        public static final PerMinute NONE = new PerMinute(0, 0);

        public boolean any() {
            return requests > 0 || tokens > 0;
        }
    }

    /**
     * Which answers are kept, and how long; docs/how-to/cache-answers.md says what for.
     *
     * @param enabled what holds for a model of which nothing nearer says otherwise
     * @param backend the name of the one that is used as long as it works
     * @param maxEntries in one backend
     * @param maxBytes of all entries in one backend
     * @param maxAnswerBytes of one answer as it came, a stream with all its chunks
     * @param maxTemperature requests above it are always asked anew; null: none is
     * @param streams whether answers that come as a stream are kept too
     * @param acrossTenants whether one client key gets what another has asked for
     */
    public record ResponseCache(
            boolean enabled,
            String backend,
            Duration ttl,
            int maxEntries,
            long maxBytes,
            long maxAnswerBytes,
            @Nullable Double maxTemperature,
            boolean streams,
            boolean acrossTenants) {}

    /**
     * What all cached data has in common.
     *
     * @param type the backend of all that is not an answer
     * @param keyPrefix of every key
     * @param timeout how long a backend may take, before it counts as broken
     * @param retry how long a broken one is left alone at most
     * @param upkeep how often expired entries are looked for
     * @param folder of the file backend, below the broker's home unless it is absolute
     * @param sqlite the file of the SQLite backend
     * @param mysql the server of the MySQL backend; its url is empty where there is none
     * @param modelListsTtl how long providers' lists are kept
     * @param embeddingsTtl how long embeddings of descriptions and prompts are; zero: they are not
     */
    public record Cache(
            String type,
            String keyPrefix,
            Duration timeout,
            Duration retry,
            Duration upkeep,
            String folder,
            Database sqlite,
            Database mysql,
            Duration modelListsTtl,
            Duration embeddingsTtl) {}
}
