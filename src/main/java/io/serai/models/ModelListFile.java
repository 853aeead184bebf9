package io.serai.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.serai.json.JsonFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code data/model-lists.json}: what {@link ModelLists} knows, for the next start. It holds no secret: providers stand in it by
 * a hash. A file that can't be read is as good as none.
 */
public final class ModelListFile {
    private static final Logger LOG = LoggerFactory.getLogger(ModelListFile.class);
    private static final int FORMAT = 1;
    /** A provider that was not seen for so long is forgotten. */
    private static final Duration LONGEST = Duration.ofDays(30);

    private final @Nullable JsonFile file;
    private final ObjectMapper json;
    private final ModelLists lists;
    private final Thread reader;
    private volatile long saved;
    private boolean warned;

    /**
     * Reads the file in the background: a start does not wait for it.
     *
     * @param folder null: nothing is kept
     */
    public ModelListFile(@Nullable Path folder, ObjectMapper json, ModelLists lists) {
        this.file = folder == null ? null : new JsonFile(folder.resolve("model-lists.json"), json, FORMAT);
        this.json = json;
        this.lists = lists;
        this.reader = Thread.ofVirtual().name("serai-model-lists").start(this::read);
    }

    /** Returns when the file has been read. */
    public void awaitRead() throws InterruptedException {
        reader.join();
    }

    private void read() {
        if (file == null) {
            return;
        }
        try {
            JsonNode root = file.read();
            Map<String, ModelLists.Kept> kept = new LinkedHashMap<>();
            root.path("providers").properties().forEach(e -> kept.put(e.getKey(), kept(e.getValue())));
            lists.recall(kept);
            saved = lists.version();
        } catch (NoSuchFileException e) {
            LOG.debug("No model lists are kept yet");
        } catch (IOException | DateTimeException | IllegalArgumentException e) {
            LOG.warn("{} can't be read and is ignored ({})", file, e.getClass().getSimpleName());
        }
    }

    /** Writes what has changed since the last time, all or nothing. */
    public synchronized void save() {
        long version = lists.version();
        if (file == null || version == saved) {
            return;
        }
        ObjectNode root = file.begin();
        ObjectNode providers = root.putObject("providers");
        Instant oldest = Instant.now().minus(LONGEST);
        lists.kept().forEach((id, kept) -> {
            if (kept.fetchedAt() == null
                    ? !kept.lessons().isEmpty()
                    : kept.fetchedAt().isAfter(oldest)) {
                providers.set(id, node(kept));
            }
        });
        try {
            file.write(root);
            saved = version;
        } catch (IOException e) {
            if (!warned) {
                warned = true;
                LOG.warn("{} can't be written, so the next start fetches every list ({})", file, e.toString());
            }
        }
    }

    private ObjectNode node(ModelLists.Kept kept) {
        ObjectNode node = json.createObjectNode();
        if (kept.fetchedAt() != null) {
            node.put("fetched_at", kept.fetchedAt().toString());
        }
        ObjectNode models = node.putObject("models");
        kept.models().forEach((id, facts) -> models.set(id, node(facts)));
        ObjectNode lessons = node.putObject("limits");
        kept.lessons()
                .forEach((model, lesson) -> lessons.putObject(model)
                        .put("tokens", lesson.tokens())
                        .put("at", lesson.at().toString()));
        return node;
    }

    private ObjectNode node(ModelFacts facts) {
        ObjectNode node = json.createObjectNode();
        if (facts.contextWindow() != null) {
            node.put("context", facts.contextWindow());
        }
        if (facts.maxOutputTokens() != null) {
            node.put("output", facts.maxOutputTokens());
        }
        if (facts.description() != null) {
            node.put("description", facts.description());
        }
        facts.prices().usd().forEach((name, usd) -> node.withObject("/prices").put(name, usd.toPlainString()));
        words(node, "takes", facts.inputModalities());
        words(node, "makes", facts.outputModalities());
        words(node, "can", facts.capabilities());
        words(node, "parameters", facts.supportedParameters());
        return node;
    }

    private static void words(ObjectNode node, String field, List<String> words) {
        if (!words.isEmpty()) {
            words.forEach(node.putArray(field)::add);
        }
    }

    private static ModelLists.Kept kept(JsonNode node) {
        Map<String, ModelFacts> models = new LinkedHashMap<>();
        node.path("models").properties().forEach(e -> models.put(e.getKey(), facts(e.getValue())));
        Map<String, ModelLists.Lesson> lessons = new LinkedHashMap<>();
        node.path("limits")
                .properties()
                .forEach(e -> lessons.put(
                        e.getKey(),
                        new ModelLists.Lesson(
                                e.getValue().path("tokens").asInt(),
                                Instant.parse(e.getValue().path("at").asText()))));
        Instant fetchedAt =
                node.has("fetched_at") ? Instant.parse(node.path("fetched_at").asText()) : null;
        return new ModelLists.Kept(fetchedAt, models, lessons);
    }

    private static ModelFacts facts(JsonNode node) {
        ModelFacts.Builder facts = new ModelFacts.Builder()
                .contextWindow(
                        node.has("context") ? (Integer) node.path("context").asInt() : null)
                .maxOutputTokens(
                        node.has("output") ? (Integer) node.path("output").asInt() : null)
                .description(node.has("description") ? node.path("description").asText() : null)
                .modalities(words(node, "takes"), words(node, "makes"))
                .capabilities(words(node, "can"))
                .supportedParameters(words(node, "parameters"));
        node.path("prices")
                .properties()
                .forEach(
                        e -> facts.price(e.getKey(), new BigDecimal(e.getValue().asText())));
        return facts.build();
    }

    private static List<String> words(JsonNode node, String field) {
        List<String> words = new ArrayList<>();
        node.path(field).forEach(w -> words.add(w.asText()));
        return words;
    }
}
