package io.serai.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.call.Instance;
import io.serai.json.JsonFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator has taken out of service: a provider, one of its keys or one of its models. It outlives reloads, and in
 * {@code data/disabled.json} restarts. The file holds no secret: keys stand in it by a fingerprint.
 */
public final class Disabled {
    /** As a walk says it of a candidate that it passes over. */
    public static final String REASON = "disabled";

    private static final Logger LOG = LoggerFactory.getLogger(Disabled.class);
    private static final int FORMAT = 1;

    private final @Nullable JsonFile file;
    private volatile Map<Target, Note> notes = Map.of();

    /**
     * What is out of service.
     *
     * @param model the provider's own name; null: every model
     * @param identity of one instance, by its key, so that it survives renumbering; null: every one
     */
    public record Target(
            String provider,
            @Nullable String model,
            @Nullable String identity) {
        boolean covers(Instance instance, String asked) {
            return provider.equals(instance.provider().id())
                    && (model == null || model.equals(asked))
                    && (identity == null || identity.equals(instance.identity()));
        }
    }

    /** @param reason in the operator's words, null without any */
    public record Note(@Nullable String reason, Instant since) {}

    /**
     * Reads what is kept.
     *
     * @param folder null: nothing is kept
     */
    public Disabled(@Nullable Path folder, ObjectMapper json) {
        this.file = folder == null ? null : new JsonFile(folder.resolve("disabled.json"), json, FORMAT);
        read();
    }

    /** Whether the instance may not be asked for the model. */
    boolean covers(Instance instance, String model) {
        Map<Target, Note> now = notes;
        return !now.isEmpty() && now.keySet().stream().anyMatch(target -> target.covers(instance, model));
    }

    /** Why every model of the instance is out of service; null when it is not. */
    public @Nullable Note of(Instance instance) {
        Map<Target, Note> now = notes;
        Note provider = now.get(new Target(instance.provider().id(), null, null));
        return provider != null
                ? provider
                : now.get(new Target(instance.provider().id(), null, instance.identity()));
    }

    /** What is out of service of one provider. */
    public Map<Target, Note> of(String provider) {
        Map<Target, Note> found = new LinkedHashMap<>(notes);
        found.keySet().removeIf(target -> !target.provider().equals(provider));
        return found;
    }

    /** @return whether the next start will know it too */
    public synchronized boolean disable(Target target, Note note) {
        Map<Target, Note> next = new LinkedHashMap<>(notes);
        next.put(target, note);
        notes = next;
        return write();
    }

    /** @return whether the next start will know it too */
    public synchronized boolean enable(Target target) {
        Map<Target, Note> next = new LinkedHashMap<>(notes);
        next.remove(target);
        notes = next;
        return write();
    }

    private void read() {
        if (file == null) {
            return;
        }
        try {
            JsonNode root = file.read();
            Map<Target, Note> read = new LinkedHashMap<>();
            for (JsonNode node : root.path("disabled")) {
                String provider = text(node, "provider");
                if (provider == null) {
                    throw new IOException("an entry without a provider");
                }
                read.put(
                        new Target(provider, text(node, "model"), text(node, "instance")),
                        new Note(
                                text(node, "reason"),
                                Instant.parse(node.path("since").asText())));
            }
            notes = read;
        } catch (NoSuchFileException e) {
            LOG.debug("Nothing is disabled");
        } catch (IOException | DateTimeException e) {
            LOG.warn(
                    "{} can't be read and is ignored, so nothing is disabled ({})",
                    file,
                    e.getClass().getSimpleName());
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.path(field).asText() : null;
    }

    /** All or nothing. */
    private boolean write() {
        if (file == null) {
            return false;
        }
        ObjectNode root = file.begin();
        ArrayNode list = root.putArray("disabled");
        notes.forEach((target, note) -> list.addObject()
                .put("provider", target.provider())
                .put("model", target.model())
                .put("instance", target.identity())
                .put("reason", note.reason())
                .put("since", note.since().toString()));
        try {
            file.write(root);
            return true;
        } catch (IOException e) {
            LOG.warn("{} can't be written, so the next start will not know what is disabled ({})", file, e.toString());
            return false;
        }
    }
}
