package io.serai.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.CallRecord;
import io.serai.call.LogText;
import io.serai.call.Operation;
import io.serai.call.Usage;
import io.serai.json.JsonFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many tokens the requests to each model had that it answered: their effective context, by provider and model. Outlives
 * generations, and in {@code data/context-use.json} restarts. Bounded: the models that nobody has asked for the longest time go
 * first. For any thread.
 */
public final class ContextUse {
    private static final Logger LOG = LoggerFactory.getLogger(ContextUse.class);
    private static final int FORMAT = 1;
    /** Some clients ask for models that there are not, but only answered ones are here. */
    static final int MOST = 10_000;

    private final @Nullable JsonFile file;
    private final Map<Of, Seen> all = new ConcurrentHashMap<>();
    private volatile boolean changed;

    private record Of(String provider, String model) {}

    /**
     * @param last tokens of the latest request
     * @param largest of any
     * @param estimated whether {@code last} was counted here, because the provider did not say
     * @param requests how many there were
     */
    public record Seen(long last, long largest, boolean estimated, long requests, Instant at) {
        private Seen plus(Seen next) {
            return new Seen(
                    next.last, Math.max(largest, next.largest), next.estimated, requests + next.requests, next.at);
        }
    }

    /**
     * Reads what is kept.
     *
     * @param folder null: nothing is kept
     */
    public ContextUse(@Nullable Path folder, ObjectMapper json) {
        this.file = folder == null ? null : new JsonFile(folder.resolve("context-use.json"), json, FORMAT);
        read();
    }

    /** A step of the ledger's tap: notes what the attempts of the record in the body have used. */
    public void note(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof CallRecord record && record.operation() == Operation.CHAT) {
            for (CallRecord.Try attempt : record.attempts()) {
                Usage usage = attempt.usage();
                if (usage != null && usage.input() > 0) {
                    long tokens = usage.input();
                    note(
                            attempt.provider(),
                            LogText.of(attempt.model()),
                            new Seen(tokens, tokens, usage.estimated(), 1, Instant.now()));
                }
            }
        }
    }

    void note(String provider, String model, Seen seen) {
        all.merge(new Of(provider, model), seen, Seen::plus);
        changed = true;
        while (all.size() > MOST) {
            all.entrySet().stream()
                    .min(Comparator.comparing(e -> e.getValue().at()))
                    .ifPresent(oldest -> all.remove(oldest.getKey()));
        }
    }

    /** What is known of a provider's models, by their names. */
    public Map<String, Seen> of(String provider) {
        Map<String, Seen> models = new TreeMap<>();
        all.forEach((of, seen) -> {
            if (of.provider().equals(provider)) {
                models.put(of.model(), seen);
            }
        });
        return models;
    }

    private void read() {
        if (file == null) {
            return;
        }
        try {
            for (JsonNode node : file.read().path("models")) {
                all.put(
                        new Of(
                                node.path("provider").asText(),
                                node.path("model").asText()),
                        new Seen(
                                node.path("last").asLong(),
                                node.path("largest").asLong(),
                                node.path("estimated").asBoolean(),
                                node.path("requests").asLong(),
                                Instant.parse(node.path("at").asText())));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("No use of contexts is kept yet");
        } catch (IOException | DateTimeException e) {
            LOG.warn("{} can't be read and is ignored ({})", file, e.getClass().getSimpleName());
        }
    }

    /** Writes what has changed since the last time, all or nothing. */
    public synchronized void save() {
        if (file == null || !changed) {
            return;
        }
        changed = false;
        ObjectNode root = file.begin();
        ArrayNode models = root.putArray("models");
        all.forEach((of, seen) -> models.addObject()
                .put("provider", of.provider())
                .put("model", of.model())
                .put("last", seen.last())
                .put("largest", seen.largest())
                .put("estimated", seen.estimated())
                .put("requests", seen.requests())
                .put("at", seen.at().toString()));
        try {
            file.write(root);
        } catch (IOException e) {
            LOG.warn("{} can't be written, so the next start will not know it ({})", file, e.toString());
        }
    }
}
