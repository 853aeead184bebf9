package io.serai.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code application.properties}, typed. The shipped file holds the defaults and a line on each key.
 *
 * @param keys client keys; empty: no key is asked for
 * @param bodyMaxBytes of a request
 * @param bodyTimeout how long the next part of a body may take
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
        Duration ollamaProbe,
        Retry retry,
        Breaker breaker,
        Stream stream,
        Upstream upstream,
        Models models,
        int anthropicMaxTokens,
        Media media,
        Server server) {

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
     */
    public record Retry(int attempts, int attemptsPerKey, Duration maxWait) {}

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
     */
    public record Stream(Duration firstKeepalive, Duration keepalive) {}

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
     * How long a connection may say nothing while no request of it is being answered.
     *
     * @param headTimeout from its opening to the end of the first request's head
     * @param idleTimeout from an answer to the end of the next request's head
     */
    public record Server(Duration headTimeout, Duration idleTimeout) {}
}
