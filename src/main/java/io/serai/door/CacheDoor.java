package io.serai.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.cache.BackendCounts;
import io.serai.cache.CacheScope;
import io.serai.cache.CacheSize;
import io.serai.cache.CacheSteps;
import io.serai.cache.ModelCounts;
import io.serai.cache.Stores;
import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.LogText;
import io.serai.call.UpstreamException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /api/cache/stats} and {@code POST /api/cache/clear}: the steps before, in and after the round of the backends. */
public final class CacheDoor {
    private static final Logger LOG = LoggerFactory.getLogger(CacheDoor.class);
    private static final int MAX_BYTES = 64 * 1024;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Set<String> FIELDS = Set.of("model", "provider");
    private static final String ROUND = "cacheRound";
    /** Longer than a backend that works takes to store anything. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final String UNSURE = "cacheUnsure";

    private static final int DECIMALS = 10;

    private final ObjectMapper json;
    private final BodyBudget bodies;
    private final Stores stores;
    private final String prefix;

    /** @param prefix of the keys of this broker */
    public CacheDoor(ObjectMapper json, BodyBudget bodies, Stores stores, String prefix) {
        this.json = json;
        this.bodies = bodies;
        this.stores = stores;
        this.prefix = prefix;
    }

    /** What was learned on the way from backend to backend. One thread. */
    private record Round(
            CacheScope scope, Map<String, CacheSize> sizes, List<String> failed, Map<String, Long> cleared) {
        Round(CacheScope scope) {
            this(scope, new TreeMap<>(), new ArrayList<>(), new ConcurrentHashMap<>());
        }
    }

    /** Before the round for the statistics. */
    public void begin(Exchange exchange) {
        exchange.setProperty(ROUND, new Round(new CacheScope(prefix, null, null, null)));
    }

    /** Before the round that clears: what the body says, 400 for what is neither a model nor a provider. */
    public void readScope(Exchange exchange) throws UpstreamException {
        byte[] bytes = RawBody.read(exchange, bodies, MAX_BYTES, SILENCE, ApiError.tooLarge(MAX_BYTES));
        JsonNode body = bytes.length == 0 ? json.createObjectNode() : parsed(bytes);
        if (!body.isObject()) {
            throw bad(null, "The body is no JSON object.");
        }
        body.properties().forEach(field -> {
            if (!FIELDS.contains(field.getKey())) {
                throw bad(null, "The body may say model and provider, but not '" + LogText.of(field.getKey()) + "'.");
            }
            if (!field.getValue().isTextual() || field.getValue().asText().isBlank()) {
                throw bad(field.getKey(), "'" + field.getKey() + "' is no text.");
            }
        });
        exchange.setProperty(
                ROUND, new Round(new CacheScope(prefix, null, text(body, "provider"), text(body, "model"))));
    }

    private JsonNode parsed(byte[] bytes) {
        try {
            return json.readTree(bytes);
        } catch (IOException e) {
            throw bad(null, "The body is not JSON.");
        }
    }

    private static ApiError bad(@Nullable String param, String message) {
        return ApiError.badRequest("invalid_request", param, message);
    }

    private static @Nullable String text(JsonNode body, String field) {
        return body.has(field) ? body.path(field).asText() : null;
    }

    /** What is on its way is not kept any more; what is just being stored is waited for. */
    public void beginClear(Exchange exchange) throws InterruptedException {
        exchange.setProperty(UNSURE, !stores.clearings().begin(round(exchange).scope(), PATIENCE));
    }

    /** The scope becomes the body, for a backend. */
    public void scope(Exchange exchange) {
        exchange.getMessage().setBody(round(exchange).scope());
    }

    /** A backend has said how much it holds. */
    public void noteSize(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof CacheSize size) {
            round(exchange).sizes().put(backend(exchange), size);
        }
    }

    /** A backend has been cleared. */
    public void noteCleared(Exchange exchange) {
        Object gone = exchange.getMessage().getBody();
        round(exchange).cleared().put(backend(exchange), gone instanceof Number number ? number.longValue() : 0L);
    }

    /** A backend does not answer. */
    public void noteFailed(Exchange exchange) {
        Exception why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.debug("The cache backend {} does not answer", backend(exchange), why);
        round(exchange).failed().add(backend(exchange));
    }

    /**
     * {@code {backends: {name: {hits, misses, hit_rate, sets, errors, evictions, entries, bytes}}, models: {"provider/model":
     * {hits, misses, hit_rate, saved_tokens, saved_usd}}, saved: {tokens, usd}}}; entries and bytes are null where a backend does not answer.
     */
    public void show(Exchange exchange) {
        Round round = round(exchange);
        ObjectNode answer = json.createObjectNode();
        ObjectNode all = answer.putObject("backends");
        Map<String, BackendCounts> counts = new TreeMap<>(stores.backends().used());
        round.sizes()
                .keySet()
                .forEach(name -> counts.put(name, stores.backends().counts(name)));
        round.failed().forEach(name -> counts.put(name, stores.backends().counts(name)));
        counts.forEach(
                (name, of) -> describe(all.putObject(name), of, round.sizes().get(name)));
        ObjectNode models = answer.putObject("models");
        stores.models()
                .byModel()
                .forEach((name, of) -> models.putObject(name)
                        .put("hits", of.hits())
                        .put("misses", of.misses())
                        .put("hit_rate", rate(of.hitRate()))
                        .put("saved_tokens", of.tokens())
                        .put("saved_usd", usd(of.usd())));
        ModelCounts.Savings saved = stores.models().all();
        answer.putObject("saved").put("tokens", saved.tokens()).put("usd", usd(saved.usd()));
        Answers.send(Call.of(exchange), answer);
    }

    private static void describe(ObjectNode node, BackendCounts counts, @Nullable CacheSize size) {
        node.put("hits", counts.hits())
                .put("misses", counts.misses())
                .put("hit_rate", rate(counts.hitRate()))
                .put("sets", counts.sets())
                .put("errors", counts.errors())
                .put("evictions", counts.evictions())
                .put("entries", size == null ? null : size.entries())
                .put("bytes", size == null ? null : size.bytes());
    }

    private static BigDecimal rate(double rate) {
        return new BigDecimal(rate, new MathContext(4)).stripTrailingZeros();
    }

    private static BigDecimal usd(BigDecimal usd) {
        return usd.setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros();
    }

    /**
     * {@code {cleared: n}}; 503 when a backend does not answer, for what it holds may come back with it, or is slow to store
     * something, which may be there after this.
     */
    public void answerCleared(Exchange exchange) {
        Round round = round(exchange);
        long cleared =
                round.cleared().values().stream().mapToLong(Long::longValue).sum();
        if (!round.failed().isEmpty()) {
            throw unavailable("Cleared " + cleared + " entries, but these backends do not answer: "
                    + String.join(", ", round.failed()) + ".");
        }
        if (exchange.getProperty(UNSURE, false, Boolean.class)) {
            throw unavailable("Cleared " + cleared + " entries, but something is still being kept. Clear once more.");
        }
        LOG.info(
                "The cache is cleared of {} entries: {}",
                cleared,
                LogText.of(round.scope().toString()));
        Answers.send(Call.of(exchange), json.createObjectNode().put("cleared", cleared));
    }

    private static ApiError unavailable(String message) {
        return new ApiError(503, "api_error", "cache_unavailable", null, message, Duration.ofSeconds(5));
    }

    private static Round round(Exchange exchange) {
        return exchange.getProperty(ROUND, Round.class);
    }

    private static String backend(Exchange exchange) {
        return String.valueOf(CacheSteps.chosen(exchange));
    }
}
